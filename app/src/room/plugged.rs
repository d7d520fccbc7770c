//! Devices that were unplugged, and those that are back.

use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{DeviceKind, Lost},
};

/// What was unplugged and what is used instead; or what is back, to be used again.
#[component]
pub fn Plugged() -> Element {
    let lost = use_part(|view| view.local.lost.clone());

    rsx! {
        div { class: "banner", role: "status",
            for lost in lost() {
                One { key: "{lost.device.id}", lost }
            }
        }
    }
}

#[component]
fn One(lost: Lost) -> Element {
    let app = use_app();
    let words = use_words();
    let kind = lost.device.kind;
    let choose = move |id: String| move |_| app.send(Command::Choose { kind, id: id.clone() });
    let text = match (&lost.instead, lost.back) {
        (_, true) => words.fill("device-back", &[("device", &lost.device.label)]),
        (Some(other), false) => words.fill(
            "device-instead",
            &[("device", &lost.device.label), ("other", &other.label)],
        ),
        (None, false) => words.fill("device-gone", &[("device", &lost.device.label)]),
    };

    rsx! {
        Icon { d: if kind == DeviceKind::Camera { icons::VIDEO } else { icons::MIC } }
        span { "{text}" }
        if lost.back {
            button { class: "quiet", r#type: "button", onclick: choose(lost.device.id.clone()), {words.say("device-use")} }
        }
        // To stay with the other is a choice as well: then nothing is offered any more.
        if let Some(other) = lost.instead {
            button { class: "quiet", r#type: "button", onclick: choose(other.id), {words.say("device-stay")} }
        }
    }
}
