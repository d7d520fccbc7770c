//! Who is in a room, before one goes in.

use super::Driver;
use crate::{Platform, view::Phase};
use std::{rc::Rc, time::Duration};
use wire::{ClientMessage, RoomId, RoomInfo};

/// How old the news of who is in a room may be.
const PEEK: Duration = Duration::from_secs(3);

/// Who is in a room, asked for again and again.
pub(super) struct Peek {
    pub room: RoomId,
    pub info: Option<Rc<RoomInfo>>,
    pub next: Duration,
}

impl<P: Platform> Driver<P> {
    pub(super) fn set_peek(&mut self, room: Option<RoomId>) {
        if self.peek.as_ref().map(|peek| &peek.room) == room.as_ref() {
            return;
        }
        self.peek = room.map(|room| Peek {
            room,
            info: None,
            next: Duration::ZERO,
        });
        self.ask_peek();
    }

    pub(super) fn ask_peek(&mut self) {
        if !self.may_peek() {
            return;
        }
        if let Some(peek) = &mut self.peek {
            peek.next = self.io.platform.now() + PEEK;
            self.link.send(&ClientMessage::Peek {
                room: peek.room.clone(),
            });
        }
    }

    pub(super) fn may_peek(&self) -> bool {
        self.link.is_open() && matches!(self.stay.phase, Phase::Lobby | Phase::Refused { .. })
    }
}
