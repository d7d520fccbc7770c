//! Which camera, which microphone: one tap away, and only where there is a choice.

use crate::context::{use_app, use_part, use_words};
use dioxus::prelude::*;
use session::{
    Command,
    view::{Device, DeviceKind},
};

/// A list for each kind of device of which there are several.
#[component]
pub fn DeviceChoice() -> Element {
    rsx! {
        div { class: "devices",
            Choice { kind: DeviceKind::Microphone }
            Choice { kind: DeviceKind::Camera }
        }
    }
}

/// The devices of a kind, to choose from. Without `always` it is there only where there is a choice.
#[component]
pub fn Choice(kind: DeviceKind, #[props(default)] always: bool) -> Element {
    let app = use_app();
    let words = use_words();
    let devices = use_part(|view| view.devices.clone());
    let devices = devices.read();
    // Without permission a browser tells that there are devices, but neither their names nor their ids.
    let known = |device: &&Device| !device.id.is_empty() && !device.label.is_empty();
    let of_kind = devices.all.iter().filter(|device| device.kind == kind);
    let choices: Vec<_> = of_kind.filter(known).collect();
    if !always && choices.len() < 2 {
        return VNode::empty();
    }
    let (label, chosen) = match kind {
        DeviceKind::Microphone => ("control-microphone", &devices.microphone),
        DeviceKind::Camera => ("control-camera", &devices.camera),
        DeviceKind::Speaker => ("control-speaker", &devices.speaker),
    };

    rsx! {
        label { class: "device",
            span { {words.say(label)} }
            select {
                class: "field",
                disabled: choices.is_empty(),
                onchange: move |event| app.send(Command::Choose { kind, id: event.value() }),
                if choices.is_empty() {
                    option { {words.say("device-none")} }
                }
                for device in &choices {
                    option {
                        key: "{device.id}",
                        value: "{device.id}",
                        selected: chosen.as_ref() == Some(&device.id),
                        "{device.label}"
                    }
                }
            }
        }
    }
}
