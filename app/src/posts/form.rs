//! Title, text and photo of a post.

use super::{
    api::{Failure, Posts},
    photo::PhotoField,
    problem::Problem,
};
use crate::{
    context::{use_app, use_words},
    route::Route,
};
use dioxus::prelude::*;
use wire::posts::PostData;

/// The form of a new post, or with an `id` of one that is there.
#[component]
pub fn PostForm(#[props(default)] id: Option<String>, start: PostData) -> Element {
    let app = use_app();
    let words = use_words();
    let mut title = use_signal(|| start.title.clone().unwrap_or_default());
    let mut text = use_signal(|| start.description.clone().unwrap_or_default());
    let photo = use_signal(|| start.photo.clone().unwrap_or_default());
    let mut tried = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let mut failure = use_signal(|| None::<Failure>);
    let untitled = tried() && title.read().trim().is_empty();

    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        tried.set(true);
        let (id, author) = (id.clone(), start.user_id.clone());
        async move {
            if busy() || title.peek().trim().is_empty() {
                return;
            }
            busy.set(true);
            let data = PostData {
                title: Some(title.peek().trim().to_owned()),
                description: Some(text.peek().clone()),
                // A field that is left out stays as it is; an empty one takes the photo away.
                photo: Some(photo.peek().clone()).filter(|photo| !photo.is_empty() || id.is_some()),
                user_id: author.filter(|_| id.is_none()),
                ..PostData::default()
            };
            match save(&Posts::behind(&app.door()), id, &data).await {
                Ok(id) => {
                    navigator().replace(Route::ReadPost { id });
                }
                Err(why) => {
                    failure.set(Some(why));
                    busy.set(false);
                }
            }
        }
    };

    rsx! {
        form { class: "post-form", novalidate: true, onsubmit,
            label { r#for: "post-title", {words.say("posts-title")} }
            input {
                id: "post-title",
                class: "field",
                r#type: "text",
                value: "{title}",
                "aria-invalid": untitled,
                "aria-describedby": "post-title-error",
                oninput: move |event| title.set(event.value()),
            }
            p { id: "post-title-error", class: "problem", role: "alert",
                if untitled {
                    {words.say("posts-title-empty")}
                }
            }
            label { r#for: "post-text", {words.say("posts-text")} }
            textarea {
                id: "post-text",
                class: "field",
                rows: "8",
                value: "{text}",
                oninput: move |event| text.set(event.value()),
            }
            PhotoField { photo }
            if let Some(failure) = failure() {
                Problem { failure }
            }
            div { class: "actions",
                button { class: "button primary", r#type: "submit", "aria-disabled": busy(),
                    {words.say(if busy() { "posts-saving" } else { "posts-save" })}
                }
            }
        }
    }
}

async fn save(posts: &Posts, id: Option<String>, data: &PostData) -> Result<String, Failure> {
    match id {
        Some(id) => posts.change(&id, data).await.map(|()| id),
        None => posts.write(data).await.map(|post| post.id),
    }
}
