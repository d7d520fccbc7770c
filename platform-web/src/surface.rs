//! A stream in a `video` element and an `audio` element.

// `rsx!` writes whole paths.
#![allow(unused_qualifications)]

use crate::{
    js::{Listener, window},
    streams,
};
use app::SurfaceProps;
use dioxus::{prelude::*, web::WebEventExt};
use session::view::StreamId;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlMediaElement;

thread_local! {
    static SPEAKER: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// `setSinkId`, which web-sys does not have and not every browser does.
    type Sink;
    #[wasm_bindgen(method, catch, js_name = setSinkId)]
    fn set_sink_id(this: &Sink, device: &str) -> Result<js_sys::Promise, JsValue>;
}

/// Draws a stream. Its sound plays for as long as the element is mounted, and in one of its own: a `video` waits for the
/// first picture before it plays anything, and whoever has no camera never sends one.
pub fn surface(
    SurfaceProps {
        stream,
        muted,
        volume,
        ..
    }: SurfaceProps,
) -> Element {
    let mut heard: Signal<Option<HtmlMediaElement>> = use_signal(|| None);
    let seen = stream.clone();
    use_effect(use_reactive!(|volume| {
        if let Some(element) = &*heard.read() {
            element.set_volume(volume);
        }
    }));

    rsx! {
        video {
            autoplay: true,
            playsinline: true,
            "disablepictureinpicture": true,
            muted: true,
            onmounted: move |event| {
                if let Some(element) = mounted(&event) {
                    show(element, &seen, true);
                }
            },
        }
        if !muted {
            audio {
                autoplay: true,
                onmounted: move |event| {
                    if let Some(element) = mounted(&event) {
                        show(Clone::clone(&element), &stream, false);
                        heard.set(Some(element));
                    }
                },
            }
        }
    }
}

/// Uses this speaker for every surface, now and later (`setSinkId`).
pub fn set_speaker(device: &str) {
    SPEAKER.set(Some(device.to_owned()));
    let Some(Ok(all)) = window().document().map(|page| page.query_selector_all("audio")) else {
        return;
    };
    for place in 0..all.length() {
        if let Some(element) = all.get(place) {
            route(element.unchecked_ref());
        }
    }
}

fn mounted(event: &MountedEvent) -> Option<HtmlMediaElement> {
    Some(event.try_as_web_event()?.unchecked_into())
}

fn show(element: HtmlMediaElement, stream: &StreamId, muted: bool) {
    // The attribute says only how an element begins; the property is what counts.
    element.set_muted(muted);
    let part = if muted { streams::pictures } else { streams::sounds };
    element.set_src_object(part(stream).as_ref());
    if !muted {
        route(&element);
    }
    spawn_local(async move {
        if !play(&element).await && !muted {
            play_when_touched(element).await;
        }
    });
}

/// Where sound must wait until the page is touched.
async fn play_when_touched(element: HtmlMediaElement) {
    let (touched, wait) = futures::channel::oneshot::channel();
    let touched = std::rc::Rc::new(RefCell::new(Some(touched)));
    let listeners = ["pointerdown", "keydown"].map(|name| {
        let touched = touched.clone();
        Listener::new(window(), name, move |_| {
            if let Some(touched) = touched.take() {
                let _ = touched.send(());
            }
        })
    });
    let _ = wait.await;
    drop(listeners);
    play(&element).await;
}

async fn play(element: &HtmlMediaElement) -> bool {
    let Ok(playing) = element.play() else { return false };
    JsFuture::from(playing).await.is_ok()
}

fn route(element: &HtmlMediaElement) {
    let Some(speaker) = SPEAKER.with_borrow(Clone::clone) else {
        return;
    };
    route_to(element, &speaker);
}

/// Plays an element's sound from this speaker (`setSinkId`).
pub fn route_to(element: &HtmlMediaElement, speaker: &str) {
    if let Ok(routing) = element.unchecked_ref::<Sink>().set_sink_id(speaker) {
        spawn_local(async move {
            if JsFuture::from(routing).await.is_err() {
                tracing::info!("speaker is not to be had");
            }
        });
    }
}
