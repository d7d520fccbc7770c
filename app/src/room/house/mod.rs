//! The room and its host: who may come in, who waits, and what a host can do.

mod door;
mod knocks;
mod people;
mod waiting;
pub mod words;

pub use knocks::{Knocks, Ordered};
pub use people::HostTools;
pub use waiting::{PasscodeWanted, WaitingRoom};

use crate::{
    context::{App, use_app, use_part, use_words},
    icons::{self, Icon},
    ui::dialog::{Dialog, Return, use_return},
};
use dioxus::prelude::*;
use door::Door;
use knocks::AtTheDoor;
use people::People;
use session::{Command, view::View};
use wire::{Action, MemberId};
use words::use_house_words;

/// The dialogue: what the rules are, and for a host, how to change them.
#[component]
pub fn House(onclose: EventHandler<()>) -> Element {
    let words = use_house_words();
    let mine = use_part(|view| view.house.mine);
    let top = use_return();
    use_context_provider(|| Rest(top));

    rsx! {
        Dialog { title: words.say("house-title"), onclose,
            div { class: "house",
                WhoIsHost { top }
                Trouble {}
                if mine() {
                    AtTheDoor {}
                    People {}
                }
                Door {}
                if mine() {
                    End {}
                }
            }
        }
    }
}

/// Where the focus goes when the button that had it is about to go: nowhere, no key would be heard any more.
#[derive(Clone, Copy)]
pub struct Rest(pub Return);

/// Returns what gives the focus to the place of rest.
pub fn use_rest() -> impl Fn() + Copy {
    let rest = try_use_context::<Rest>();
    move || {
        if let Some(Rest(place)) = rest {
            place.focus();
        }
    }
}

#[component]
fn WhoIsHost(top: Return) -> Element {
    let words = use_house_words();
    let mine = use_part(|view| view.house.mine);
    let name = use_part(host_name);

    rsx! {
        p { class: "house-host", tabindex: "-1", onmounted: move |event| top.remember(&event),
            if mine() {
                {words.say("house-host-you")}
            } else if let Some(name) = name() {
                {words.fill("house-host-other", &[("name", &name)])}
            } else {
                {words.say("house-host-nobody")}
            }
        }
    }
}

fn host_name(view: &View) -> Option<String> {
    let host = |id: &MemberId| view.house.hosts.contains(id);
    let person = view.people.iter().find(|person| host(&person.id))?;
    Some(person.name.to_string())
}

/// What the server did not do, in its words.
#[component]
fn Trouble() -> Element {
    let words = use_words();
    let trouble = use_part(|view| view.house.trouble.clone());

    rsx! {
        p { class: "problem", role: "alert",
            if let Some(reason) = trouble() {
                {words.fill("refused-other-hint", &[("reason", &reason)])}
            }
        }
    }
}

#[component]
fn End() -> Element {
    let app = use_app();
    let words = use_house_words();

    rsx! {
        section { class: "settings-part",
            Sure {
                label: words.say("house-end"),
                question: words.say("house-end-ask").to_owned(),
                yes: words.say("house-end-yes"),
                onyes: move |()| act(app, Action::End, None),
            }
        }
    }
}

/// A button for what cannot be undone: it asks once more.
#[component]
pub fn Sure(
    label: String,
    #[props(default)] name: Option<String>,
    question: String,
    yes: String,
    /// It hurts somebody.
    #[props(default = true)]
    danger: bool,
    onyes: EventHandler<()>,
) -> Element {
    let words = use_house_words();
    let rest = use_rest();
    let mut asking = use_signal(|| false);
    // The focus goes back where it came from.
    let mut thought_better = use_signal(|| false);

    rsx! {
        if asking() {
            div { class: "house-sure", role: "group", "aria-label": "{question}",
                p { "{question}" }
                div { class: "actions",
                    button {
                        class: if danger { "button danger" } else { "button primary" },
                        r#type: "button",
                        onmounted: move |event| async move {
                            event.set_focus(true).await.ok();
                        },
                        onclick: move |_| {
                            asking.set(false);
                            rest();
                            onyes.call(());
                        },
                        "{yes}"
                    }
                    button {
                        class: "quiet",
                        r#type: "button",
                        onclick: move |_| {
                            thought_better.set(true);
                            asking.set(false);
                        },
                        {words.say("house-keep")}
                    }
                }
            }
        } else {
            button {
                class: if danger { "quiet danger" } else { "quiet" },
                r#type: "button",
                "aria-label": name.unwrap_or_else(|| label.clone()),
                onmounted: move |event| async move {
                    if thought_better() {
                        event.set_focus(true).await.ok();
                    }
                },
                onclick: move |_| asking.set(true),
                "{label}"
            }
        }
    }
}

/// Does something as a host.
pub fn act(app: App, action: Action, member: Option<&MemberId>) {
    app.send(Command::Moderate {
        action,
        member: member.cloned(),
        passcode: None,
    });
}

/// The item of the side menu's picture.
pub const ICON: &str = icons::KEY;

/// A picture and words in a row.
#[component]
fn Line(icon: &'static str, text: String) -> Element {
    rsx! {
        p { class: "house-line",
            Icon { d: icon }
            span { "{text}" }
        }
    }
}
