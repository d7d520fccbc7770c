//! Something to know, where it matters.

use crate::icons::{self, Icon};
use dioxus::prelude::*;

/// How much a notice wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information; a screen reader tells it when it has nothing else to say.
    Quiet,
    /// Something does not work; a screen reader tells it at once.
    Trouble,
}

/// What happened, and below it what to do.
#[component]
pub fn Notice(tone: Tone, title: String, #[props(default)] hint: String, children: Element) -> Element {
    let (role, name) = match tone {
        Tone::Quiet => ("status", "quiet"),
        Tone::Trouble => ("alert", "trouble"),
    };

    rsx! {
        div { class: "notice", "data-tone": name, role,
            Icon { d: icons::TRIANGLE_ALERT }
            div {
                p { class: "notice-title", "{title}" }
                if !hint.is_empty() {
                    p { class: "notice-hint", "{hint}" }
                }
                {children}
            }
        }
    }
}
