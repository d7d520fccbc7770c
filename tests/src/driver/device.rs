//! A computer with a browser on it: the platform of a driver.

use super::{
    air::Air,
    connection::Connection,
    media::{HalfLoud, Stream, Track},
    server::Server,
    socket::{self, Book, Cut, Socket},
};
use call::Route;
use serde_json::Value;
use session::{
    Platform,
    platform::{
        DisplayConstraints, Events, Exception, Keep, MediaConstraints, MediaKind, MediaStreamTrack,
        PeerConnectionEvent, PlatformEvent, SocketEvent,
    },
    view::{Device as Listed, DeviceKind, StreamId},
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::Duration,
};
use tokio::time::Instant;
use wire::IceServer;

/// A computer with a browser on it. Clones are the same.
#[derive(Debug, Clone)]
pub struct Device(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    server: Server,
    air: Air,
    started: Instant,
    random: Cell<u64>,
    /// What is wrong with it.
    traits: RefCell<BTreeSet<Trait>>,
    /// What survives a reload: the storage of the device and of the tab.
    storage: RefCell<BTreeMap<(Keep, String), String>>,
    /// Cameras and microphones that are plugged in.
    plugged: RefCell<Vec<Listed>>,
    events: RefCell<Option<Events<PlatformEvent>>>,
    sockets: RefCell<Vec<Cut>>,
    tracks: RefCell<Vec<Track>>,
    streams: Cell<u32>,
    /// Joins, connections and the like that the page has made, by name.
    asked: RefCell<BTreeMap<&'static str, usize>>,
    book: Book,
}

/// What may be wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// There is no camera.
    NoCamera,
    /// The person allows nothing.
    Refusing,
    /// Another program has the microphone.
    BusyMicrophone,
    /// There is no network: sockets do not open.
    Offline,
}

impl Device {
    pub fn new(server: Server, air: Air, seed: u64) -> Self {
        Self(Rc::new(Inner {
            server,
            air,
            started: Instant::now(),
            random: Cell::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            traits: RefCell::default(),
            storage: RefCell::default(),
            plugged: RefCell::new(vec![
                listed(DeviceKind::Camera, "camera"),
                listed(DeviceKind::Microphone, "microphone"),
            ]),
            events: RefCell::default(),
            sockets: RefCell::default(),
            tracks: RefCell::default(),
            streams: Cell::default(),
            asked: RefCell::default(),
            book: Book::default(),
        }))
    }

    /// Gives it a trait, or takes it away.
    pub fn set(&self, what: Trait, on: bool) {
        let mut traits = self.0.traits.borrow_mut();
        if on {
            traits.insert(what);
        } else {
            traits.remove(&what);
        }
    }

    /// Plugs a camera or a microphone in.
    pub fn plug(&self, kind: DeviceKind, id: &str) {
        self.0.plugged.borrow_mut().push(listed(kind, id));
        self.happen(PlatformEvent::DevicesChanged);
    }

    /// Unplugs a camera or a microphone.
    pub fn unplug(&self, id: &str) {
        self.0.plugged.borrow_mut().retain(|device| device.id != id);
        let tracks = self.0.tracks.borrow().clone();
        for track in tracks
            .iter()
            .filter(|track| track.device().as_deref() == Some(id))
        {
            track.unplug();
        }
        self.happen(PlatformEvent::DevicesChanged);
    }

    /// The id of the device that is named, or of any of its kind; `None` when it is not there.
    fn find(&self, kind: DeviceKind, named: Option<&String>) -> Option<String> {
        let plugged = self.0.plugged.borrow();
        let mut fitting = plugged
            .iter()
            .filter(|device| device.kind == kind && named.is_none_or(|named| *named == device.id));
        fitting.next().map(|device| device.id.clone())
    }

    /// Something happens to the platform.
    pub fn happen(&self, event: PlatformEvent) {
        if let Some(events) = &*self.0.events.borrow() {
            events.send(event);
        }
    }

    /// Loses the network: what is under way is lost, and nobody is told. Sockets do not open until it is back.
    pub fn lose_network(&self) {
        self.set(Trait::Offline, true);
        for socket in self.0.sockets.take() {
            socket.now();
        }
    }

    /// The tracks of a kind that hold their device open.
    pub fn open_tracks(&self, kind: MediaKind) -> Vec<Track> {
        let tracks = self.0.tracks.borrow();
        tracks
            .iter()
            .filter(|track| track.kind() == kind && track.is_open())
            .cloned()
            .collect()
    }

    /// How often the page has asked for something: `connection`, `socket`, `getUserMedia`.
    pub fn asked(&self, what: &str) -> usize {
        self.0.asked.borrow().get(what).copied().unwrap_or_default()
    }

    /// What its pages have said to the server, in its order.
    pub fn said(&self) -> Vec<Value> {
        self.0.book.said()
    }

    /// What the server has said to them.
    pub fn heard(&self) -> Vec<Value> {
        self.0.book.heard()
    }

    fn has(&self, what: Trait) -> bool {
        self.0.traits.borrow().contains(&what)
    }

    fn count(&self, what: &'static str) {
        *self.0.asked.borrow_mut().entry(what).or_default() += 1;
    }
}

impl Platform for Device {
    type Socket = Socket;
    type PeerConnection = Connection;
    type Track = Track;
    type Stream = Stream;
    type Meter = HalfLoud;

    fn now(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// xorshift64: other numbers every time, the same in every run.
    fn random(&self) -> u64 {
        let mut number = self.0.random.get();
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        self.0.random.set(number);
        number
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn watch(&self, events: Events<PlatformEvent>) {
        self.0.events.replace(Some(events));
    }

    async fn connect(
        &self,
        _: &str,
        protocol: &str,
        events: Events<SocketEvent>,
    ) -> Result<Socket, Exception> {
        self.count("socket");
        if self.has(Trait::Offline) {
            return Err(Exception::new("NetworkError", "offline"));
        }
        let (socket, cut) = socket::connect(&self.0.server, protocol, self.0.book.clone(), events).await?;
        self.0.sockets.borrow_mut().push(cut);
        Ok(socket)
    }

    async fn get(&self, path: &str, bearer: Option<&str>) -> Result<String, Exception> {
        let answer = self.0.server.get(path, bearer).await;
        answer.map_err(|error| Exception::new("NetworkError", error))
    }

    fn peer_connection(
        &self,
        _: &[IceServer],
        _: Route,
        events: Events<PeerConnectionEvent>,
    ) -> Result<Connection, Exception> {
        self.count("connection");
        Ok(Connection::new(self.0.air.clone(), events))
    }

    async fn get_user_media(&self, constraints: &MediaConstraints) -> Result<Vec<Track>, Exception> {
        tokio::task::yield_now().await;
        self.count("getUserMedia");
        let (audio, video) = (constraints.audio.is_some(), constraints.video.is_some());
        let find = |kind, asked: &Option<Option<String>>| {
            asked.as_ref().map(|named| self.find(kind, named.as_ref()))
        };
        let found = [
            (MediaKind::Audio, find(DeviceKind::Microphone, &constraints.audio)),
            (MediaKind::Video, find(DeviceKind::Camera, &constraints.video)),
        ];
        let named = [&constraints.audio, &constraints.video]
            .iter()
            .any(|asked| matches!(asked, Some(Some(_))));
        let missing = found.iter().any(|(_, found)| matches!(found, Some(None)));
        let wrong = [
            (self.has(Trait::Refusing), "NotAllowedError"),
            (video && self.has(Trait::NoCamera), "NotFoundError"),
            (missing && !named, "NotFoundError"),
            (audio && self.has(Trait::BusyMicrophone), "NotReadableError"),
            (missing, "OverconstrainedError"),
        ];
        if let Some((_, name)) = wrong.into_iter().find(|(wrong, _)| *wrong) {
            return Err(Exception::new(name, "as the test wants it"));
        }
        let tracks: Vec<_> = found
            .into_iter()
            .filter_map(|(kind, found)| Some(Track::new(kind, found?)))
            .collect();
        self.0.tracks.borrow_mut().extend(tracks.iter().cloned());
        Ok(tracks)
    }

    async fn get_display_media(&self, _: DisplayConstraints) -> Result<Vec<Track>, Exception> {
        tokio::task::yield_now().await;
        self.count("getDisplayMedia");
        if self.has(Trait::Refusing) {
            return Err(Exception::new("NotAllowedError", "Permission denied"));
        }
        let tracks = [MediaKind::Video, MediaKind::Audio].map(|kind| Track::new(kind, None));
        self.0.tracks.borrow_mut().extend(tracks.iter().cloned());
        Ok(tracks.into())
    }

    async fn enumerate_devices(&self) -> Vec<Listed> {
        let mut all = self.0.plugged.borrow().clone();
        all.retain(|device| device.kind != DeviceKind::Camera || !self.has(Trait::NoCamera));
        all
    }

    fn set_sink_id(&self, _: &str) {}

    fn media_stream(&self, _: &Track) -> Option<Stream> {
        self.0.streams.set(self.0.streams.get() + 1);
        Some(Stream(StreamId(format!("local-{}", self.0.streams.get()).into())))
    }

    fn meter(&self, _: &Track) -> Option<HalfLoud> {
        Some(HalfLoud)
    }

    fn recall(&self, keep: Keep, key: &str) -> Option<String> {
        self.0.storage.borrow().get(&(keep, key.to_owned())).cloned()
    }

    fn remember(&self, keep: Keep, key: &str, value: Option<&str>) {
        let mut storage = self.0.storage.borrow_mut();
        match value {
            Some(value) => storage.insert((keep, key.to_owned()), value.to_owned()),
            None => storage.remove(&(keep, key.to_owned())),
        };
    }
}

fn listed(kind: DeviceKind, id: &str) -> Listed {
    Listed {
        kind,
        id: id.to_owned(),
        label: id.to_owned(),
    }
}
