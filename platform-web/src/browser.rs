//! The browser as a session's platform.

use crate::{
    clock,
    devices::{self, Track},
    display,
    exception::exception,
    files,
    js::{Listener, dictionary, window},
    meter::Meter,
    peer_connection::Connection,
    socket::{self, Socket},
    storage,
    streams::Stream,
    surface,
};
use call::Route;
use futures::future::LocalBoxFuture;
use session::{
    Platform,
    platform::{
        DisplayConstraints, Events, Exception, File, Keep, MediaConstraints, PeerConnectionEvent,
        PlatformEvent, SocketEvent, WritableFile,
    },
    view::Device,
};
use std::{rc::Rc, time::Duration};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{PageTransitionEvent, RequestInit, Response};
use wire::IceServer;

/// The browser.
#[derive(Debug)]
pub struct Browser;

impl Platform for Browser {
    type Socket = Socket;
    type PeerConnection = Connection;
    type Track = Track;
    type Stream = Stream;
    type Meter = Meter;

    fn now(&self) -> Duration {
        clock::now()
    }

    fn random(&self) -> u64 {
        u64::from_le_bytes(clock::random())
    }

    async fn sleep(&self, duration: Duration) {
        clock::sleep(duration).await;
    }

    fn watch(&self, events: Events<PlatformEvent>) {
        let tell = |event| {
            let events = events.clone();
            move |_| events.send(event)
        };
        if let Some(devices) = devices::devices() {
            Listener::new(devices, "devicechange", tell(PlatformEvent::DevicesChanged)).keep();
        }
        if let Some(page) = window().document() {
            let (events, shown) = (events.clone(), Clone::clone(&page));
            Listener::new(page, "visibilitychange", move |_| {
                events.send(PlatformEvent::Visible(!shown.hidden()));
            })
            .keep();
        }
        Listener::new(window(), "online", tell(PlatformEvent::Online)).keep();
        Listener::new(window(), "pagehide", tell(PlatformEvent::Leaving)).keep();
        // A page that comes back from the browser's cache has left: it begins anew.
        Listener::new(window(), "pageshow", |event| {
            if event.unchecked_into::<PageTransitionEvent>().persisted() {
                let _ = window().location().reload();
            }
        })
        .keep();
    }

    async fn connect(
        &self,
        url: &str,
        protocol: &str,
        events: Events<SocketEvent>,
    ) -> Result<Socket, Exception> {
        socket::connect(url, protocol, events).await
    }

    async fn get(&self, path: &str, bearer: Option<&str>) -> Result<String, Exception> {
        let credential = format!("Bearer {}", bearer.unwrap_or_default());
        let headers = dictionary([("authorization", credential.into())]);
        let init: RequestInit = dictionary([("headers", headers.into())]).unchecked_into();
        let response = JsFuture::from(window().fetch_with_str_and_init(path, &init))
            .await
            .map_err(exception)?;
        let response: Response = response.unchecked_into();
        let text = JsFuture::from(response.text().map_err(exception)?)
            .await
            .map_err(exception)?;
        let text = text.as_string().unwrap_or_default();
        if response.ok() {
            Ok(text)
        } else {
            Err(Exception::new("NetworkError", text))
        }
    }

    fn peer_connection(
        &self,
        ice_servers: &[IceServer],
        route: Route,
        events: Events<PeerConnectionEvent>,
    ) -> Result<Connection, Exception> {
        Connection::new(ice_servers, route, events)
    }

    async fn get_user_media(&self, constraints: &MediaConstraints) -> Result<Vec<Track>, Exception> {
        devices::get_user_media(constraints).await
    }

    async fn get_display_media(&self, constraints: DisplayConstraints) -> Result<Vec<Track>, Exception> {
        display::get_display_media(constraints).await
    }

    fn show_open_file_picker(&self) -> LocalBoxFuture<'static, Vec<Rc<dyn File>>> {
        files::pick()
    }

    fn create_writable(&self) -> LocalBoxFuture<'static, Result<Rc<dyn WritableFile>, Exception>> {
        files::create()
    }

    async fn enumerate_devices(&self) -> Vec<Device> {
        devices::enumerate_devices().await
    }

    fn set_sink_id(&self, device: &str) {
        surface::set_speaker(device);
    }

    fn media_stream(&self, track: &Track) -> Option<Stream> {
        let stream = Stream::new()?;
        stream.add(&track.track);
        Some(stream)
    }

    fn meter(&self, track: &Track) -> Option<Meter> {
        Meter::new(track)
    }

    fn recall(&self, keep: Keep, key: &str) -> Option<String> {
        storage::recall(keep, key)
    }

    fn remember(&self, keep: Keep, key: &str, value: Option<&str>) {
        storage::remember(keep, key, value);
    }
}
