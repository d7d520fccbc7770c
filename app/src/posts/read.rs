//! One post.

use super::{
    api::{Failure, Posts},
    confirm::ConfirmDelete,
    list::{Byline, shown_photo},
    problem::Problem,
};
use crate::{
    context::{use_app, use_title, use_words},
    icons::{self, Icon},
    route::Route,
    ui::{dialog::use_return, header::Header},
};
use dioxus::prelude::*;
use wire::posts::Post;

/// Fetches a post, anew whenever the address names another one.
pub fn use_post(id: String) -> Resource<Result<Post, Failure>> {
    let app = use_app();
    use_resource(use_reactive!(|id| async move {
        Posts::behind(&app.door()).read(&id).await
    }))
}

/// The page of one post.
#[component]
pub fn ReadPost(id: String) -> Element {
    super::use_posts_words();
    let words = use_words();
    let mut post = use_post(id);

    rsx! {
        match &*post.read() {
            None => rsx! {
                Header {}
                main { class: "page", "aria-busy": true, p { role: "status", {words.say("posts-loading")} } }
            },
            Some(Err(failure)) => rsx! {
                Header {}
                main { class: "page",
                    Back {}
                    Problem { failure: failure.clone(), again: (*failure != Failure::Missing).then(|| EventHandler::new(move |()| post.restart())) }
                }
            },
            Some(Ok(post)) => rsx! {
                Whole { post: post.clone() }
            },
        }
    }
}

#[component]
fn Whole(post: Post) -> Element {
    let words = use_words();
    let mut deleting = use_signal(|| false);
    let delete_button = use_return();
    let data = &post.data;
    let title = data
        .title
        .as_deref()
        .filter(|title| !title.trim().is_empty())
        .unwrap_or(words.say("posts-untitled"));
    use_title(title);

    rsx! {
        div { inert: deleting().then_some("true"),
            Header {}
            main { class: "page",
                Back {}
                article { class: "post-page",
                    h1 { "{title}" }
                    Byline { post: post.clone() }
                    if let Some(photo) = shown_photo(data) {
                        img { src: "{photo}", alt: words.say("posts-photo") }
                    }
                    if let Some(text) = &data.description {
                        p { class: "post-text", "{text}" }
                    }
                    div { class: "actions",
                        Link { class: "quiet", to: Route::EditPost { id: post.id.clone() },
                            Icon { d: icons::SQUARE_PEN }
                            {words.say("posts-edit")}
                        }
                        button {
                            class: "quiet danger",
                            r#type: "button",
                            onmounted: move |event| delete_button.remember(&event),
                            onclick: move |_| deleting.set(true),
                            Icon { d: icons::TRASH }
                            {words.say("posts-delete")}
                        }
                    }
                }
            }
        }
        if deleting() {
            ConfirmDelete {
                id: post.id.clone(),
                title,
                onclose: move |()| {
                    deleting.set(false);
                    delete_button.focus();
                },
            }
        }
    }
}

/// The way back to the list.
#[component]
pub fn Back() -> Element {
    let words = use_words();

    rsx! {
        Link { class: "quiet back", to: Route::PostList {}, Icon { d: icons::ARROW_LEFT } {words.say("posts-back")} }
    }
}
