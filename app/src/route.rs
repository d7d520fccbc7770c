//! The addresses of the app.

use crate::{
    chunk::{Chunk, use_chunk},
    context::{use_title, use_words},
    gate::Gate,
    posts,
    ui::header::Header,
};
use dioxus::prelude::*;

/// Every address there is.
#[derive(Debug, Clone, PartialEq, Routable)]
#[rustfmt::skip]
pub enum Route {
    #[layout(Frame)]
        /// The lobby.
        #[route("/")]
        Lobby {},
        /// The lobby with the room filled in, and the room itself once the person is inside: what is shared is one link.
        #[route("/room/:id")]
        Room {
            /// The room's name as it stands in the address: anything that a person may type there.
            id: String,
        },
        /// All posts.
        #[route("/posts")]
        PostList {},
        /// A post to be written.
        #[route("/posts/new")]
        NewPost {},
        /// One post.
        #[route("/posts/:id")]
        ReadPost {
            /// Which.
            id: String,
        },
        /// One post, to be changed.
        #[route("/posts/:id/edit")]
        EditPost {
            /// Which.
            id: String,
        },
        /// Everything else.
        #[route("/:..path")]
        NotFound {
            /// What was asked for.
            path: Vec<String>,
        },
}

impl Route {
    /// Returns the room that this address is about: `Some(None)` for the lobby without one, `None` for other pages.
    fn room(&self) -> Option<Option<String>> {
        match self {
            Route::Lobby {} => Some(None),
            Route::Room { id } => Some(Some(id.clone())),
            Route::PostList {}
            | Route::NewPost {}
            | Route::ReadPost { .. }
            | Route::EditPost { .. }
            | Route::NotFound { .. } => None,
        }
    }
}

/// Around every page. The lobby and the room are drawn here and not by their routes: going from `/` to `/room/…` with
/// "Join" then leaves the preview, the camera's picture and the focus as they are.
#[component]
fn Frame() -> Element {
    match use_route::<Route>().room() {
        Some(room) => rsx! {
            Gate { asked: room }
        },
        None => rsx! {
            Outlet::<Route> {}
        },
    }
}

/// Drawn by [`Frame`].
#[component]
fn Lobby() -> Element {
    VNode::empty()
}

/// Drawn by [`Frame`].
#[component]
fn Room(id: String) -> Element {
    drop(id);
    VNode::empty()
}

#[component]
fn PostList() -> Element {
    if let Some(instead) = use_chunk(Chunk::Posts) {
        return instead;
    }
    rsx! {
        posts::PostList {}
    }
}

#[component]
fn NewPost() -> Element {
    if let Some(instead) = use_chunk(Chunk::Posts) {
        return instead;
    }
    rsx! {
        posts::NewPost {}
    }
}

#[component]
fn ReadPost(id: String) -> Element {
    if let Some(instead) = use_chunk(Chunk::Posts) {
        return instead;
    }
    rsx! {
        posts::ReadPost { id }
    }
}

#[component]
fn EditPost(id: String) -> Element {
    if let Some(instead) = use_chunk(Chunk::Posts) {
        return instead;
    }
    rsx! {
        posts::EditPost { id }
    }
}

#[component]
fn NotFound(path: Vec<String>) -> Element {
    let words = use_words();
    use_title(words.say("page-not-found"));
    tracing::debug!(parts = path.len(), "no such page");

    rsx! {
        Header {}
        main { class: "page empty",
            h1 { {words.say("page-not-found")} }
            p { {words.say("page-not-found-hint")} }
            Link { class: "button primary", to: Route::Lobby {}, {words.say("page-to-lobby")} }
        }
    }
}
