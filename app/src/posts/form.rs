//! Title, text and photo of a post.

use super::{
    api::{Failure, Posts},
    draft,
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
    let draft = use_hook(|| draft::take(&*app.host(), id.as_deref()));
    let start = draft.unwrap_or(start);
    let mut title = use_signal(|| start.title.clone().unwrap_or_default());
    let mut text = use_signal(|| start.description.clone().unwrap_or_default());
    let photo = use_signal(|| start.photo.clone().unwrap_or_default());
    let mut tried = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let mut failure = use_signal(|| None::<Failure>);
    let untitled = tried() && title.read().trim().is_empty();

    let is_new = id.is_none();
    let author = start.user_id.filter(|_| is_new);
    let written = use_callback(move |()| PostData {
        title: Some(title.peek().trim().to_owned()),
        description: Some(text.peek().clone()),
        // A field that is left out stays as it is; an empty one takes the photo away.
        photo: Some(photo.peek().clone()).filter(|photo| !photo.is_empty() || !is_new),
        user_id: author.clone(),
        ..PostData::default()
    });
    let leaving = use_callback({
        let id = id.clone();
        move |()| draft::keep(&*app.host(), id.as_deref(), &written.call(()))
    });
    let submit = use_callback(move |()| {
        tried.set(true);
        let id = id.clone();
        spawn(async move {
            if busy() || title.peek().trim().is_empty() {
                return;
            }
            busy.set(true);
            let data = written.call(());
            match save(&Posts::behind(&app.door()), id, &data).await {
                Ok(id) => {
                    navigator().replace(Route::ReadPost { id });
                }
                Err(why) => {
                    failure.set(Some(why));
                    busy.set(false);
                }
            }
        });
    });

    rsx! {
        form { class: "post-form", novalidate: true,
            onsubmit: move |event| {
                event.prevent_default();
                submit.call(());
            },
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
            div { class: "actions",
                button { class: "button primary", r#type: "submit", "aria-disabled": busy(),
                    {words.say(if busy() { "posts-saving" } else { "posts-save" })}
                }
            }
        }
        if let Some(failure) = failure() {
            Problem { failure, again: submit, leaving }
        }
    }
}

async fn save(posts: &Posts, id: Option<String>, data: &PostData) -> Result<String, Failure> {
    match id {
        Some(id) => posts.change(&id, data).await.map(|()| id),
        None => posts.write(data).await.map(|post| post.id),
    }
}
