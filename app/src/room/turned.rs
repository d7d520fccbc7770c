//! Not in the room: turned away, put out, or still before the door.

use super::house::{PasscodeWanted, WaitingRoom, words::use_house_words};
use crate::{
    access::Access,
    context::{use_app, use_title, use_words},
    door::Keep,
    links::invite,
    prefs::INSIDE,
    ui::header::Header,
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{Phase, Refusal},
};
use wire::RoomId;

/// Says where the person is instead.
#[component]
pub fn Turned(phase: Phase) -> Element {
    super::use_room_words();
    match phase {
        Phase::Refused {
            why: Refusal::Passcode { wrong },
            ..
        } => rsx! {
            PasscodeWanted { wrong }
        },
        Phase::Refused {
            room,
            why: Refusal::Access { wrong },
        } => rsx! {
            NotMade { room, wrong }
        },
        Phase::Refused { why, .. } => rsx! {
            Refused { why }
        },
        Phase::Waiting { .. } | Phase::Lobby | Phase::Joining { .. } | Phase::Inside { .. } => rsx! {
            WaitingRoom {}
        },
    }
}

/// There is no such room yet: somebody who may make it has to come first.
#[component]
fn NotMade(room: RoomId, wrong: bool) -> Element {
    let app = use_app();
    let (words, house) = (use_words(), use_house_words());
    use_title(house.say("house-made-title"));
    let link = invite("", &room);

    rsx! {
        Header {}
        main { class: "page empty",
            div { class: "house-said", role: "alert",
                h1 { {house.say("house-made-title")} }
                p { {house.say("house-made-hint")} }
            }
            Access {
                wrong,
                back: link,
                given: move |token| app.send(Command::Access(token)),
                // Whoever comes back goes on.
                leaving: move |()| app.host().remember(Keep::Tab, INSIDE, Some(room.as_str())),
            }
            button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::Leave),
                {words.say("refused-back")}
            }
        }
    }
}

/// Says why, and shows the way back to the lobby.
#[component]
fn Refused(why: Refusal) -> Element {
    let app = use_app();
    let words = use_words();
    let (title, hint) = explain(&why);
    use_title(&title);

    rsx! {
        Header {}
        main { class: "page empty",
            div { class: "house-said", role: "alert",
                h1 { "{title}" }
                p { "{hint}" }
            }
            button {
                class: "button primary",
                r#type: "button",
                onmounted: move |event| async move {
                    event.set_focus(true).await.ok();
                },
                onclick: move |_| app.send(Command::Leave),
                {words.say("refused-back")}
            }
        }
    }
}

/// What has happened, and what to do.
fn explain(why: &Refusal) -> (String, String) {
    let (general, house) = (use_words(), use_house_words());
    let (words, title, hint) = match why {
        Refusal::Other(reason) => {
            let hint = general.fill("refused-other-hint", &[("reason", reason)]);
            return (general.say("refused-other").to_owned(), hint);
        }
        Refusal::Full => (general, "refused-full", "refused-full-hint"),
        Refusal::Superseded => (general, "refused-superseded", "refused-superseded-hint"),
        Refusal::Access { .. } => (house, "house-made-title", "house-made-hint"),
        Refusal::Passcode { .. } => (house, "house-passcode-title", "house-passcode-hint"),
        Refusal::TooManyTries => (house, "house-tries-title", "house-tries-hint"),
        Refusal::Locked => (house, "house-locked-title", "house-locked-hint"),
        Refusal::Denied => (house, "house-denied-title", "house-denied-hint"),
        Refusal::Removed => (house, "house-removed-title", "house-removed-hint"),
        Refusal::Ended => (house, "house-ended-title", "house-ended-hint"),
        Refusal::Unavailable => (house, "house-away-title", "house-away-hint"),
    };
    (words.say(title).to_owned(), words.say(hint).to_owned())
}
