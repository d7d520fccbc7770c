//! What a host can do with each person, in the dialogue and on the person's tile.

use super::{Sure, act, use_rest, words::use_house_words};
use crate::{
    context::{use_app, use_part},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use session::view::Person;
use wire::Action;

/// Everybody else, in the dialogue.
#[component]
pub fn People() -> Element {
    let app = use_app();
    let words = use_house_words();
    let people = use_part(|view| view.people.clone());
    let people = people();

    rsx! {
        section { class: "settings-part", "aria-labelledby": "house-people",
            h3 { id: "house-people", {words.say("house-people")} }
            if people.is_empty() {
                p { class: "hint", {words.say("house-nobody")} }
            } else {
                ul { class: "house-list",
                    for person in people.iter() {
                        li { key: "{person.id}",
                            span { class: "house-name", "{person.name}" }
                            Actions { person: person.clone() }
                        }
                    }
                }
                button { class: "quiet", r#type: "button", onclick: move |_| act(app, Action::Mute, None),
                    {words.say("house-mute-all")}
                }
            }
        }
    }
}

/// The buttons for one person.
#[component]
fn Actions(person: Person) -> Element {
    let app = use_app();
    let words = use_house_words();
    let rest = use_rest();
    let name = [("name", person.name.as_str())];
    let [muted, unshared, host, removed] = [(); 4].map(|()| person.id.clone());

    rsx! {
        button {
            class: "quiet",
            r#type: "button",
            disabled: !person.media.audio,
            "aria-label": words.fill("house-mute-who", &name),
            onclick: move |_| act(app, Action::Mute, Some(&muted)),
            {words.say("house-mute")}
        }
        if person.media.screen {
            button {
                class: "quiet",
                r#type: "button",
                "aria-label": words.fill("house-unshare-who", &name),
                onclick: move |_| {
                    rest();
                    act(app, Action::StopShare, Some(&unshared));
                },
                {words.say("house-unshare")}
            }
        }
        Sure {
            label: words.say("house-pass-on"),
            name: words.fill("house-pass-on-who", &name),
            question: words.fill("house-pass-on-ask", &name),
            yes: words.say("house-pass-on"),
            danger: false,
            onyes: move |()| act(app, Action::PassOn, Some(&host)),
        }
        Sure {
            label: words.say("house-remove"),
            name: words.fill("house-remove-who", &name),
            question: words.fill("house-remove-ask", &name),
            yes: words.say("house-remove"),
            onyes: move |()| act(app, Action::Remove, Some(&removed)),
        }
    }
}

/// On a tile, for a host: a button that opens the others.
#[component]
pub fn HostTools(person: Person) -> Element {
    let words = use_house_words();
    let mine = use_part(|view| view.house.mine);
    let mut open = use_signal(|| false);
    let label = words.fill("house-tools", &[("name", person.name.as_str())]);

    rsx! {
        if mine() {
            div {
                class: "tile-volume",
                onkeydown: move |event| {
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
                    Icon { d: icons::KEY }
                }
                if open() {
                    div { class: "house-panel", role: "group", "aria-label": "{label}", Actions { person } }
                }
            }
        }
    }
}
