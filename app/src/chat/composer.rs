//! A place to say something.

use super::files::Attach;
use crate::{
    context::{use_app, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use session::Command;
use wire::{BadText, ChatText, limits::CHAT_CHARS};

/// From here on the characters that are left are counted out loud.
const NEAR: usize = CHAT_CHARS - 400;

/// The message field. Enter sends, Shift and Enter begin a new line.
#[component]
pub fn Composer() -> Element {
    let app = use_app();
    let words = use_words();
    let mut text = use_signal(String::new);
    let length = text.read().trim().chars().count();
    let refused = match ChatText::new(&text.read()) {
        Ok(_) | Err(BadText::Empty { .. }) => None,
        Err(BadText::TooLong { .. }) => Some(words.fill(
            "chat-too-long",
            &[
                ("limit", &CHAT_CHARS.to_string()),
                ("over", &(length.saturating_sub(CHAT_CHARS)).to_string()),
            ],
        )),
        Err(BadText::Control { .. }) => Some(words.say("chat-control").to_owned()),
    };
    let counted = (NEAR..=CHAT_CHARS).contains(&length);

    let mut say = move || {
        let Ok(said) = ChatText::new(&text.peek()) else {
            return;
        };
        app.send(Command::Say(said));
        text.set(String::new());
    };

    rsx! {
        form {
            class: "composer",
            onsubmit: move |event| {
                event.prevent_default();
                say();
            },
            div { class: "composer-field",
                Attach {}
                textarea {
                    class: "field",
                    rows: "1",
                    value: "{text}",
                    placeholder: words.say("chat-placeholder"),
                    "aria-label": words.say("chat-placeholder"),
                    "aria-invalid": refused.is_some(),
                    "aria-describedby": "composer-note",
                    enterkeyhint: "send",
                    onmounted: move |event| async move {
                        event.set_focus(true).await.ok();
                    },
                    oninput: move |event| text.set(event.value()),
                    onkeydown: move |event| {
                        // What is typed is no shortcut of the room's; Escape is.
                        if event.key() != Key::Escape {
                            event.stop_propagation();
                        }
                        // An input method uses Enter to choose its characters.
                        if event.key() == Key::Enter && !event.modifiers().shift() && !event.is_composing() {
                            event.prevent_default();
                            say();
                        }
                    },
                }
                button {
                    class: "send",
                    r#type: "submit",
                    "aria-label": words.say("chat-send"),
                    title: words.say("chat-send"),
                    disabled: length == 0 || refused.is_some(),
                    Icon { d: icons::SEND }
                }
            }
            p { id: "composer-note", class: if refused.is_some() { "problem" } else { "hint" }, role: "status",
                if let Some(refused) = &refused {
                    "{refused}"
                } else if counted {
                    {words.fill("chat-left", &[("left", &(CHAT_CHARS - length).to_string())])}
                }
            }
        }
    }
}
