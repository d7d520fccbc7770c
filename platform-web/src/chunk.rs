//! Parts of the program, loaded when they are needed. The script that starts the program knows where they are.

use crate::js::window;
use app::Chunk;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::AddEventListenerOptions;

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

/// Loads a chunk as soon as somebody is there: before it is asked for, and after everything that the page shows first.
pub fn load_at_first_sign_of_life(chunk: Chunk) {
    let once = AddEventListenerOptions::new();
    once.set_once(true);
    once.set_passive(true);
    // Asking again for what is being loaded is nothing.
    let call = Closure::<dyn Fn()>::new(move || drop(load(chunk)));
    for sign in SIGNS_OF_LIFE {
        // A window takes listeners for everything.
        let _ = window().add_event_listener_with_callback_and_add_event_listener_options(
            sign,
            call.as_ref().unchecked_ref(),
            &once,
        );
    }
    call.forget();
}
