//! The keys of the room.

use crate::{context::use_words, ui::dialog::Dialog};
use dioxus::prelude::*;

/// Every key, and what it does.
const KEYS: [(&str, &str); 13] = [
    ("M", "help-microphone"),
    ("Space", "help-talk"),
    ("V", "help-camera"),
    ("S", "help-share"),
    ("R", "help-record"),
    ("H", "help-hand"),
    ("P", "help-people"),
    ("F", "help-full-screen"),
    ("C", "help-chat"),
    ("Enter", "help-send"),
    ("Shift + Enter", "help-line"),
    ("Esc", "help-close"),
    ("?", "help-this"),
];

/// The list of keys.
#[component]
pub fn Help(onclose: EventHandler<()>) -> Element {
    let words = use_words();

    rsx! {
        Dialog { title: words.say("help-title"), onclose,
            dl { class: "key-list",
                for (key, what) in KEYS {
                    div { key: "{key}",
                        dt { kbd { "{key}" } }
                        dd { {words.say(what)} }
                    }
                }
            }
        }
    }
}
