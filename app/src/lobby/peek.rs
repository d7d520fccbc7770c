//! Who is inside already: told before one joins.

use crate::context::{use_app, use_part, use_words};
use dioxus::{core::Task, prelude::*};
use session::{Command, view::Link};
use std::time::Duration;
use wire::RoomId;

/// How long a person must not type before the server is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// Names that are shown before the rest is a number.
const NAMED: usize = 4;

/// A line on who is in the room that stands in the form; `None` while that is no valid name.
#[component]
pub fn Inside(room: Option<RoomId>) -> Element {
    let app = use_app();
    let words = use_words();
    let peek = use_part(|view| view.peek.clone());
    let link = use_part(|view| view.link);
    let mut asking = use_signal(|| None);

    use_effect(use_reactive!(|room| {
        // Another letter typed: the question that was about to be asked is out of date.
        let earlier: Option<Task> = asking.write().take();
        if let Some(earlier) = earlier {
            earlier.cancel();
        }
        asking.set(Some(spawn(async move {
            app.host().sleep(PAUSE).await;
            app.send(Command::Peek(room));
        })));
    }));
    use_drop(move || app.send(Command::Peek(None)));

    let info = peek().filter(|info| Some(&info.id) == room.as_ref() && link() == Link::Open);
    let text = info.map(|info| {
        if info.guarded {
            return words.say("peek-guarded").to_owned();
        }
        let names: Vec<_> = info.members.iter().map(|name| name.as_str()).collect();
        if names.is_empty() {
            return words.say("peek-nobody").to_owned();
        }
        if names.len() >= info.capacity {
            return words.fill("peek-full", &[("count", &names.len().to_string())]);
        }
        let mut shown = names[0].to_owned();
        for name in names.iter().take(NAMED).skip(1) {
            shown = words.fill("peek-and", &[("names", &shown), ("name", name)]);
        }
        let rest = names.len().saturating_sub(NAMED);
        if rest == 0 {
            words.fill("peek-inside", &[("names", &shown)])
        } else {
            words.fill(
                "peek-inside-more",
                &[("names", &shown), ("count", &rest.to_string())],
            )
        }
    });

    rsx! {
        p { class: "hint inside", role: "status", {text.unwrap_or_default()} }
    }
}
