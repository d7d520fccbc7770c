//! The person's own picture, as the others will see it but for the mirror, with the two switches.

use super::meter::Meter;
use crate::{
    context::{use_app, use_part, use_words},
    door::Calls,
    icons::{self, Icon},
    surface::Picture,
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{Source, Trouble},
};

/// The preview.
#[component]
pub fn Preview() -> Element {
    let words = use_words();
    let local = use_part(|view| view.local.clone());
    let here = use_app().door().calls == Calls::Here;
    let local = local();

    rsx! {
        div { class: "preview",
            match local.preview {
                Some(stream) => rsx! {
                    Picture { stream, mirrored: true, muted: true }
                },
                None => rsx! {
                    p { class: "preview-empty", role: "status",
                        {words.say(if here { why_dark(&local.camera) } else { "lobby-camera-none" })}
                    }
                },
            }
            if here {
                div { class: "preview-bar",
                    if local.microphone == Source::On {
                        Meter {}
                    }
                    MicrophoneSwitch { class: "round" }
                    CameraSwitch { class: "round" }
                }
            }
        }
    }
}

fn why_dark(camera: &Source) -> &'static str {
    match camera {
        Source::Off => "lobby-camera-off",
        Source::Starting | Source::On => "lobby-camera-starting",
        Source::Trouble(Trouble::Refused) => "lobby-camera-refused",
        Source::Trouble(Trouble::Missing) => "lobby-camera-none",
        Source::Trouble(Trouble::Busy) => "lobby-camera-busy",
        Source::Trouble(Trouble::Unsupported) => "lobby-camera-unsupported",
    }
}

/// Switches the microphone, in the lobby and in the room.
#[component]
pub fn MicrophoneSwitch(class: &'static str) -> Element {
    let app = use_app();
    let words = use_words();
    let source = use_part(|view| view.local.microphone.clone());
    let on = is_on(&source.read());
    let label = words.say(if on { "control-mute" } else { "control-unmute" });

    rsx! {
        button {
            class,
            r#type: "button",
            "data-off": !on,
            "data-trouble": matches!(*source.read(), Source::Trouble(_)),
            "aria-pressed": on,
            "aria-label": words.say("control-microphone"),
            "aria-keyshortcuts": "m",
            title: "{label} (m)",
            onclick: move |_| app.send(Command::Microphone(!on)),
            Icon { d: if on { icons::MIC } else { icons::MIC_OFF } }
        }
    }
}

/// Switches the camera, in the lobby and in the room.
#[component]
pub fn CameraSwitch(class: &'static str) -> Element {
    let app = use_app();
    let words = use_words();
    let source = use_part(|view| view.local.camera.clone());
    let on = is_on(&source.read());
    let label = words.say(if on {
        "control-camera-off"
    } else {
        "control-camera-on"
    });

    rsx! {
        button {
            class,
            r#type: "button",
            "data-off": !on,
            "data-trouble": matches!(*source.read(), Source::Trouble(_)),
            "aria-pressed": on,
            "aria-label": words.say("control-camera"),
            "aria-keyshortcuts": "v",
            title: "{label} (v)",
            onclick: move |_| app.send(Command::Camera(!on)),
            Icon { d: if on { icons::VIDEO } else { icons::VIDEO_OFF } }
        }
    }
}

/// A switch shows what the person wants; a device that is still starting counts as on.
pub fn is_on(source: &Source) -> bool {
    matches!(source, Source::On | Source::Starting)
}
