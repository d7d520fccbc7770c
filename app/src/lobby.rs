//! Before the room: who one is, where one goes, and how one will be seen.

mod devices;
mod form;
mod later;
mod meter;
mod names;
mod peek;
mod preview;
mod trouble;
mod valid;

pub use devices::Choice;
pub use meter::Meter;
pub use preview::{CameraSwitch, MicrophoneSwitch, is_on};

use crate::{
    chunk::{Chunk, use_chunk},
    context::{use_app, use_part, use_title, use_words},
    door::{Calls, Keep},
    prefs::RECORDINGS,
    recording::Leftovers,
    room::Rehearsal,
    ui::{
        header::Header,
        notice::{Notice, Tone},
    },
};
use devices::DeviceChoice;
use dioxus::prelude::*;
use form::JoinForm;
use preview::Preview;
use session::{
    Command,
    view::{Link, Phase, Source},
};
use trouble::Troubles;

/// The lobby. `asked` is the room in the address.
#[component]
pub fn Lobby(asked: Option<String>) -> Element {
    let app = use_app();
    let words = use_words();
    let calls = app.door().calls;
    use_title(asked.as_deref().unwrap_or_default());
    use_hook(move || {
        if calls == Calls::Here {
            app.send(Command::Prepare);
        }
    });

    rsx! {
        Header {}
        main { class: "lobby",
            section { class: "lobby-media", "aria-label": words.say("lobby-media"),
                Preview {}
                if calls == Calls::Here {
                    TroublesIfAny {}
                    DeviceChoice {}
                }
            }
            section { class: "lobby-form",
                h1 { {words.say("lobby-title")} }
                p { class: "sub", {words.say("lobby-sub")} }
                JoinForm { asked }
                if calls == Calls::Here {
                    ServerAway {}
                    LeftoversIfAny {}
                }
            }
        }
        Rehearsed {}
    }
}

/// Loads the room once somebody is there, and tries it out unseen.
#[component]
fn Rehearsed() -> Element {
    let app = use_app();
    let mut on = use_signal(|| false);
    use_hook(|| {
        app.host()
            .anticipate(Chunk::Room)
            .map(|coming| spawn(async move { on.set(coming.await && app.peek().phase == Phase::Lobby) }))
    });

    rsx! {
        if on() {
            Rehearsal { ondone: move |()| on.set(false) }
        }
    }
}

/// Recordings that are on this device, also those of a page that has crashed.
#[component]
fn LeftoversIfAny() -> Element {
    let app = use_app();
    let any = use_hook(|| app.host().remembered(Keep::Always, RECORDINGS).is_some());

    rsx! {
        if any {
            LeftoversOnceHere {}
        }
    }
}

#[component]
fn LeftoversOnceHere() -> Element {
    match use_chunk(Chunk::Recording) {
        Some(_) => VNode::empty(),
        None => rsx! {
            Leftovers {}
        },
    }
}

/// Most people have none, and need not load the words for it.
#[component]
fn TroublesIfAny() -> Element {
    let any = use_part(|view| {
        let trouble = |source: &Source| matches!(source, Source::Trouble(_));
        trouble(&view.local.microphone) || trouble(&view.local.camera)
    });

    rsx! {
        if any() {
            TroublesOnceHere {}
        }
    }
}

/// Until it is here, the preview says in a few words what is wrong.
#[component]
fn TroublesOnceHere() -> Element {
    match use_chunk(Chunk::Trouble) {
        Some(_) => VNode::empty(),
        None => rsx! {
            Troubles {}
        },
    }
}

#[component]
fn ServerAway() -> Element {
    let app = use_app();
    let words = use_words();
    let link = use_part(|view| view.link);

    rsx! {
        if link() == Link::Lost {
            Notice { tone: Tone::Quiet, title: words.say("server-away"), hint: words.say("server-away-lobby"),
                button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::Reconnect),
                    {words.say("server-retry")}
                }
            }
        }
    }
}
