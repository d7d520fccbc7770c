//! Everybody, as large as the space allows.
//!
//! How many columns are best depends on how many people there are and on the shape of the space. `columns` says it; the
//! style sheet `grid.css` is its table for container queries, kept equal by a test. So a window that changes its size
//! costs no line of the program, and nothing is measured.

use super::{
    alone::Alone,
    tile::{MyTile, Tile},
};
use crate::context::{use_part, use_words};
use dioxus::prelude::*;
use wire::{DisplayName, limits::ROOM_MEMBERS};

/// The tiles of a room; one's own is last.
#[component]
pub fn Grid(name: DisplayName, link: String) -> Element {
    let words = use_words();
    let people = use_part(|view| view.people.clone());
    let people = people();
    // Alone, the second place is the invitation's.
    let count = (people.len() + 1).clamp(2, ROOM_MEMBERS);

    rsx! {
        div { class: "grid-space",
            ul { class: "grid", "data-n": count as i64, "aria-label": words.say("room-tiles"),
                for person in people.iter() {
                    Tile { key: "{person.id}", person: person.clone() }
                }
                if people.is_empty() {
                    Alone { link }
                }
                MyTile { name }
            }
        }
    }
}

#[cfg(test)]
mod layout;
