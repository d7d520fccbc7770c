//! Everybody, as large as the space allows.
//!
//! How many columns are best depends on how many people there are and on the shape of the space. `layout.rs` says it; the
//! style sheet `51-grid-table.css` is its table for container queries, kept equal by a test. So a window that changes its size
//! costs no line of the program, and nothing is measured.

pub mod layout;

use super::{
    Panels,
    alone::Alone,
    share::{MyScreenTile, ScreenTile},
    stage::{Spot, front},
    tile::{MyTile, Tile},
};
use crate::context::{use_app, use_part, use_words};
use dioxus::prelude::*;
use session::view::Source;
use wire::{DisplayName, limits::ROOM_MEMBERS};

/// The tiles of a room; one's own is last.
#[component]
pub fn Grid(name: DisplayName, link: String, panels: Panels) -> Element {
    let words = use_words();
    let people = use_part(|view| view.people.clone());
    let people = people();
    let sharing = use_part(|view| view.local.screen == Source::On);
    let app = use_app();
    let pin = panels.pin;
    let front = use_memo(move || front(&app.view(), pin.spot(), panels.speaker_view()));
    // Alone there is nobody else to look at.
    let shows_self = people.is_empty() || !panels.hides_self();
    let is_front = |spot: Spot| front.read().as_ref() == Some(&spot);
    let screens = || people.iter().filter(|person| person.media.screen);
    // Alone, the second place is the invitation's.
    let count = people.len() + usize::from(shows_self) + screens().count() + usize::from(sharing());
    let count = count.clamp(if people.is_empty() { 2 } else { 1 }, ROOM_MEMBERS);

    rsx! {
        div { class: "grid-space",
            ul {
                class: "grid",
                "data-n": count as i64,
                "data-front": front.read().is_some(),
                "aria-label": words.say("room-tiles"),
                for person in screens() {
                    ScreenTile {
                        key: "screen-{person.id}",
                        front: is_front(Spot::Screen(person.id.clone())),
                        person: person.clone(),
                        pin,
                    }
                }
                for person in people.iter() {
                    Tile {
                        key: "{person.id}",
                        front: is_front(Spot::Face(person.id.clone())),
                        person: person.clone(),
                        pin,
                    }
                }
                if people.is_empty() {
                    Alone { link }
                }
                if shows_self {
                    MyTile { name, front: is_front(Spot::Me), pin }
                }
                if sharing() {
                    MyScreenTile { front: is_front(Spot::MyScreen), pin }
                }
            }
        }
    }
}
