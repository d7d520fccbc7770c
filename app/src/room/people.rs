//! Who is here, beside the faces.

use super::{keep_space, quality::QualityMark};
use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
    lobby::is_on,
    ui::copy::CopyLink,
};
use dioxus::prelude::*;
use session::{
    Command,
    view::{Connection, Person, Phase, View},
};
use wire::{DisplayName, MemberId};

/// The panel: a line for each, whoever waits for a word first, and a way to bring in others.
#[component]
pub fn PeoplePanel(name: DisplayName, link: String, onclose: EventHandler<()>) -> Element {
    let words = use_words();
    let people = use_part(|view| (view.people.clone(), view.hands.clone()));
    let people = in_order(&people.read().0, &people.read().1);

    rsx! {
        aside { class: "side", "aria-labelledby": "people-title", onkeydown: keep_space,
            header {
                h2 { id: "people-title", {words.say("people-title")} }
                button {
                    class: "quiet icon-only",
                    r#type: "button",
                    "aria-label": words.say("people-close"),
                    title: words.fill("chat-close-key", &[("close", words.say("people-close"))]),
                    onmounted: move |event| async move {
                        event.set_focus(true).await.ok();
                    },
                    onclick: move |_| onclose.call(()),
                    Icon { d: icons::X }
                }
            }
            ul { class: "people",
                Me { name }
                for person in people {
                    Somebody { key: "{person.id}", person }
                }
            }
            div { class: "people-invite",
                CopyLink { link, class: "button quiet", label: "copy-invite" }
            }
        }
    }
}

#[component]
fn Me(name: DisplayName) -> Element {
    let app = use_app();
    let words = use_words();
    let local = use_part(|view| view.local.clone());
    let local = local();
    let place = use_hand(None);

    rsx! {
        li { class: "person",
            span { class: "person-name", {words.fill("tile-you", &[("name", name.as_str())])} }
            Marks {
                place: place(),
                sharing: is_on(&local.screen),
                muted: !is_on(&local.microphone),
                unseen: !is_on(&local.camera),
            }
            if local.hand {
                button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::Hand(false)),
                    {words.say("hand-lower")}
                }
            }
        }
    }
}

#[component]
fn Somebody(person: Person) -> Element {
    let words = use_words();
    let place = use_hand(Some(person.id.clone()));
    let state = match person.connection {
        Connection::Connecting => Some("tile-connecting"),
        Connection::Interrupted => Some("tile-interrupted"),
        Connection::Failed => Some("tile-failed"),
        Connection::Connected => person.away.then_some("tile-interrupted"),
    };

    rsx! {
        li { class: "person", "data-person": "{person.id}",
            span { class: "person-name",
                "{person.name}"
                if let Some(state) = state {
                    small { {words.say(state)} }
                }
            }
            QualityMark { checkup: person.checkup }
            Marks {
                place: place(),
                sharing: person.media.screen,
                muted: !person.media.audio,
                unseen: !person.media.video,
            }
        }
    }
}

/// What there is to know of somebody, as icons with words.
#[component]
fn Marks(place: Option<usize>, sharing: bool, muted: bool, unseen: bool) -> Element {
    let words = use_words();
    let marks = [
        (sharing, icons::SCREEN_SHARE, "people-sharing"),
        (muted, icons::MIC_OFF, "tile-muted"),
        (unseen, icons::VIDEO_OFF, "people-camera-off"),
    ];

    rsx! {
        span { class: "marks",
            if let Some(place) = place {
                Hand { place }
            }
            for (_, icon, key) in marks.into_iter().filter(|(is, ..)| *is) {
                span { key: "{key}", class: "mark", role: "img", "aria-label": words.say(key), title: words.say(key),
                    Icon { d: icon }
                }
            }
        }
    }
}

/// A raised hand, with its place in the order of raising.
#[component]
pub fn Hand(place: usize) -> Element {
    let words = use_words();
    let label = words.fill("hand-place", &[("place", &place.to_string())]);

    rsx! {
        span { class: "hand-mark", role: "img", "aria-label": "{label}", title: "{label}",
            Icon { d: icons::HAND }
            "{place}"
        }
    }
}

/// Follows the place of somebody's hand, or of the person's own, in the order of raising. The first one is 1.
pub fn use_hand(of: Option<MemberId>) -> Memo<Option<usize>> {
    use_part(move |view| {
        let of = of.as_ref().or_else(|| me(view))?;
        Some(view.hands.iter().position(|hand| hand == of)? + 1)
    })
}

/// Returns who the person is in the room.
pub fn me(view: &View) -> Option<&MemberId> {
    match &view.phase {
        Phase::Inside { me, .. } => Some(me),
        Phase::Lobby | Phase::Joining { .. } | Phase::Waiting { .. } | Phase::Refused { .. } => None,
    }
}

/// Those with a raised hand first, in the order of raising; then the others as they came.
fn in_order(people: &[Person], hands: &[MemberId]) -> Vec<Person> {
    let mut people = people.to_vec();
    people.sort_by_key(|person| {
        let place = hands.iter().position(|hand| *hand == person.id);
        place.unwrap_or(usize::MAX)
    });
    people
}
