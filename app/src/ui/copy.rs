//! Copying a link.

use crate::{
    context::{use_app, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use std::time::Duration;

/// How long "copied" stays.
pub const ACKNOWLEDGED: Duration = Duration::from_secs(2);

/// How the copying went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// Nothing was copied of late.
    Ready,
    /// It was, a moment ago.
    Copied,
    /// There is no clipboard.
    Refused,
}

/// A button which copies a link and says so. Where there is no clipboard, the link itself appears, to be copied by hand.
#[component]
pub fn CopyLink(link: String, class: &'static str, label: &'static str) -> Element {
    let app = use_app();
    let words = use_words();
    let mut state = use_signal(|| State::Ready);
    let text = match state() {
        State::Ready => words.say(label),
        State::Copied => words.say("copy-done"),
        State::Refused => words.say("copy-by-hand"),
    };
    let icon = if state() == State::Copied {
        icons::CHECK
    } else {
        icons::LINK
    };
    let copy = {
        let link = link.clone();
        move |_| {
            let link = link.clone();
            async move {
                let copied = app.host().copy(link).await;
                state.set(if copied { State::Copied } else { State::Refused });
                if copied {
                    app.host().sleep(ACKNOWLEDGED).await;
                    state.set(State::Ready);
                }
            }
        }
    };

    rsx! {
        button { class, r#type: "button", title: words.say(label), onclick: copy,
            Icon { d: icon }
            span { class: "label", role: "status", "{text}" }
        }
        if state() == State::Refused {
            input { class: "field link", r#type: "text", readonly: true, value: "{link}", "aria-label": words.say(label) }
        }
    }
}
