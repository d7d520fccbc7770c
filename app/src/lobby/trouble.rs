//! Camera or microphone cannot be used: what happened, and the way out.

use crate::{
    context::{use_app, use_part, use_words},
    i18n::Words,
    ui::notice::{Notice, Tone},
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{Source, Trouble},
};

/// A notice for whatever cannot be used. One can join all the same, and it says so.
#[component]
pub fn Troubles() -> Element {
    let local = use_part(|view| (view.local.microphone.clone(), view.local.camera.clone()));
    let (microphone, camera) = local();
    let trouble = |source: &Source| match source {
        Source::Trouble(trouble) => Some(*trouble),
        Source::Off | Source::Starting | Source::On => None,
    };

    match (trouble(&microphone), trouble(&camera)) {
        (None, None) => VNode::empty(),
        (Some(both), Some(other)) if both == other => rsx! {
            One { which: Which::Both, trouble: both }
        },
        (microphone, camera) => rsx! {
            if let Some(trouble) = microphone {
                One { which: Which::Microphone, trouble }
            }
            if let Some(trouble) = camera {
                One { which: Which::Camera, trouble }
            }
        },
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Microphone,
    Camera,
    Both,
}

#[component]
fn One(which: Which, trouble: Trouble) -> Element {
    let app = use_app();
    let words = use_words();
    let again = move |_| {
        if which != Which::Camera {
            app.send(Command::Microphone(true));
        }
        if which != Which::Microphone {
            app.send(Command::Camera(true));
        }
    };
    let hint = words.say(match trouble {
        Trouble::Refused => "trouble-refused-hint",
        Trouble::Missing => "trouble-missing-hint",
        Trouble::Busy => "trouble-busy-hint",
        Trouble::Unsupported => "trouble-unsupported-hint",
    });

    rsx! {
        Notice { tone: Tone::Trouble, title: title(words, which, trouble), hint,
            if trouble != Trouble::Unsupported {
                button { class: "quiet", r#type: "button", onclick: again, {words.say("trouble-again")} }
            }
            if trouble == Trouble::Refused {
                WhereToAllow {}
            }
        }
    }
}

fn title(words: Words, which: Which, trouble: Trouble) -> String {
    let device = words.say(match which {
        Which::Microphone => "control-microphone",
        Which::Camera => "control-camera",
        Which::Both => "trouble-both",
    });
    let what = match trouble {
        Trouble::Refused => "trouble-refused",
        Trouble::Missing => "trouble-missing",
        Trouble::Busy => "trouble-busy",
        Trouble::Unsupported => "trouble-unsupported",
    };
    words.fill(what, &[("device", device)])
}

/// A drawing of the address bar: the button beside the address, and the switches behind it.
#[component]
fn WhereToAllow() -> Element {
    let words = use_words();

    rsx! {
        svg {
            class: "where",
            view_box: "0 0 300 128",
            role: "img",
            "aria-label": words.say("trouble-picture"),
            rect { class: "where-window", x: "1", y: "1", width: "298", height: "126", rx: "10" }
            rect { class: "where-address", x: "12", y: "12", width: "276", height: "28", rx: "14" }
            circle { class: "where-ring", cx: "30", cy: "26", r: "12" }
            path { class: "where-stroke", d: "M25 23h10M25 29h10M28 20.5v5M32 26.500v5" }
            rect { class: "where-text", x: "50", y: "23", width: "110", height: "6", rx: "3" }
            path { class: "where-menu", d: "M24 52l6-7 6 7h106a8 8 0 0 1 8 8v50a8 8 0 0 1-8 8H20a8 8 0 0 1-8-8V60a8 8 0 0 1 8-8z" }
            rect { class: "where-text", x: "24", y: "66", width: "62", height: "6", rx: "3" }
            rect { class: "where-switch", x: "112", y: "62", width: "26", height: "14", rx: "7" }
            circle { class: "where-knob", cx: "131", cy: "69", r: "5" }
            rect { class: "where-text", x: "24", y: "94", width: "48", height: "6", rx: "3" }
            rect { class: "where-switch", x: "112", y: "90", width: "26", height: "14", rx: "7" }
            circle { class: "where-knob", cx: "131", cy: "97", r: "5" }
        }
    }
}
