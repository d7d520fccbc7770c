//! Nobody here yet: the link is the thing to do.

use crate::{context::use_words, ui::copy::CopyLink};
use dioxus::prelude::*;

/// The invitation, in the place of the first other person.
#[component]
pub fn Alone(link: String) -> Element {
    let words = use_words();

    rsx! {
        li { class: "alone",
            h2 { {words.say("alone-title")} }
            p { {words.say("alone-hint")} }
            p { class: "invite-link", "{link}" }
            CopyLink { link: link.clone(), class: "primary", label: "copy-invite" }
        }
    }
}
