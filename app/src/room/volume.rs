//! How loud somebody is for this person alone.

use crate::{
    context::{App, use_app, use_words},
    door::Keep,
    icons::{self, Icon},
};
use dioxus::prelude::*;
use wire::DisplayName;

/// Full volume, in per cent.
const FULL: u8 = 100;

/// How loud somebody is, in per cent. It is remembered by name: ids are new with every visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume(Signal<u8>);

/// Recalls how loud somebody was the last time.
pub fn use_volume(name: &DisplayName) -> Volume {
    let app = use_app();
    let kept = use_hook(|| app.host().remembered(Keep::Always, &key(name)));
    Volume(use_signal(|| {
        kept.and_then(|kept| kept.parse().ok()).unwrap_or(FULL).min(FULL)
    }))
}

impl Volume {
    /// From 0 to 1, for a surface.
    pub fn share(self) -> f64 {
        f64::from((self.0)()) / f64::from(FULL)
    }

    fn set(mut self, app: App, name: &DisplayName, percent: u8) {
        let kept = (percent != FULL).then(|| percent.to_string());
        app.host().remember(Keep::Always, &key(name), kept.as_deref());
        self.0.set(percent);
    }
}

fn key(name: &DisplayName) -> String {
    format!("tsukiyo.volume.{name}")
}

/// A button that opens a slider. What it does is heard here only.
#[component]
pub fn VolumeControl(name: DisplayName, volume: Volume) -> Element {
    let app = use_app();
    let words = use_words();
    let mut open = use_signal(|| false);
    let percent = (volume.0)();
    let label = words.fill("volume-of", &[("name", name.as_str())]);
    let silent = percent == 0;

    rsx! {
        div {
            class: "tile-volume",
            onkeydown: move |event| {
                // The arrows are the slider's, and Escape closes it and nothing else.
                event.stop_propagation();
                if event.key() == Key::Escape {
                    open.set(false);
                }
            },
            button {
                class: "tile-tool",
                r#type: "button",
                "aria-expanded": open(),
                "aria-label": "{label}",
                title: "{label}",
                onclick: move |_| open.toggle(),
                Icon { d: if silent { icons::VOLUME_OFF } else { icons::VOLUME } }
            }
            if open() {
                div { class: "volume-panel", role: "group", "aria-label": "{label}",
                    input {
                        r#type: "range",
                        min: "0",
                        max: "{FULL}",
                        step: "5",
                        value: "{percent}",
                        "aria-label": "{label}",
                        "aria-valuetext": "{percent} %",
                        oninput: {
                            let name = name.clone();
                            move |event: FormEvent| {
                                if let Ok(percent) = event.value().parse::<u8>() {
                                    volume.set(app, &name, percent.min(FULL));
                                }
                            }
                        },
                    }
                    button {
                        class: "quiet",
                        r#type: "button",
                        "aria-pressed": silent,
                        onclick: move |_| volume.set(app, &name, if silent { FULL } else { 0 }),
                        {words.say(if silent { "volume-hear" } else { "volume-mute" })}
                    }
                }
            }
        }
    }
}
