//! Who may make rooms and write posts, where not everybody may: asks for an access token. Few ever see it, so it is a chunk of
//! its own.

mod form;

use crate::{
    chunk::{Chunk, Loading, use_loading},
    context::use_words,
};
use dioxus::prelude::*;

/// What one is asked for.
#[derive(Debug, Clone, PartialEq, Props)]
pub struct AccessProps {
    /// A token was shown, and it was no good one.
    pub wrong: bool,
    /// The path to come back to from a sign-in.
    pub back: String,
    /// The person has shown a token, which is remembered for as long as the tab is open.
    pub given: EventHandler<wire::AccessToken>,
    /// The person goes to sign in: the page is about to be left.
    pub leaving: EventHandler<()>,
}

/// Asks, once it is here.
#[component]
pub fn Access(props: AccessProps) -> Element {
    let words = use_words();
    match use_loading(Chunk::Access) {
        Loading::Coming => VNode::empty(),
        Loading::Here => rsx! {
            form::AccessForm { ..props }
        },
        Loading::Failed => rsx! {
            p { class: "problem", {words.say("page-incomplete-hint")} }
        },
    }
}
