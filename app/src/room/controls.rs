//! The controls: only those that do something.

use super::{Panels, keep_space, menu::Menu, react::ReactSwitch, share::ShareSwitch};
use crate::{
    context::{use_app, use_words},
    icons::{self, Icon},
    lobby::{CameraSwitch, MicrophoneSwitch},
};
use dioxus::prelude::*;
use session::Command;

/// Microphone, camera, chat; and apart from them, the way out.
#[component]
pub fn Controls(panels: Panels, unread: Memo<usize>) -> Element {
    let app = use_app();
    let words = use_words();
    let open = (panels.chat)();
    let label = if unread() == 0 {
        words.say("chat-title").to_owned()
    } else {
        words.count("chat-unread-one", "chat-unread-other", unread())
    };

    rsx! {
        footer { class: "controls", onkeydown: keep_space,
            div { class: "toolbar", role: "toolbar", "aria-label": words.say("control-label"),
                MicrophoneSwitch { class: "control" }
                CameraSwitch { class: "control" }
                ShareSwitch {}
                ReactSwitch { panels }
                button {
                    class: "control",
                    r#type: "button",
                    "data-on": open,
                    "aria-pressed": open,
                    "aria-label": "{label}",
                    "aria-keyshortcuts": "c",
                    title: "{label} (c)",
                    onmounted: move |event| panels.chat_button.remember(&event),
                    onclick: move |_| panels.toggle_chat(),
                    Icon { d: icons::MESSAGE }
                    if unread() > 0 {
                        span { class: "badge", "aria-hidden": "true", {badge(unread())} }
                    }
                }
                Menu { panels }
                button { class: "control leave", r#type: "button", onclick: move |_| app.send(Command::Leave),
                    Icon { d: icons::LOG_OUT }
                    span { class: "label", {words.say("control-leave")} }
                }
            }
        }
    }
}

/// A number that fits the badge.
fn badge(count: usize) -> String {
    if count > 99 {
        "99+".to_owned()
    } else {
        count.to_string()
    }
}
