//! The few things that every use of JavaScript values needs.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, EventTarget, Window};

/// The window. There is always one: this program runs in pages, never in workers.
pub fn window() -> Window {
    web_sys::window().unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into())
}

/// Makes a dictionary.
pub fn dictionary<const N: usize>(entries: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &key.into(), &value);
    }
    object
}

/// Reads a text out of a dictionary.
pub fn text(dictionary: &JsValue, key: &str) -> Option<String> {
    Reflect::get(dictionary, &key.into()).ok()?.as_string()
}

/// Calls a method of one of our scripts; `None` when it throws.
pub fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    method.call1(object, argument).ok()
}

/// Calls a method at once, while the person's click still counts, and completes when it has.
pub fn promise(object: &JsValue, method: &str, argument: &JsValue) -> JsFuture {
    let promise = call(object, method, argument).unwrap_or_default();
    JsFuture::from(Promise::resolve(&promise))
}

/// Listens to an event until it is dropped.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    call: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub fn new(
        target: impl Into<EventTarget>,
        name: &'static str,
        call: impl FnMut(Event) + 'static,
    ) -> Self {
        let target = target.into();
        let call = Closure::<dyn FnMut(Event)>::new(call);
        // Adding a listener fails on nothing that is an event target.
        let _ = target.add_event_listener_with_callback(name, call.as_ref().unchecked_ref());
        Self { target, name, call }
    }

    /// Listens for as long as the page lives.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let call = self.call.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.name, call);
    }
}
