//! Before the door: waiting, and the passcode.

use super::{door::bad_passcode, words::use_house_words};
use crate::{
    context::{use_app, use_title, use_words},
    ui::header::{Header, Moon},
};
use dioxus::prelude::*;
use session::Command;
use wire::Passcode;

/// Waits for the host.
#[component]
pub fn WaitingRoom() -> Element {
    let app = use_app();
    let words = use_house_words();
    use_title(words.say("house-wait-title"));

    rsx! {
        Header {}
        main { class: "page empty",
            Moon {}
            div { class: "house-said", role: "status",
                h1 { {words.say("house-wait-title")} }
                p { {words.say("house-wait-hint")} }
            }
            button {
                class: "quiet",
                r#type: "button",
                onmounted: move |event| async move {
                    event.set_focus(true).await.ok();
                },
                onclick: move |_| app.send(Command::Leave),
                {words.say("house-wait-cancel")}
            }
        }
    }
}

/// Asks for the passcode.
#[component]
pub fn PasscodeWanted(wrong: bool) -> Element {
    let app = use_app();
    let words = use_house_words();
    let general = use_words();
    let mut text = use_signal(String::new);
    let mut bad = use_signal(|| false);
    use_title(words.say("house-passcode-title"));
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        match Passcode::new(&text.peek()) {
            Ok(passcode) => app.send(Command::Passcode(passcode)),
            Err(_) => bad.set(true),
        }
    };
    let problem = if bad() {
        bad_passcode(words)
    } else if wrong {
        words.say("house-passcode-wrong").to_owned()
    } else {
        String::new()
    };

    rsx! {
        Header {}
        main { class: "page empty",
            h1 { {words.say("house-passcode-title")} }
            p { {words.say("house-passcode-hint")} }
            form { class: "house-passcode", novalidate: true, autocomplete: "off", onsubmit,
                label { r#for: "passcode", {words.say("house-passcode")} }
                input {
                    id: "passcode",
                    class: "field",
                    r#type: "password",
                    value: "{text}",
                    autocomplete: "off",
                    enterkeyhint: "go",
                    "aria-invalid": !problem.is_empty(),
                    "aria-describedby": "passcode-error",
                    onmounted: move |event| async move {
                        event.set_focus(true).await.ok();
                    },
                    oninput: move |event| {
                        bad.set(false);
                        text.set(event.value());
                    },
                }
                p { id: "passcode-error", class: "problem", role: "alert", "{problem}" }
                div { class: "actions",
                    button { class: "button primary", r#type: "submit", {words.say("house-passcode-join")} }
                    button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::Leave),
                        {general.say("refused-back")}
                    }
                }
            }
        }
    }
}
