//! Copying a link or a text.

use crate::{
    context::{use_app, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use std::time::Duration;

/// How long "copied" stays.
const ACKNOWLEDGED: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, PartialEq)]
enum State {
    Ready,
    Copied,
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

/// A small button which copies a text; what it does and whether that worked is told by its name and its icon.
#[component]
pub fn CopyText(text: String, class: &'static str, label: &'static str) -> Element {
    let app = use_app();
    let words = use_words();
    let mut state = use_signal(|| State::Ready);
    let (name, icon) = match state() {
        State::Ready => (words.say(label), icons::COPY),
        State::Copied => (words.say("copy-done"), icons::CHECK),
        State::Refused => (words.say("copy-refused"), icons::X),
    };
    let copy = move |_| {
        let text = text.clone();
        async move {
            let copied = app.host().copy(text).await;
            state.set(if copied { State::Copied } else { State::Refused });
            app.host().sleep(ACKNOWLEDGED).await;
            state.set(State::Ready);
        }
    };

    rsx! {
        button { class, r#type: "button", title: name, "aria-label": name, "data-done": state() != State::Ready, onclick: copy,
            Icon { d: icon }
        }
        // A button's new name is not read out.
        span { class: "visually-hidden", role: "status",
            if state() != State::Ready {
                "{name}"
            }
        }
    }
}
