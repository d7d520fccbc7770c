//! What to record, and into what.

use super::{
    figures::{duration, size},
    use_own_words,
};
use crate::{
    context::use_app,
    recorder::{Problem, What},
};
use dioxus::prelude::*;

/// Bytes that a second takes, as the recorder is set.
const RATE: u64 = (2_500_000 + 128_000) / 8;

/// The question before a recording.
#[component]
pub fn Ask(onstart: EventHandler<(What, String)>, problem: Option<Problem>) -> Element {
    let app = use_app();
    let words = use_own_words();
    let formats = use_hook(|| {
        app.host()
            .recorder()
            .map(|recorder| recorder.formats())
            .unwrap_or_default()
    });
    let mut what = use_signal(|| What::Everyone);
    let first = formats.first().cloned().unwrap_or_default();
    let mut format = use_signal(|| first);
    let mut asked = use_signal(|| false);
    let free = use_resource(move || async move { app.host().recorder()?.free().await });
    let space = match *free.read() {
        None => String::new(),
        Some(None) => words.say("record-space-unknown").to_owned(),
        Some(Some(free)) => words.fill(
            "record-space",
            &[("free", &size(free)), ("time", &duration(free / RATE, words))],
        ),
    };
    let can_share = use_hook(|| app.host().can_share());
    // What is in the way was told: it may be tried again.
    use_effect(use_reactive!(|problem| {
        if problem.is_some() {
            asked.set(false);
        }
    }));
    let starting = asked() && problem.is_none();

    rsx! {
        form {
            class: "record-form",
            onsubmit: move |event| {
                event.prevent_default();
                if !*asked.peek() {
                    asked.set(true);
                    onstart.call((what(), format()));
                }
            },
            fieldset { class: "choices", "aria-label": words.say("record-title"),
                for (value, key, hint) in [
                    (What::Everyone, "record-everyone", "record-everyone-hint"),
                    (What::Screen, "record-screen", "record-screen-hint"),
                ] {
                    if value == What::Everyone || can_share {
                        label { key: "{key}", class: "choice",
                            input {
                                r#type: "radio",
                                name: "what",
                                checked: what() == value,
                                onchange: move |_| what.set(value),
                            }
                            span {
                                b { {words.say(key)} }
                                span { class: "choice-hint", {words.say(hint)} }
                            }
                        }
                    }
                }
            }
            if formats.len() > 1 {
                fieldset { class: "formats",
                    legend { {words.say("record-format")} }
                    for name in formats.clone() {
                        label { key: "{name}", class: "format",
                            input {
                                r#type: "radio",
                                name: "format",
                                checked: format() == name,
                                onchange: {
                                    let name = name.clone();
                                    move |_| format.set(name.clone())
                                },
                            }
                            {words.say(if name == "mp4" { "record-format-mp4" } else { "record-format-webm" })}
                        }
                    }
                }
            }
            p { class: "hint", {words.say("record-told")} }
            p { class: "hint", "{space}" }
            p { class: "problem", role: "alert",
                match problem {
                    Some(Problem::Full) => words.say("record-full"),
                    Some(Problem::Failed) => words.say("record-failed"),
                    Some(Problem::Cancelled) | None => "",
                }
            }
            div { class: "actions",
                button { class: "primary", r#type: "submit", "aria-disabled": starting,
                    {words.say(if starting { "record-starting" } else { "record-start" })}
                }
            }
        }
    }
}
