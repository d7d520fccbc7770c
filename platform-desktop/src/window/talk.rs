//! A key that talks while it is held, whichever program has the keyboard. It needs X11, or a system that has such keys.

use app::Door;
use dioxus::{
    desktop::{HotKeyState, use_global_shortcut},
    prelude::*,
};
use session::{
    Command, View,
    view::{Phase, Source},
};
use std::rc::Rc;

/// Few programs want this one for themselves.
const KEY: &str = "Ctrl+Alt+Space";

/// Listens to the key for as long as it is mounted. Whoever is not muted needs no key.
#[component]
pub fn Talk() -> Element {
    let door: Rc<Door> = use_context();
    let handle = door.handle.clone();
    let mut talking = use_signal(|| false);
    let registered = use_global_shortcut(KEY, move |state| match state {
        HotKeyState::Pressed if is_muted(&handle.view()) => {
            talking.set(true);
            handle.send(Command::Microphone(true));
        }
        HotKeyState::Released if *talking.peek() => {
            talking.set(false);
            handle.send(Command::Microphone(false));
        }
        HotKeyState::Pressed | HotKeyState::Released => {}
    });
    use_hook(|| {
        if registered.is_err() {
            tracing::warn!(key = KEY, "somebody else has the key to talk with");
        }
    });
    rsx! {}
}

fn is_muted(view: &View) -> bool {
    matches!(view.phase, Phase::Inside { .. }) && matches!(view.local.microphone, Source::Off)
}
