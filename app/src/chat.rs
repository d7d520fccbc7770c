//! The chat beside the faces.

mod composer;
mod copy;
mod files;
mod line;
mod links;
pub mod unread;

use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
};
use composer::Composer;
use dioxus::prelude::*;
use files::Files;
use line::Line;
use session::Command;
use unread::Unread;

/// The panel: what was said, and a place to say something.
#[component]
pub fn ChatPanel(unread: Unread, onclose: EventHandler<()>) -> Element {
    let words = use_words();

    rsx! {
        aside { class: "side", "aria-labelledby": "chat-title",
            header {
                h2 { id: "chat-title", {words.say("chat-title")} }
                button {
                    class: "quiet icon-only",
                    r#type: "button",
                    "aria-label": words.say("chat-close"),
                    title: words.fill("chat-close-key", &[("close", words.say("chat-close"))]),
                    onclick: move |_| onclose.call(()),
                    Icon { d: icons::X }
                }
            }
            Log { mark: unread.mark }
            Files {}
            Composer {}
        }
    }
}

/// What was said. The style sheet turns its outer box upside down, so that it stays at the newest line while it is there
/// and stays where it is while somebody reads further up, all without a line of the program.
#[component]
fn Log(mark: Signal<Option<String>>) -> Element {
    let app = use_app();
    let words = use_words();
    let chat = use_part(|view| view.chat.clone());
    let chat = chat();

    rsx! {
        div { class: "log-space", tabindex: "0", role: "region", "aria-labelledby": "chat-title",
            div { class: "log",
                if chat.more {
                    button { class: "quiet earlier", r#type: "button", onclick: move |_| app.send(Command::Earlier),
                        {words.say("chat-earlier")}
                    }
                } else if !chat.loaded {
                    p { class: "log-end", {words.say("chat-loading")} }
                } else if chat.lines.is_empty() {
                    p { class: "log-end", {words.say("chat-empty")} }
                } else {
                    p { class: "log-end", {words.say("chat-beginning")} }
                }
                // The list keeps its meaning: an element with the role of a log is no list.
                div { role: "log", "aria-live": "polite", "aria-label": words.say("chat-title"),
                    ol {
                        for line in chat.lines.iter() {
                            Line { key: "{line.key}", line: line.clone(), new: mark.read().as_ref() == Some(&line.key) }
                        }
                    }
                }
            }
        }
    }
}
