//! A platform of paper: it draws, and nothing else.

#![allow(clippy::unwrap_used)]

use app::{Calls, Door, Root, Still, SurfaceProps};
use dioxus::{
    history::{History, MemoryHistory},
    prelude::*,
};
use session::{
    Handle, View,
    view::{Connection, Link, Person, Phase, StreamId},
};
use std::{cell::RefCell, rc::Rc};
use wire::{DisplayName, MediaState};

/// Draws the page at an address for a session that shows `view`.
pub fn page(path: &str, view: View, languages: &'static [&'static str]) -> String {
    let door = Door {
        handle: Handle::still(view),
        driver: RefCell::new(None),
        surface,
        calls: Calls::Here,
        origin: "https://tsukiyo.example".into(),
        host: Rc::new(Still { languages }),
    };
    let history: Rc<dyn History> = Rc::new(MemoryHistory::with_initial_path(path));
    let mut dom = VirtualDom::new(Root)
        .with_root_context(Rc::new(door))
        .with_root_context(history);
    dom.rebuild_in_place();
    dioxus::ssr::render(&dom)
}

/// The view of somebody inside a room.
pub fn inside(room: &str) -> View {
    View {
        link: Link::Open,
        phase: Phase::Inside {
            room: room.parse().unwrap(),
            me: "me".parse().unwrap(),
            name: DisplayName::new("Kaguya").unwrap(),
        },
        ..View::default()
    }
}

/// Somebody else in the room.
pub fn person(name: &str, video: bool, connection: Connection) -> Person {
    Person {
        id: format!("id-{}", name.len()).parse().unwrap(),
        name: DisplayName::new(name).unwrap(),
        media: MediaState {
            audio: true,
            video,
            ..MediaState::default()
        },
        stream: Some(StreamId(name.into())),
        screen: None,
        connection,
        away: false,
        speaking: false,
        checkup: session::view::Checkup::default(),
    }
}

fn surface(props: SurfaceProps) -> Element {
    rsx! {
        video { "data-stream": "{props.stream.0}", muted: props.muted }
    }
}
