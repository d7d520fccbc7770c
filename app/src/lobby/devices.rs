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
    let words = use_words();
    let devices = use_part(|view| view.devices.clone());
    let devices = devices();
    let of = |kind| {
        devices
            .all
            .iter()
            .filter(|device| device.kind == kind)
            .cloned()
            .collect::<Vec<_>>()
    };

    rsx! {
        div { class: "devices",
            Choice {
                kind: DeviceKind::Microphone,
                label: words.say("control-microphone"),
                devices: of(DeviceKind::Microphone),
                chosen: devices.microphone.clone(),
            }
            Choice {
                kind: DeviceKind::Camera,
                label: words.say("control-camera"),
                devices: of(DeviceKind::Camera),
                chosen: devices.camera.clone(),
            }
        }
    }
}

#[component]
fn Choice(kind: DeviceKind, label: &'static str, devices: Vec<Device>, chosen: Option<String>) -> Element {
    let app = use_app();
    // Without permission a browser tells that there are devices, but neither their names nor their ids.
    let known = devices
        .iter()
        .all(|device| !device.id.is_empty() && !device.label.is_empty());
    if devices.len() < 2 || !known {
        return VNode::empty();
    }

    rsx! {
        label { class: "device",
            span { "{label}" }
            select {
                class: "field",
                onchange: move |event| app.send(Command::Choose { kind, id: event.value() }),
                for device in devices {
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
