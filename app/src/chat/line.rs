//! One thing that was said.

use super::{
    copy::CopyText,
    links::{Piece, pieces},
};
use crate::{
    clock,
    context::{use_app, use_words},
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{ChatLine, Delivery},
};

/// A line of the chat: who, when, what, and whether it arrived. What is `new` begins with a mark.
#[component]
pub fn Line(line: ChatLine, new: bool) -> Element {
    let app = use_app();
    let words = use_words();
    let delivery = match &line.state {
        Delivery::Pending => "pending",
        Delivery::Stored(_) => "stored",
        Delivery::Refused(_) => "refused",
    };
    let key = line.key.clone();
    let gap = line.gap.then(|| line.key.clone());

    rsx! {
        li { class: "line", "data-delivery": delivery, "data-mine": line.mine,
            if let Some(key) = gap {
                button {
                    class: "quiet line-gap",
                    r#type: "button",
                    onclick: move |_| app.send(Command::Missing(key.clone())),
                    {words.say("chat-missing")}
                }
            }
            if new {
                p { class: "line-new", {words.say("chat-new")} }
            }
            p { class: "line-head",
                b { "{line.name}" }
                match &line.state {
                    Delivery::Stored(at) => rsx! {
                        Time { at: *at }
                    },
                    Delivery::Pending => rsx! {
                        span { class: "line-state", {words.say("chat-pending")} }
                    },
                    Delivery::Refused(_) => VNode::empty(),
                }
                CopyText { text: line.text.as_str().to_owned(), class: "line-copy", label: "chat-copy" }
            }
            p { class: "line-text",
                for (index, piece) in pieces(line.text.as_str()).into_iter().enumerate() {
                    match piece {
                        Piece::Text(text) => rsx! { "{text}" },
                        // The page that it leads to learns nothing of this one, and cannot reach it.
                        Piece::Link(link) => rsx! {
                            a { key: "{index}", href: "{link}", target: "_blank", rel: "noopener noreferrer", "{link}" }
                        },
                    }
                }
            }
            if let Delivery::Refused(why) = &line.state {
                p { class: "problem", role: "alert",
                    {words.fill("chat-refused", &[("reason", why)])}
                    button {
                        class: "quiet",
                        r#type: "button",
                        onclick: move |_| app.send(Command::SayAgain(key.clone())),
                        {words.say("chat-again")}
                    }
                }
            }
        }
    }
}

/// When it was said: in short, and in full for whoever points at it.
#[component]
fn Time(at: u64) -> Element {
    let app = use_app();
    let host = app.host();
    let language = app.language();
    let offset = |at| host.utc_offset(at);

    rsx! {
        time { datetime: clock::rfc3339(at), title: clock::full(at, &offset, language),
            {clock::told(at, host.now(), &offset, language)}
        }
    }
}
