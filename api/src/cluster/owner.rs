//! Clients of other servers whose room is here.

use super::{
    frame::{Frame, PIECE},
    node::{GUESTS, Node},
};
use crate::rooms::{Input, Output, ServerId, SocketId, close};
use bytes::Bytes;
use std::{net::IpAddr, sync::Arc, time::Duration};
use wire::{ClientMessage, RoomId, ServerMessage};

/// The most that a message about a bad message repeats of it.
const WHY_CHARS: usize = 300;

impl Node {
    pub(super) fn attach(&mut self, now: Duration, from: &ServerId, id: u64, address: Option<IpAddr>) {
        if self.is_stopping() {
            let code = close::SERVICE_RESTART;
            return self.tell(now, from, &Frame::Close { id, code });
        }
        let socket = SocketId(GUESTS | self.name());
        self.guests.insert((from.clone(), id), socket);
        self.homes.insert(socket, (from.clone(), id));
        self.tie(now, from);
        self.rooms.handle_input(now, Input::Attached { socket, address });
    }

    pub(super) fn guest_says(&mut self, now: Duration, from: &ServerId, id: u64, text: &[u8]) {
        let Some(socket) = self.guests.get(&(from.clone(), id)).copied() else {
            return;
        };
        let message = std::str::from_utf8(text)
            .map_err(|error| error.to_string())
            .and_then(|text| ClientMessage::from_json(text).map_err(|error| error.to_string()));
        let input = match message {
            Ok(message) => Input::Message {
                socket,
                message,
                fresh: self.fresh(),
            },
            Err(why) => Input::Malformed {
                socket,
                why: why.chars().take(WHY_CHARS).collect(),
            },
        };
        self.rooms.handle_input(now, input);
    }

    pub(super) fn guest_stammers(&mut self, now: Duration, from: &ServerId, id: u64, why: &[u8]) {
        if let Some(socket) = self.guests.get(&(from.clone(), id)).copied() {
            let why = String::from_utf8_lossy(why).into_owned();
            self.rooms.handle_input(now, Input::Malformed { socket, why });
        }
    }

    pub(super) fn guest_gone(&mut self, now: Duration, from: &ServerId, id: u64) {
        if let Some(socket) = self.guests.remove(&(from.clone(), id)) {
            self.homes.remove(&socket);
            self.untie(from);
            self.rooms.handle_input(now, Input::Disconnected { socket });
        }
    }

    pub(super) fn lose_guests_of(&mut self, now: Duration, server: &ServerId) {
        let theirs = self
            .guests
            .range((server.clone(), 0)..=(server.clone(), u64::MAX));
        for id in theirs.map(|((_, id), _)| *id).collect::<Vec<_>>() {
            self.guest_gone(now, server, id);
        }
    }

    pub(super) fn answer(&mut self, now: Duration, from: &ServerId, id: u64, room: &[u8]) {
        let room = std::str::from_utf8(room)
            .ok()
            .and_then(|room| room.parse::<RoomId>().ok());
        let info = room.and_then(|room| serde_json::to_vec(&self.rooms.presence(&room)).ok());
        let info = Bytes::from(info.unwrap_or_default());
        self.tell(now, from, &Frame::Tell { id, info });
    }

    /// Gives what the rooms want done to the server that it is for; returns it if that is this one.
    pub(super) fn export(&mut self, now: Duration, output: Output) -> Option<Output> {
        match output {
            Output::Send { socket, message } if socket.0 >= GUESTS => {
                if let Some((home, id)) = self.homes.get(&socket).cloned() {
                    let text = self.written(&message);
                    self.say_in_pieces(now, &home, id, text);
                }
                None
            }
            Output::Close { socket, code, .. } if socket.0 >= GUESTS => {
                if let Some((home, id)) = self.homes.get(&socket).cloned() {
                    self.tell(now, &home, &Frame::Close { id, code });
                }
                None
            }
            Output::Relay {
                socket, server, said, ..
            } if socket.0 >= GUESTS => {
                if let Some((home, id)) = self.homes.remove(&socket) {
                    self.guests.remove(&(home.clone(), id));
                    self.untie(&home);
                    let said = Bytes::from(serde_json::to_vec(&said).unwrap_or_default());
                    self.tell(now, &home, &Frame::Moved { id, server, said });
                }
                None
            }
            Output::Relay {
                socket,
                server,
                address,
                said,
            } => {
                self.relay_to(now, socket, server, address, said);
                None
            }
            Output::Send { .. }
            | Output::Close { .. }
            | Output::Peek { .. }
            | Output::DropRoom { .. }
            | Output::OpenRoom { .. }
            | Output::LoadRules { .. }
            | Output::SaveRules { .. }
            | Output::CheckPasscode { .. }
            | Output::CheckAccess { .. }
            | Output::HashPasscode { .. }
            | Output::Report { .. }
            | Output::StoreChat { .. } => Some(output),
        }
    }

    fn say_in_pieces(&mut self, now: Duration, home: &ServerId, id: u64, mut text: Bytes) {
        while text.len() > PIECE {
            let piece = text.split_to(PIECE);
            let frame = Frame::Say {
                id,
                last: false,
                text: piece,
            };
            self.tell(now, home, &frame);
        }
        self.tell(now, home, &Frame::Say { id, last: true, text });
    }

    /// What goes to many follows itself, and is written down once.
    fn written(&mut self, message: &Arc<ServerMessage>) -> Bytes {
        if let Some((same, text)) = &self.last
            && Arc::ptr_eq(same, message)
        {
            return text.clone();
        }
        #[allow(
            clippy::expect_used,
            reason = "the types of the protocol have no value that is no JSON"
        )]
        let text = Bytes::from(serde_json::to_vec(message.as_ref()).expect("a message is JSON"));
        self.last = Some((Arc::clone(message), text.clone()));
        text
    }
}
