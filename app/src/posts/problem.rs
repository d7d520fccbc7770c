//! What went wrong with the posts, in words.

use super::api::Failure;
use crate::{
    context::use_words,
    i18n::Words,
    ui::notice::{Notice, Tone},
};
use dioxus::prelude::*;
use wire::limits::PHOTO_BYTES;

/// A failure, with a way to try again where that may help.
#[component]
pub fn Problem(failure: Failure, #[props(default)] again: Option<EventHandler<()>>) -> Element {
    let words = use_words();

    rsx! {
        Notice { tone: Tone::Trouble, title: words.say("posts-failed"), hint: explain(words, &failure),
            if let Some(again) = again {
                button { class: "quiet", r#type: "button", onclick: move |_| again.call(()), {words.say("posts-retry")} }
            }
        }
    }
}

fn explain(words: Words, failure: &Failure) -> String {
    match failure {
        Failure::Away => words.say("posts-away").to_owned(),
        Failure::Missing => words.say("posts-missing").to_owned(),
        Failure::TooLarge => too_large(words),
        Failure::Said(reason) => words.fill("posts-said", &[("reason", reason)]),
    }
}

/// Says how large a photo may be.
pub fn too_large(words: Words) -> String {
    words.fill(
        "posts-photo-large",
        &[("limit", &(PHOTO_BYTES / 1024).to_string())],
    )
}
