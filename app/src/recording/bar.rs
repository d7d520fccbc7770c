//! The mark while it goes on: red, with the time, and the ways to pause and to end it.

use super::{
    figures::{clock, size},
    use_own_words,
};
use crate::{
    icons::{self, Icon},
    recorder::Phase,
    room::{Record, keep_space},
};
use dioxus::prelude::*;

/// How the recording goes; nothing while there is none.
#[component]
pub fn RecordingBar(record: Record) -> Element {
    let words = use_own_words();
    let Some(progress) = record.progress() else {
        return VNode::empty();
    };
    let paused = progress.phase == Phase::Paused;
    let ending = progress.phase == Phase::Ending;
    let bytes = size(progress.bytes);
    let space = match progress.free {
        Some(free) => words.fill("record-left", &[("size", &bytes), ("free", &size(free))]),
        None => words.fill("record-size", &[("size", &bytes)]),
    };
    let pause = words.say(if paused { "record-resume" } else { "record-pause" });

    rsx! {
        div { class: "record-bar", role: "group", "aria-label": words.say("record-title"), "data-paused": paused || ending, onkeydown: keep_space,
            span { class: "record-dot", "aria-hidden": "true" }
            span {
                class: "record-time",
                role: "timer",
                "aria-label": words.fill("record-elapsed", &[("time", &clock(progress.seconds))]),
                {clock(progress.seconds)}
            }
            span { class: "record-space",
                match progress.phase {
                    Phase::Running => rsx! { "{space}" },
                    Phase::Paused => rsx! { {words.say("record-paused")} },
                    Phase::Ending | Phase::Over => rsx! { {words.say("record-ending")} },
                }
            }
            button {
                class: "record-button",
                r#type: "button",
                disabled: ending,
                "aria-label": pause,
                title: pause,
                onclick: move |_| record.toggle_pause(),
                Icon { d: if paused { icons::PLAY } else { icons::PAUSE } }
            }
            button {
                class: "record-button",
                r#type: "button",
                disabled: ending,
                "aria-label": words.say("record-stop"),
                "aria-keyshortcuts": "r",
                title: "{words.say(\"record-stop\")} (r)",
                onclick: move |_| record.stop(),
                Icon { d: icons::STOP }
            }
        }
    }
}
