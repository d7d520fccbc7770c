//! What went wrong with the posts, in words.

use super::api::Failure;
use crate::{
    access::Access,
    context::{use_app, use_words},
    door::Keep,
    i18n::Words,
    prefs::ACCESS,
    route::Route,
    ui::notice::{Notice, Tone},
};
use dioxus::prelude::*;
use wire::{AccessToken, limits::PHOTO_BYTES};

/// A failure, with a way to try again where that may help. Where a token is wanted, it is asked for; that is a form of its own,
/// so this must stand in none. Whoever goes to sign in leaves the page, which `leaving` is told before.
#[component]
pub fn Problem(
    failure: Failure,
    #[props(default)] again: Option<EventHandler<()>>,
    #[props(default)] leaving: Option<EventHandler<()>>,
) -> Element {
    let app = use_app();
    let words = use_words();
    let back = use_route::<Route>().to_string();
    if let Failure::Access { wrong } = failure {
        return rsx! {
            Notice { tone: Tone::Trouble, title: words.say("posts-access"), hint: words.say("posts-access-hint"),
                Access {
                    wrong,
                    back,
                    given: move |token: AccessToken| {
                        app.host().remember(Keep::Tab, ACCESS, Some(token.as_str()));
                        again.iter().for_each(|again| again.call(()));
                    },
                    leaving: move |()| leaving.iter().for_each(|leaving| leaving.call(())),
                }
            }
        };
    }

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
        Failure::Access { .. } => words.say("posts-access-hint").to_owned(),
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
