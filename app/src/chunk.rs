//! Parts of the program that a browser loads when they are needed.
//!
//! Which functions are in a chunk is the build's matter; a chunk is a matter of when they may be called: not before it is
//! here. So a component that is in a chunk is only drawn by one that is not, and which uses [`use_chunk`]. Where the platform
//! has the whole program at once, every chunk is here.

use crate::{
    context::{use_app, use_title, use_words},
    ui::header::Header,
};
use dioxus::prelude::*;

/// A part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// Who may make rooms and write posts, where not everybody may.
    Access,
    /// The pages of the posts.
    Posts,
    /// What only those need who record.
    Recording,
    /// The room and the chat.
    Room,
    /// What is said when a camera or a microphone cannot be used.
    Trouble,
}

/// How far a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loading {
    /// What is in it may be drawn.
    Here,
    /// It is on its way.
    Coming,
    /// The network is away, or the server has a newer version by now.
    Failed,
}

impl Chunk {
    /// Returns the name by which the build knows it.
    pub fn name(self) -> &'static str {
        match self {
            Chunk::Access => "access",
            Chunk::Posts => "posts",
            Chunk::Recording => "recording",
            Chunk::Room => "room",
            Chunk::Trouble => "trouble",
        }
    }
}

/// Loads a chunk, and returns how far it is.
pub fn use_loading(chunk: Chunk) -> Loading {
    let app = use_app();
    let state = use_hook(|| {
        let Some(loading) = app.host().load(chunk) else {
            return Signal::new(Loading::Here);
        };
        let mut state = Signal::new(Loading::Coming);
        spawn(async move {
            let came = loading.await;
            state.set(if came { Loading::Here } else { Loading::Failed });
        });
        state
    });

    state()
}

/// Loads a chunk, and returns what to draw as long as it is not here.
pub fn use_chunk(chunk: Chunk) -> Option<Element> {
    match use_loading(chunk) {
        Loading::Here => None,
        Loading::Coming => Some(rsx! {
            Coming {}
        }),
        Loading::Failed => Some(rsx! {
            Failed {}
        }),
    }
}

#[component]
fn Coming() -> Element {
    let words = use_words();

    rsx! {
        Header {}
        main { class: "page", "aria-busy": true, p { role: "status", {words.say("page-loading")} } }
    }
}

/// The network is away, or the server has a newer version by now.
#[component]
pub fn Failed() -> Element {
    let app = use_app();
    let words = use_words();
    use_title(words.say("page-incomplete"));

    rsx! {
        Header {}
        main { class: "page empty", role: "alert",
            h1 { {words.say("page-incomplete")} }
            p { {words.say("page-incomplete-hint")} }
            button { class: "button primary", r#type: "button", onclick: move |_| app.host().reload(),
                {words.say("page-reload")}
            }
        }
    }
}
