//! One thing that was said.

use crate::{
    clock,
    context::{use_app, use_words},
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{ChatLine, Delivery},
};

/// A line of the chat: who, when, what, and whether it arrived.
#[component]
pub fn Line(line: ChatLine) -> Element {
    let app = use_app();
    let words = use_words();
    let host = app.host();
    let delivery = match &line.state {
        Delivery::Pending => "pending",
        Delivery::Stored(_) => "stored",
        Delivery::Refused(_) => "refused",
    };
    let key = line.key.clone();

    rsx! {
        li { class: "line", "data-delivery": delivery, "data-mine": line.mine,
            p { class: "line-head",
                b { "{line.name}" }
                match &line.state {
                    Delivery::Stored(at) => rsx! {
                        time { datetime: clock::rfc3339(*at), {clock::short(*at, host.now(), &|at| host.utc_offset(at))} }
                    },
                    Delivery::Pending => rsx! {
                        span { class: "line-state", {words.say("chat-pending")} }
                    },
                    Delivery::Refused(_) => VNode::empty(),
                }
            }
            p { class: "line-text", "{line.text.as_str()}" }
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
