//! Copying a message.

use crate::{
    context::{use_app, use_words},
    icons::{self, Icon},
    ui::copy::{ACKNOWLEDGED, State},
};
use dioxus::prelude::*;

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
