//! Signs and the raised hand: the button with its panel, and what is seen of them on a tile.

use super::{
    Panels,
    people::{Hand, me, use_hand},
};
use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use session::Command;
use wire::{MemberId, Reaction};

/// The button, and the panel above it while it is open.
#[component]
pub fn ReactSwitch(panels: Panels) -> Element {
    let words = use_words();
    let mut open = panels.react;
    let hand = use_part(|view| view.local.hand);
    let label = words.say("react-title");

    rsx! {
        div { class: "menu-space",
            button {
                class: "control",
                r#type: "button",
                "data-on": open() || hand(),
                "aria-expanded": open(),
                "aria-label": label,
                title: label,
                onmounted: move |event| panels.react_button.remember(&event),
                onclick: move |_| open.toggle(),
                Icon { d: if hand() { icons::HAND } else { icons::SMILE } }
            }
            if open() {
                Choices {
                    onclose: move |()| {
                        open.set(false);
                        panels.react_button.focus();
                    },
                }
            }
        }
    }
}

#[component]
fn Choices(onclose: EventHandler<()>) -> Element {
    let app = use_app();
    let words = use_words();
    let hand = use_part(|view| view.local.hand);

    rsx! {
        div { class: "menu-veil", onclick: move |_| onclose.call(()) }
        div {
            class: "menu react",
            role: "group",
            "aria-label": words.say("react-title"),
            onkeydown: move |event| {
                event.stop_propagation();
                if event.key() == Key::Escape {
                    onclose.call(());
                }
            },
            button {
                class: "menu-item",
                r#type: "button",
                "aria-keyshortcuts": "h",
                onmounted: move |event| async move {
                    event.set_focus(true).await.ok();
                },
                onclick: move |_| {
                    app.send(Command::Hand(!hand()));
                    onclose.call(());
                },
                Icon { d: icons::HAND }
                span { {words.say(if hand() { "hand-lower" } else { "hand-raise" })} }
                kbd { "h" }
            }
            div { class: "reactions",
                // The panel stays: one may want to clap more than once.
                for reaction in Reaction::ALL {
                    button {
                        key: "{reaction.emoji()}",
                        class: "reaction",
                        r#type: "button",
                        "aria-label": words.say(name(reaction)),
                        title: words.say(name(reaction)),
                        onclick: move |_| app.send(Command::React(reaction)),
                        "{reaction.emoji()}"
                    }
                }
            }
        }
    }
}

/// What somebody, or the person itself, shows at the moment: the hand, and signs that pass.
#[component]
pub fn Gestures(#[props(default)] of: Option<MemberId>) -> Element {
    let place = use_hand(of.clone());
    let signs = use_part(move |view| {
        let of = of.as_ref().or_else(|| me(view));
        let own = view.signs.iter().filter(|sign| Some(&sign.from) == of);
        own.cloned().collect::<Vec<_>>()
    });

    rsx! {
        if let Some(place) = place() {
            Hand { place }
        }
        if !signs.read().is_empty() {
            p { class: "signs", "aria-hidden": "true",
                for sign in signs() {
                    span { key: "{sign.key}", "{sign.reaction.emoji()}" }
                }
            }
        }
    }
}

/// The key of a sign's name.
pub fn name(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::ThumbsUp => "react-thumbs-up",
        Reaction::Heart => "react-heart",
        Reaction::Clap => "react-clap",
        Reaction::Laugh => "react-laugh",
        Reaction::Surprise => "react-surprise",
        Reaction::Party => "react-party",
    }
}
