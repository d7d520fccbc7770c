//! Lobby or room: what the session's phase and the address say together.

use crate::{
    chunk::{Chunk, Failed, use_chunk},
    context::{App, use_app, use_part},
    door::Keep,
    lobby::Lobby,
    prefs::{INSIDE, NAME},
    room::{Room, Turned},
};
use dioxus::prelude::*;
use session::{Command, view::Phase};
use wire::{DisplayName, RoomId};

/// The lobby, or the room once the person is inside. `asked` is the room in the address.
///
/// The address leads: whoever goes back or elsewhere in the browser's history leaves the room.
#[component]
pub fn Gate(asked: Option<String>) -> Element {
    let app = use_app();
    let phase = use_part(|view| view.phase.clone());

    use_hook({
        let asked = asked.clone();
        move || go_back_inside(app, asked.as_deref())
    });
    use_effect(use_reactive!(|asked| {
        let current = room_of(&phase.read()).cloned();
        if current.is_some_and(|room| asked.as_deref() != Some(room.as_str())) {
            app.send(Command::Leave);
        }
    }));
    use_drop(move || {
        if room_of(&app.peek().phase).is_some() {
            app.send(Command::Leave);
        }
    });

    if app.lacks_room() {
        return rsx! {
            Failed {}
        };
    }
    match phase() {
        Phase::Lobby | Phase::Joining { .. } => rsx! {
            Lobby { asked }
        },
        Phase::Inside { room, name, .. } => rsx! {
            Inside { room, name }
        },
        phase @ (Phase::Waiting { .. } | Phase::Refused { .. }) => rsx! {
            Outside { phase }
        },
    }
}

#[component]
fn Inside(room: RoomId, name: DisplayName) -> Element {
    if let Some(instead) = use_chunk(Chunk::Room) {
        return instead;
    }
    rsx! {
        Room { room, name }
    }
}

#[component]
fn Outside(phase: Phase) -> Element {
    if let Some(instead) = use_chunk(Chunk::Room) {
        return instead;
    }
    rsx! {
        Turned { phase }
    }
}

/// After a reload in a room: goes back in without a question.
fn go_back_inside(app: App, asked: Option<&str>) {
    let host = app.host();
    let Some(inside) = host
        .remembered(Keep::Tab, INSIDE)
        .filter(|inside| asked == Some(inside))
    else {
        return;
    };
    let name = host.remembered(Keep::Always, NAME).unwrap_or_default();
    let (Ok(room), Ok(name)) = (inside.parse::<RoomId>(), DisplayName::new(&name)) else {
        return;
    };
    if app.peek().phase == Phase::Lobby {
        app.send(Command::Prepare);
        app.enter(room, name);
    }
}

fn room_of(phase: &Phase) -> Option<&RoomId> {
    match phase {
        Phase::Lobby => None,
        Phase::Joining { room }
        | Phase::Waiting { room }
        | Phase::Inside { room, .. }
        | Phase::Refused { room, .. } => Some(room),
    }
}
