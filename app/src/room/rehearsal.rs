//! A room that nobody sees, drawn in the lobby.
//!
//! A browser compiles a function when it is called for the first time. Without this, much of the time between a click on Join and
//! the first picture would be spent on that, with somebody waiting.

use super::Room;
use crate::{
    context::{App, use_app},
    door::{Calls, Door},
    still::Still,
};
use dioxus::prelude::*;
use session::{
    Handle, View,
    view::{Checkup, Connection, Link, Person, Phase, StreamId},
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wire::{DisplayName, MediaState, MemberId, RoomId};

/// A room in which somebody arrives who is not there, and a handshake with nobody. Nothing that happens in it leaves it.
#[component]
#[inline(never)]
pub fn Rehearsal(ondone: EventHandler<()>) -> Element {
    let lobby = use_app();
    let play = use_hook(|| Play::new().map(Rc::new));
    let Some(play) = play else {
        return VNode::empty();
    };
    let stage = use_context_provider(|| App::new(Rc::new(stage(&lobby.door()))));
    use_hook({
        let play = play.clone();
        move || {
            spawn(async move {
                play.perform(stage, lobby).await;
                ondone.call(());
            })
        }
    });

    rsx! {
        div { hidden: true,
            Room { room: play.room.clone(), name: play.name.clone() }
        }
    }
}

/// A platform from which nothing comes out, but with the real one's surfaces.
fn stage(real: &Door) -> Door {
    Door {
        handle: Handle::still(View::default()),
        driver: RefCell::new(None),
        surface: real.surface,
        calls: Calls::Here,
        origin: String::new(),
        host: Rc::new(Still::default()),
    }
}

/// What happens on the stage.
struct Play {
    room: RoomId,
    me: MemberId,
    other: MemberId,
    name: DisplayName,
}

impl Play {
    fn new() -> Option<Self> {
        Some(Self {
            room: "rehearsal".parse().ok()?,
            me: "me".parse().ok()?,
            other: "other".parse().ok()?,
            name: DisplayName::new("Tsukiyo").ok()?,
        })
    }

    /// Somebody arrives, and is seen.
    async fn perform(&self, mut stage: App, lobby: App) {
        for acts in [&[][..], &[Connection::Connecting], &[Connection::Connected]] {
            stage.show(Rc::new(self.view(acts)));
            // Every act is a task of its own, so that the person in the lobby is not held up.
            lobby.host().sleep(Duration::ZERO).await;
        }
        session::rehearse();
    }

    fn view(&self, others: &[Connection]) -> View {
        let person = |connection: &Connection| Person {
            id: self.other.clone(),
            name: self.name.clone(),
            media: MediaState {
                audio: true,
                video: true,
                ..MediaState::default()
            },
            stream: (*connection == Connection::Connected).then(|| StreamId("rehearsal".into())),
            screen: None,
            connection: *connection,
            away: false,
            speaking: false,
            checkup: Checkup::default(),
        };
        View {
            link: Link::Open,
            phase: Phase::Inside {
                room: self.room.clone(),
                me: self.me.clone(),
                name: self.name.clone(),
            },
            people: Rc::new(others.iter().map(person).collect()),
            ..View::default()
        }
    }
}
