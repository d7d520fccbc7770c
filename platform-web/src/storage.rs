//! `localStorage` and `sessionStorage`. A browser may close them to a page; then nothing is remembered.

use crate::js::window;
use session::platform::Keep;
use web_sys::Storage;

pub fn recall(keep: Keep, key: &str) -> Option<String> {
    storage(keep)?.get_item(key).ok()?
}

pub fn remember(keep: Keep, key: &str, value: Option<&str>) {
    let Some(storage) = storage(keep) else { return };
    // It may be full. What is not remembered is asked for again.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

fn storage(keep: Keep) -> Option<Storage> {
    match keep {
        Keep::Always => window().local_storage(),
        Keep::Tab => window().session_storage(),
    }
    .ok()?
}
