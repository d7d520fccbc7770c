//! Deleting a post, with a question before.

use super::{
    api::{Failure, Posts},
    problem::Problem,
};
use crate::{
    context::{use_app, use_words},
    route::Route,
    ui::dialog::Dialog,
};
use dioxus::prelude::*;

/// Asks, deletes, and goes back to the list.
#[component]
pub fn ConfirmDelete(id: String, title: String, onclose: EventHandler<()>) -> Element {
    let app = use_app();
    let words = use_words();
    let mut busy = use_signal(|| false);
    let mut failure = use_signal(|| None::<Failure>);
    let delete = use_callback(move |()| {
        let id = id.clone();
        spawn(async move {
            busy.set(true);
            match Posts::behind(&app.door()).delete(&id).await {
                Ok(()) => {
                    navigator().replace(Route::PostList {});
                }
                Err(why) => failure.set(Some(why)),
            }
            busy.set(false);
        });
    });

    rsx! {
        Dialog { title: words.say("posts-delete-title"), onclose,
            p { {words.fill("posts-delete-hint", &[("title", &title)])} }
            if let Some(failure) = failure() {
                Problem { failure, again: delete }
            }
            div { class: "actions",
                button { class: "quiet", r#type: "button", onclick: move |_| onclose.call(()), {words.say("posts-keep")} }
                button { class: "button danger", r#type: "button", disabled: busy(), onclick: move |_| delete.call(()), {words.say("posts-delete")} }
            }
        }
    }
}
