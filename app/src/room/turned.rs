//! Not in the room: it is full, or the call went on elsewhere.

use crate::{
    context::{use_app, use_title, use_words},
    ui::header::Header,
};
use dioxus::prelude::*;
use session::{Command, view::Refusal};

/// Says why, and shows the way back to the lobby.
#[component]
pub fn Turned(why: Refusal) -> Element {
    super::use_room_words();
    let app = use_app();
    let words = use_words();
    let (title, hint) = match &why {
        Refusal::Full => (
            words.say("refused-full"),
            words.say("refused-full-hint").to_owned(),
        ),
        Refusal::Superseded => (
            words.say("refused-superseded"),
            words.say("refused-superseded-hint").to_owned(),
        ),
        Refusal::Other(reason) => (
            words.say("refused-other"),
            words.fill("refused-other-hint", &[("reason", reason)]),
        ),
    };
    use_title(title);

    rsx! {
        Header {}
        main { class: "page empty", role: "alert",
            h1 { "{title}" }
            p { "{hint}" }
            button {
                class: "button primary",
                r#type: "button",
                onmounted: move |event| async move {
                    event.set_focus(true).await.ok();
                },
                onclick: move |_| app.send(Command::Leave),
                {words.say("refused-back")}
            }
        }
    }
}
