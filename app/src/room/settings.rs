//! Device settings, during a call: every change is heard and seen at once, and no connection is made anew.

use super::sounds::SoundsSwitch;
use crate::{
    context::{use_app, use_part, use_words},
    lobby::{Choice, Meter},
    surface::Picture,
    ui::dialog::Dialog,
};
use dioxus::prelude::*;
use session::{
    Command,
    platform::{AudioProcessing, VideoConstraints},
    view::{DeviceKind, Source},
};

/// The sizes of picture to choose from, by their heights.
const SHAPES: [(u32, u32); 3] = [(640, 360), (1280, 720), (1920, 1080)];

/// The dialogue.
#[component]
pub fn Settings(onclose: EventHandler<()>) -> Element {
    let words = use_words();

    rsx! {
        Dialog { title: words.say("settings-title"), onclose,
            Sound {}
            Camera {}
            Reports {}
        }
    }
}

#[component]
fn Sound() -> Element {
    let app = use_app();
    let words = use_words();
    let devices = use_part(|view| view.devices.clone());
    let devices = devices();
    let now = devices.processing;
    let switches = [
        (
            "settings-echo",
            now.echo_cancellation,
            AudioProcessing {
                echo_cancellation: !now.echo_cancellation,
                ..now
            },
        ),
        (
            "settings-noise",
            now.noise_suppression,
            AudioProcessing {
                noise_suppression: !now.noise_suppression,
                ..now
            },
        ),
        (
            "settings-gain",
            now.auto_gain_control,
            AudioProcessing {
                auto_gain_control: !now.auto_gain_control,
                ..now
            },
        ),
    ];

    rsx! {
        section { class: "settings-part",
            div { class: "with-meter",
                Choice { kind: DeviceKind::Microphone, always: true }
                Meter {}
            }
            for (name, on, next) in switches {
                label { key: "{name}", class: "switch",
                    input {
                        r#type: "checkbox",
                        role: "switch",
                        checked: on,
                        onchange: move |_| app.send(Command::Process(next)),
                    }
                    span { {words.say(name)} }
                }
            }
            div { class: "with-button",
                Choice { kind: DeviceKind::Speaker, always: true }
                button {
                    class: "quiet",
                    r#type: "button",
                    onclick: move |_| {
                        let speaker = app.peek().devices.speaker.clone();
                        app.host().test_sound(speaker.as_deref());
                    },
                    {words.say("settings-test-sound")}
                }
            }
            SoundsSwitch {}
        }
    }
}

#[component]
fn Camera() -> Element {
    let app = use_app();
    let words = use_words();
    let devices = use_part(|view| view.devices.clone());
    let local = use_part(|view| view.local.clone());
    let shape = devices.read().shape;
    let saver = use_part(|view| view.load.saver);
    let preview = local().preview.filter(|_| local.read().camera == Source::On);

    rsx! {
        section { class: "settings-part",
            Choice { kind: DeviceKind::Camera, always: true }
            label { class: "device",
                span { {words.say("settings-resolution")} }
                select {
                    class: "field",
                    onchange: move |event| {
                        let chosen = SHAPES.iter().find(|(_, height)| event.value() == height.to_string());
                        if let Some((width, height)) = chosen {
                            let shape = VideoConstraints { width: *width, height: *height, ..shape };
                            app.send(Command::Shape(shape));
                        }
                    },
                    for (_, height) in SHAPES {
                        option { key: "{height}", value: "{height}", selected: height == shape.height, "{height}p" }
                    }
                }
            }
            label { class: "switch",
                input {
                    r#type: "checkbox",
                    role: "switch",
                    checked: saver(),
                    "aria-describedby": "saver-hint",
                    onchange: move |event| app.send(Command::SaveData(event.checked())),
                }
                span { {words.say("settings-saver")} }
            }
            p { class: "hint", id: "saver-hint", {words.say("settings-saver-hint")} }
            if let Some(stream) = preview {
                div { class: "settings-preview",
                    Picture { stream, mirrored: true, muted: true }
                }
            }
        }
    }
}

/// Whether figures of the person's calls are told, where the server asks for them.
#[component]
fn Reports() -> Element {
    let app = use_app();
    let words = use_words();
    let reports = use_part(|view| view.reports);
    let Some(on) = reports() else {
        return rsx! {};
    };

    rsx! {
        section { class: "settings-part",
            label { class: "switch",
                input {
                    r#type: "checkbox",
                    role: "switch",
                    checked: on,
                    "aria-describedby": "reports-hint",
                    onchange: move |event| app.send(Command::Report(event.checked())),
                }
                span { {words.say("settings-reports")} }
            }
            p { class: "hint", id: "reports-hint", {words.say("settings-reports-hint")} }
        }
    }
}
