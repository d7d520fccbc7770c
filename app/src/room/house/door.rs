//! The rules of the door: for a host switches, for everybody else words.

use super::{Line, act, use_rest, words::use_house_words};
use crate::{
    context::{use_app, use_part},
    icons,
};
use dioxus::prelude::*;
use session::Command;
use wire::{Action, HistoryPolicy, Passcode, RoomRules, limits::PASSCODE_CHARS};

/// The rules.
#[component]
pub fn Door() -> Element {
    let words = use_house_words();
    let mine = use_part(|view| view.house.mine);
    let rules = use_part(|view| view.house.rules);

    rsx! {
        section { class: "settings-part", "aria-labelledby": "house-door",
            h3 { id: "house-door", {words.say("house-door")} }
            if mine() {
                Switches { rules: rules() }
            } else {
                Words { rules: rules() }
            }
        }
    }
}

#[component]
fn Words(rules: RoomRules) -> Element {
    let words = use_house_words();
    let lines = [
        (rules.locked, "house-lock"),
        (rules.passcode, "house-passcode-on"),
        (rules.waiting, "house-wait"),
    ];
    let any = lines.iter().any(|(on, _)| *on);

    rsx! {
        if !any {
            Line { icon: icons::LINK, text: words.say("house-open") }
        }
        for (_ , key) in lines.into_iter().filter(|(on, _)| *on) {
            Line { key: "{key}", icon: icons::KEY, text: words.say(key) }
        }
        p { class: "hint", {words.say("house-history")} ": " {words.say(history_key(rules.history))} }
    }
}

#[component]
fn Switches(rules: RoomRules) -> Element {
    let app = use_app();
    let words = use_house_words();
    let switches = [
        ("house-lock", rules.locked, Action::Unlock, Action::Lock),
        ("house-wait", rules.waiting, Action::NoWait, Action::Wait),
    ];

    rsx! {
        for (name, on, off_action, on_action) in switches {
            label { key: "{name}", class: "switch",
                input {
                    r#type: "checkbox",
                    role: "switch",
                    checked: on,
                    onchange: move |_| act(app, if on { off_action } else { on_action }, None),
                }
                span { {words.say(name)} }
            }
        }
        PasscodeField { set: rules.passcode }
        label { class: "device",
            span { {words.say("house-history")} }
            select {
                class: "field",
                onchange: move |event| {
                    let chosen = HISTORY.iter().find(|(key, ..)| event.value() == *key);
                    if let Some((_, _, action)) = chosen {
                        act(app, *action, None);
                    }
                },
                for (key , policy , _) in HISTORY {
                    option { key: "{key}", value: "{key}", selected: policy == rules.history, {words.say(key)} }
                }
            }
        }
    }
}

const HISTORY: [(&str, HistoryPolicy, Action); 3] = [
    ("house-history-all", HistoryPolicy::All, Action::HistoryAll),
    (
        "house-history-joined",
        HistoryPolicy::Joined,
        Action::HistoryJoined,
    ),
    ("house-history-none", HistoryPolicy::None, Action::HistoryNone),
];

fn history_key(policy: HistoryPolicy) -> &'static str {
    let found = HISTORY.iter().find(|(_, of, _)| *of == policy);
    found.map_or("house-history-all", |(key, ..)| key)
}

#[component]
fn PasscodeField(set: bool) -> Element {
    let app = use_app();
    let words = use_house_words();
    let rest = use_rest();
    let mut text = use_signal(String::new);
    let mut wrong = use_signal(|| false);
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        let passcode = Passcode::new(&text.peek());
        match passcode {
            Ok(passcode) => {
                app.send(Command::Moderate {
                    action: Action::Passcode,
                    member: None,
                    passcode: Some(passcode),
                });
                text.set(String::new());
                wrong.set(false);
            }
            Err(_) => wrong.set(true),
        }
    };

    rsx! {
        form { class: "house-passcode", novalidate: true, autocomplete: "off", onsubmit,
            label { r#for: "house-passcode", {words.say("house-passcode")} }
            div { class: "with-button",
                input {
                    id: "house-passcode",
                    class: "field",
                    r#type: "text",
                    value: "{text}",
                    autocomplete: "off",
                    autocapitalize: "none",
                    spellcheck: "false",
                    placeholder: if set { "••••••" } else { "" },
                    "aria-invalid": wrong(),
                    "aria-describedby": "house-passcode-error",
                    oninput: move |event| text.set(event.value()),
                }
                button { class: "quiet", r#type: "submit",
                    {words.say(if set { "house-passcode-change" } else { "house-passcode-set" })}
                }
            }
            p { id: "house-passcode-error", class: "problem", role: "alert",
                if wrong() {
                    {bad_passcode(words)}
                }
            }
            if set {
                button {
                    class: "quiet",
                    r#type: "button",
                    onclick: move |_| {
                        rest();
                        act(app, Action::NoPasscode, None);
                    },
                    {words.say("house-passcode-remove")}
                }
            }
        }
    }
}

/// What a passcode must be like.
pub fn bad_passcode(words: crate::i18n::Words) -> String {
    let (least, most) = (PASSCODE_CHARS.0.to_string(), PASSCODE_CHARS.1.to_string());
    words.fill("house-passcode-bad", &[("least", &least), ("most", &most)])
}
