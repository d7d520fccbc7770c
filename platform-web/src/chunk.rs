//! Parts of the program, loaded when they are needed. The script that starts the program knows where they are.

use crate::js::{Listener, window};
use app::Chunk;
use futures::channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What a person does who has come to stay, in the order of likelihood. A password manager and dictation do no more than the last.
const SIGNS_OF_LIFE: [&str; 5] = ["pointermove", "pointerdown", "keydown", "touchstart", "input"];

/// Begins to load a chunk. Returns nothing when it is here, or when the program was not cut at all.
pub fn load(chunk: Chunk) -> Option<Promise> {
    let load: Function = Reflect::get(&window(), &"tsukiyoChunk".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let loading = load.call1(&JsValue::UNDEFINED, &chunk.name().into()).ok()?;
    loading.dyn_into().ok()
}

/// Loads a chunk as soon as somebody is there: before it is asked for, and after everything that the page shows first. Tells
/// whether it came by that.
pub async fn anticipate(chunk: Chunk) -> bool {
    let (sign, life) = oneshot::channel();
    let sign = Rc::new(Cell::new(Some(sign)));
    let listeners = SIGNS_OF_LIFE.map(|name| {
        let sign = Rc::clone(&sign);
        Listener::new(window(), name, move |_| {
            // Nobody waits any more if it is not taken.
            let _ = sign.take().map(|sign| sign.send(()));
        })
    });
    // The listeners keep the other end.
    let _ = life.await;
    drop(listeners);
    match load(chunk) {
        Some(loading) => JsFuture::from(loading).await.is_ok(),
        None => false,
    }
}
