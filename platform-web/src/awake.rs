//! `navigator.wakeLock`: the screen does not go dark during a call.

use crate::js::{Listener, window};
use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// The screen is kept awake for as long as this lives.
struct Kept {
    lock: Option<JsValue>,
    /// A browser takes the lock away with a page that is hidden: it is asked for again when the page is back.
    _again: Option<Listener>,
}

/// Keeps the screen awake, or no longer does. It begins a chunk (`dc.sh`), so it must stay a function.
#[inline(never)]
pub fn keep(on: bool) {
    if on {
        let page = window().document();
        let again = page.map(|page| Listener::new(page, "visibilitychange", |_| spawn_local(ask())));
        KEPT.set(Some(Kept {
            lock: None,
            _again: again,
        }));
        spawn_local(ask());
    } else if let Some(lock) = KEPT.take().and_then(|kept| kept.lock) {
        release(&lock);
    }
}

/// Asks for the lock. A page that is hidden, or a battery that is low, does not get it, and then the screen goes dark.
async fn ask() {
    let Some(Ok(asked)) = property(&window().navigator(), "wakeLock").map(|wakes| method(&wakes, "request"))
    else {
        return;
    };
    let Ok(lock) = JsFuture::from(asked).await else {
        return;
    };
    let kept = KEPT.with_borrow_mut(|kept| kept.as_mut().map(|kept| kept.lock.replace(lock.clone())));
    match kept {
        // One that the browser took away is released already; releasing it once more does nothing.
        Some(before) => before.iter().for_each(release),
        // The call was over before it was there.
        None => release(&lock),
    }
}

fn release(lock: &JsValue) {
    if let Ok(released) = method(lock, "release") {
        spawn_local(async move {
            let _ = JsFuture::from(released).await;
        });
    }
}

/// Reads a property that not every browser has.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined())
}

fn method(object: &JsValue, name: &str) -> Result<Promise, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    method.call0(object)?.dyn_into()
}
