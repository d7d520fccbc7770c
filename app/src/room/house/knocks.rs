//! Who waits to be let in, and what the host has switched off: told above the faces, and in the dialogue.

use super::{act, use_rest, words::use_house_words};
use crate::{
    context::{use_app, use_part},
    icons::{self, Icon},
    room::keep_space,
};
use dioxus::prelude::*;
use session::{Command, view};
use wire::{Action, Member};

/// Tells a host who is at the door.
#[component]
pub fn Knocks() -> Element {
    let app = use_app();
    let words = use_house_words();
    let rest = use_rest();
    let knocks = use_part(|view| view.house.knocks.clone());
    let full = use_full();
    let knocks = knocks();
    let text = match knocks.as_slice() {
        [] => None,
        [one] => Some(words.fill("house-knock", &[("name", one.name.as_str())])),
        several => Some(words.fill("house-knocks", &[("count", &several.len().to_string())])),
    };
    // One is let in by its own button, so that a second who knocks just now is not let in by mistake.
    let only = knocks
        .first()
        .filter(|_| knocks.len() == 1)
        .map(|knock| knock.id.clone());
    let denied = only.clone();

    rsx! {
        div { class: "banner", role: "status", onkeydown: keep_space,
            if let Some(text) = text {
                Icon { d: icons::KEY }
                span { "{text}" }
                button {
                    class: "quiet",
                    r#type: "button",
                    disabled: full(),
                    onclick: move |_| {
                        rest();
                        act(app, Action::Admit, only.as_ref());
                    },
                    {words.say(if denied.is_some() { "house-admit" } else { "house-admit-all" })}
                }
                if let Some(member) = denied.clone() {
                    button {
                        class: "quiet",
                        r#type: "button",
                        onclick: move |_| {
                            rest();
                            act(app, Action::Deny, Some(&member));
                        },
                        {words.say("house-deny")}
                    }
                }
            }
        }
    }
}

/// Tells the person what the host has switched off.
#[component]
pub fn Ordered() -> Element {
    let app = use_app();
    let words = use_house_words();
    let rest = use_rest();
    let ordered = use_part(|view| view.house.ordered);

    rsx! {
        div { class: "banner", role: "alert", onkeydown: keep_space,
            if let Some(ordered) = ordered() {
                Icon { d: if ordered == view::Ordered::Muted { icons::MIC_OFF } else { icons::SCREEN_SHARE } }
                span {
                    {words.say(match ordered {
                        view::Ordered::Muted => "house-muted",
                        view::Ordered::Unshared => "house-unshared",
                    })}
                }
                button {
                    class: "quiet",
                    r#type: "button",
                    onclick: move |_| {
                        rest();
                        app.send(Command::Understood);
                    },
                    {words.say("house-understood")}
                }
            }
        }
    }
}

/// Everybody who waits, in the dialogue.
#[component]
pub fn AtTheDoor() -> Element {
    let app = use_app();
    let words = use_house_words();
    let rest = use_rest();
    let knocks = use_part(|view| view.house.knocks.clone());
    let full = use_full();

    rsx! {
        if !knocks.read().is_empty() {
            section { class: "settings-part", "aria-labelledby": "house-waiting",
                h3 { id: "house-waiting", {words.say("house-waiting")} }
                ul { class: "house-list",
                    for knock in knocks() {
                        li { key: "{knock.id}", Waiter { knock, full: full() } }
                    }
                }
                if full() {
                    p { class: "hint", {words.say("house-full")} }
                }
                button {
                    class: "quiet",
                    r#type: "button",
                    disabled: full(),
                    onclick: move |_| {
                        rest();
                        act(app, Action::Admit, None);
                    },
                    {words.say("house-admit-all")}
                }
            }
        }
    }
}

#[component]
fn Waiter(knock: Member, full: bool) -> Element {
    let app = use_app();
    let words = use_house_words();
    let rest = use_rest();
    let name = [("name", knock.name.as_str())];
    let (admitted, denied) = (knock.id.clone(), knock.id.clone());

    rsx! {
        span { class: "house-name", "{knock.name}" }
        button {
            class: "quiet",
            r#type: "button",
            disabled: full,
            "aria-label": words.fill("house-admit-who", &name),
            onclick: move |_| {
                rest();
                act(app, Action::Admit, Some(&admitted));
            },
            {words.say("house-admit")}
        }
        button {
            class: "quiet",
            r#type: "button",
            "aria-label": words.fill("house-deny-who", &name),
            onclick: move |_| {
                rest();
                act(app, Action::Deny, Some(&denied));
            },
            {words.say("house-deny")}
        }
    }
}

/// Tells whether nobody else fits in.
fn use_full() -> Memo<bool> {
    use_part(|view| view.people.len() + 1 >= wire::limits::ROOM_MEMBERS)
}
