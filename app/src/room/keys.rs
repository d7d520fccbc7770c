//! What the keys do in a room.

use super::panels::Panels;
use crate::{context::App, lobby::is_on};
use dioxus::prelude::*;
use session::Command;

/// Space presses the button that has the focus, and nothing else hears of it.
pub fn keep_space(event: KeyboardEvent) {
    if event.key() == Key::Character(" ".to_owned()) {
        event.stop_propagation();
    }
}

/// A key is pressed, wherever the focus is in the room.
#[expect(clippy::wildcard_enum_match_arm, reason = "there are some three hundred keys")]
pub fn on_key(app: App, panels: Panels, event: &KeyboardEvent) {
    let modifiers = event.modifiers();
    if event.is_composing() || modifiers.ctrl() || modifiers.alt() || modifiers.meta() {
        return;
    }
    let local = app.peek().local.clone();
    match event.key() {
        Key::Escape if *panels.chat.peek() => panels.toggle_chat(),
        Key::Escape if *panels.people.peek() => panels.toggle_people(),
        Key::Character(letter) if !event.is_auto_repeating() => match letter.as_str() {
            "m" | "M" => app.send(Command::Microphone(!is_on(&local.microphone))),
            "v" | "V" => app.send(Command::Camera(!is_on(&local.camera))),
            "s" | "S" if app.host().can_share() => {
                app.send(Command::Share(!is_on(&local.screen)));
            }
            "r" | "R" if app.host().can_record() => {
                event.prevent_default();
                panels.toggle_record();
            }
            "h" | "H" => app.send(Command::Hand(!local.hand)),
            "p" | "P" => panels.toggle_people(),
            "f" | "F" => app.host().toggle_full_screen(),
            "c" | "C" => {
                // Or the letter would be the first one in the message field, which takes the focus.
                event.prevent_default();
                panels.toggle_chat();
            }
            "?" => panels.toggle_help(),
            " " => {
                event.prevent_default();
                panels.talk(app);
            }
            _ => {}
        },
        _ => {}
    }
}
