//! Shared screens: the button, the tiles, and what went wrong.

use super::{
    keep_space,
    sight::use_sight,
    stage::{Pin, Spot},
    tile::{NameTag, PinButton},
};
use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
    lobby::is_on,
    surface::Picture,
};
use dioxus::prelude::*;
use session::{
    Command,
    platform::Feed,
    view::{Person, Source, Trouble},
};

/// Begins to share, or ceases to. It is not there where nothing can be shared, as on telephones.
#[component]
pub fn ShareSwitch() -> Element {
    let app = use_app();
    let words = use_words();
    let on = use_part(|view| is_on(&view.local.screen));
    let possible = use_hook(|| app.host().can_share());
    let label = words.say(if on() { "share-stop" } else { "share-start" });

    rsx! {
        if possible {
            button {
                class: "control",
                r#type: "button",
                "data-on": on(),
                "aria-pressed": on(),
                "aria-label": words.say("share-start"),
                "aria-keyshortcuts": "s",
                title: "{label} (s)",
                onclick: move |_| app.send(Command::Share(!on())),
                Icon { d: icons::SCREEN_SHARE }
            }
        }
    }
}

/// What somebody else shares.
#[component]
pub fn ScreenTile(person: Person, front: bool, pin: Pin) -> Element {
    let words = use_words();
    let name = words.fill("share-of", &[("name", person.name.as_str())]);
    let sight = use_sight(&person.id, Feed::Screen);

    rsx! {
        li {
            class: "tile screen",
            "data-shared-by": "{person.id}",
            "data-front": front,
            onresize: move |event| sight.resized(&event),
            onvisible: move |event| sight.moved(&event),
            if let Some(stream) = person.screen.clone() {
                Picture { stream }
            }
            NameTag { name: name.clone(), muted: false }
            div { class: "tile-tools", onkeydown: keep_space,
                PinButton { spot: Spot::Screen(person.id.clone()), name, pin }
            }
        }
    }
}

/// What the person shares: small, because it is on the screen already.
#[component]
pub fn MyScreenTile(front: bool, pin: Pin) -> Element {
    let app = use_app();
    let words = use_words();
    let preview = use_part(|view| view.local.screen_preview.clone());

    rsx! {
        li { class: "tile screen mine", "data-front": front,
            if let Some(stream) = preview() {
                Picture { stream, muted: true }
            }
            div { class: "my-screen", onkeydown: keep_space,
                p { {words.say("share-mine")} }
                button { class: "button danger", r#type: "button", onclick: move |_| app.send(Command::Share(false)),
                    {words.say("share-stop")}
                }
            }
            div { class: "tile-tools", onkeydown: keep_space,
                PinButton { spot: Spot::MyScreen, name: words.say("share-mine"), pin }
            }
        }
    }
}

/// Why nothing is shared, if it is not because the person thought better of it.
#[component]
pub fn ShareTrouble() -> Element {
    let words = use_words();
    let screen = use_part(|view| view.local.screen.clone());

    rsx! {
        div { class: "banner", role: "alert",
            if let Source::Trouble(trouble) = screen() {
                Icon { d: icons::SCREEN_SHARE }
                span {
                    {words.say(match trouble {
                        Trouble::Refused => "share-refused",
                        Trouble::Missing => "share-nothing",
                        Trouble::Busy => "share-busy",
                        Trouble::Unsupported => "share-unsupported",
                    })}
                }
            }
        }
    }
}
