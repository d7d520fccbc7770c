//! The pages on which a post is written and changed.

use super::{
    form::PostForm,
    problem::Problem,
    read::{Back, use_post},
};
use crate::{
    context::{use_app, use_title, use_words},
    door::Keep,
    prefs::NAME,
    ui::header::Header,
};
use dioxus::prelude::*;
use wire::posts::PostData;

/// The page of a post to be written.
#[component]
pub fn NewPost() -> Element {
    super::use_posts_words();
    let words = use_words();
    let author = use_app().host().remembered(Keep::Always, NAME);
    use_title(words.say("posts-write"));

    rsx! {
        Header {}
        main { class: "page",
            Back {}
            h1 { {words.say("posts-write")} }
            PostForm { start: PostData { user_id: author, ..PostData::default() } }
        }
    }
}

/// The page of a post to be changed.
#[component]
pub fn EditPost(id: String) -> Element {
    super::use_posts_words();
    let words = use_words();
    let mut post = use_post(id);
    use_title(words.say("posts-edit"));

    rsx! {
        Header {}
        main { class: "page",
            Back {}
            h1 { {words.say("posts-edit")} }
            match &*post.read() {
                None => rsx! {
                    p { role: "status", {words.say("posts-loading")} }
                },
                Some(Err(failure)) => rsx! {
                    Problem { failure: failure.clone(), again: move |()| post.restart() }
                },
                Some(Ok(post)) => rsx! {
                    PostForm { key: "{post.id}", id: post.id.clone(), start: post.data.clone() }
                },
            }
        }
    }
}
