//! A platform of paper: it draws, and nothing else.

#![allow(clippy::unwrap_used)]

use app::{
    Calls, Door, Host, Keep, Root, SurfaceProps,
    fetch::{Request, Response},
};
use dioxus::{
    history::{History, MemoryHistory},
    prelude::*,
};
use futures::future::LocalBoxFuture;
use session::{
    Handle, View,
    view::{Connection, Link, Person, Phase, StreamId},
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wire::{DisplayName, MediaState};

/// Draws the page at an address for a session that shows `view`.
pub fn page(path: &str, view: View, languages: &'static [&'static str]) -> String {
    let door = Door {
        handle: Handle::still(view),
        driver: RefCell::new(None),
        surface,
        calls: Calls::Here,
        origin: "https://tsukiyo.example".into(),
        host: Rc::new(Paper(languages)),
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

struct Paper(&'static [&'static str]);

impl Host for Paper {
    fn languages(&self) -> Vec<String> {
        self.0.iter().map(|tag| (*tag).to_owned()).collect()
    }

    fn remembered(&self, _: Keep, _: &str) -> Option<String> {
        None
    }

    fn remember(&self, _: Keep, _: &str, _: Option<&str>) {}

    fn copy(&self, _: String) -> LocalBoxFuture<'static, bool> {
        Box::pin(async { false })
    }

    fn fetch(&self, _: Request) -> LocalBoxFuture<'static, Option<Response>> {
        Box::pin(async { None })
    }

    fn set_language(&self, _: &str) {}

    fn set_theme(&self, _: Option<&str>) {}

    fn set_title(&self, _: &str) {}

    fn can_share(&self) -> bool {
        true
    }

    fn test_sound(&self, _: Option<&str>) {}

    fn toggle_full_screen(&self) {}

    fn random(&self) -> [u8; 16] {
        [7; 16]
    }

    fn now(&self) -> u64 {
        0
    }

    fn utc_offset(&self, _: u64) -> i32 {
        0
    }

    fn sleep(&self, _: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
