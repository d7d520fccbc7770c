//! The lobby of a platform that cannot hold calls yet.

use crate::{
    context::{use_app, use_words},
    links::invite,
    ui::{
        copy::CopyLink,
        notice::{Notice, Tone},
    },
};
use dioxus::prelude::*;
use wire::RoomId;

/// Says that calls come later, and names the link that works today.
#[component]
pub fn CallsLater(room: Option<RoomId>) -> Element {
    let words = use_words();
    let origin = use_app().door().origin.clone();
    let link = room.map_or(origin.clone(), |room| invite(&origin, &room));

    rsx! {
        Notice { tone: Tone::Quiet, title: words.say("later-title"), hint: words.say("later-hint"),
            p { class: "invite-link", "{link}" }
            CopyLink { link, class: "quiet", label: "copy-invite" }
        }
    }
}
