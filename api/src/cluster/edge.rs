//! Clients of ours whose room is elsewhere.

use super::{
    frame::Frame,
    node::{Node, Output},
};
use crate::rooms::{self, Input, ServerId, SocketId, close};
use bytes::Bytes;
use std::{net::IpAddr, time::Duration};
use wire::{ClientMessage, ErrorCode, ServerMessage};

/// What is kept of what a client says until the other server has answered, at most.
const KEPT: usize = 64;
/// The one message that the edge answers by itself: the link that is asked for is the client's to us.
const PING: &str = "{\"type\":\"ping\"}";
const LEAVE: &str = "{\"type\":\"leave\"}";
const PONG: &str = "{\"type\":\"pong\"}";

/// A client of ours whose room is elsewhere.
#[derive(Debug)]
pub struct Relay {
    pub owner: ServerId,
    /// Its name for the owner.
    pub id: u64,
    address: Option<IpAddr>,
    /// What it has said, until the owner answers: another server may have to hear it.
    said: Option<Vec<Bytes>>,
}

impl Node {
    /// A client says something. Returns whether it is one whose room is elsewhere, where the text goes as it is.
    pub fn relay(&mut self, now: Duration, socket: SocketId, text: &str) -> bool {
        let Some(relay) = self.relays.get_mut(&socket) else {
            return false;
        };
        if text == PING {
            let text = PONG.to_owned();
            self.outputs.push_back(Output::Text { socket, text });
            return true;
        }
        let text = Bytes::copy_from_slice(text.as_bytes());
        if let Some(said) = relay.said.as_mut().filter(|said| said.len() < KEPT) {
            said.push(text.clone());
        }
        let (owner, id) = (relay.owner.clone(), relay.id);
        self.tell(now, &owner, &Frame::Heard { id, text });
        true
    }

    /// The same for what is no text.
    pub fn relay_malformed(&mut self, now: Duration, socket: SocketId, why: &str) -> bool {
        let Some(relay) = self.relays.get(&socket) else {
            return false;
        };
        let (owner, id) = (relay.owner.clone(), relay.id);
        let why = Bytes::copy_from_slice(why.as_bytes());
        self.tell(now, &owner, &Frame::Malformed { id, why });
        true
    }

    /// Gives a client to the server that has its room.
    pub(super) fn relay_to(
        &mut self,
        now: Duration,
        socket: SocketId,
        owner: ServerId,
        address: Option<IpAddr>,
        said: Vec<ClientMessage>,
    ) {
        let id = self.name();
        let said: Vec<Bytes> = said
            .iter()
            .filter_map(|message| serde_json::to_vec(message).ok())
            .map(Bytes::from)
            .collect();
        tracing::debug!(%socket, server = %owner, "its room is there");
        self.tell(now, &owner, &Frame::Attach { id, address });
        for text in said.clone() {
            self.tell(now, &owner, &Frame::Heard { id, text });
        }
        self.names.insert(id, socket);
        self.tie(now, &owner);
        let said = Some(said);
        let relay = Relay {
            owner,
            id,
            address,
            said,
        };
        self.relays.insert(socket, relay);
    }

    pub(super) fn relay_gone(&mut self, now: Duration, socket: SocketId) {
        if let Some(Relay { owner, id, .. }) = self.end_relay(socket) {
            self.tell(now, &owner, &Frame::Gone { id });
        }
    }

    /// The owner says something to a client of ours.
    pub(super) fn say(&mut self, from: &ServerId, id: u64, last: bool, text: &[u8]) {
        let Some((socket, relay)) = self.relay_of(from, id) else {
            return;
        };
        relay.said = None;
        if !last {
            return self.pieces.entry(id).or_default().extend_from_slice(text);
        }
        let text = match self.pieces.remove(&id) {
            Some(mut before) => {
                before.extend_from_slice(text);
                String::from_utf8(before.to_vec())
            }
            None => String::from_utf8(text.to_vec()),
        };
        match text {
            Ok(text) => self.outputs.push_back(Output::Text { socket, text }),
            Err(_) => tracing::warn!(server = %from, "says what is no text"),
        }
    }

    pub(super) fn close(&mut self, from: &ServerId, id: u64, code: u16) {
        let Some((socket, relay)) = self.relay_of(from, id) else {
            return;
        };
        // The client leaves its room there by its socket's end, which is to come.
        relay.said = None;
        let reason = match code {
            close::SUPERSEDED => "superseded",
            close::REMOVED => "the host has put you out of this room",
            close::ENDED => "the host has ended the call",
            close::POLICY => "too many refused messages",
            _ => "going away",
        };
        self.close_socket(socket, code, reason);
    }

    /// The room that a client of ours wants to go into now is on a third server, or here.
    pub(super) fn moved(&mut self, now: Duration, from: &ServerId, id: u64, to: ServerId, said: &[u8]) {
        let Some((socket, relay)) = self.relay_of(from, id) else {
            return;
        };
        let address = relay.address;
        self.end_relay(socket);
        let said: Vec<ClientMessage> = serde_json::from_slice(said).unwrap_or_default();
        if to != self.me {
            return self.relay_to(now, socket, to, address, said);
        }
        self.rooms.handle_input(now, Input::Attached { socket, address });
        for message in said {
            let fresh = self.fresh();
            let input = Input::Message {
                socket,
                message,
                fresh,
            };
            self.rooms.handle_input(now, input);
        }
    }

    /// A server is silent. Who was in one of its rooms comes back; for whom it never had a word, somebody else may.
    pub(super) fn lose_relays_to(&mut self, now: Duration, server: &ServerId) {
        let theirs = self.relays.iter().filter(|(_, relay)| relay.owner == *server);
        for socket in theirs.map(|(socket, _)| *socket).collect::<Vec<_>>() {
            let Some(relay) = self.end_relay(socket) else {
                continue;
            };
            if relay.said.is_some() {
                self.hear_again(now, socket, relay);
            } else {
                self.send_away(socket);
            }
        }
    }

    /// The other servers cannot be reached: for whom they never had a word is answered here.
    pub(super) fn take_back(&mut self, now: Duration) {
        let unanswered = self.relays.iter().filter(|(_, relay)| relay.said.is_some());
        for socket in unanswered.map(|(socket, _)| *socket).collect::<Vec<_>>() {
            let Some(relay) = self.end_relay(socket) else {
                continue;
            };
            // Should it hear of all this one day, nobody is to stay there.
            let (id, text) = (relay.id, Bytes::from_static(LEAVE.as_bytes()));
            self.tell(now, &relay.owner, &Frame::Heard { id, text });
            self.tell(now, &relay.owner, &Frame::Gone { id });
            self.hear_again(now, socket, relay);
        }
    }

    /// Hears what a client has said that no other server has answered.
    fn hear_again(&mut self, now: Duration, socket: SocketId, relay: Relay) {
        let address = relay.address;
        self.rooms.handle_input(now, Input::Attached { socket, address });
        for text in relay.said.into_iter().flatten() {
            let message = std::str::from_utf8(&text).ok().map(ClientMessage::from_json);
            let fresh = self.fresh();
            let input = match message {
                Some(Ok(message)) => Input::Message {
                    socket,
                    message,
                    fresh,
                },
                Some(Err(_)) | None => Input::Malformed {
                    socket,
                    why: "this is no message".to_owned(),
                },
            };
            self.rooms.handle_input(now, input);
        }
    }

    /// This server stops: its clients go to another.
    pub(super) fn close_relays(&mut self) {
        for socket in self.relays.keys().copied().collect::<Vec<_>>() {
            self.send_away(socket);
        }
    }

    fn send_away(&mut self, socket: SocketId) {
        let going = ServerMessage::Error {
            code: ErrorCode::GoingAway,
            message: "the server that had the room is gone; connect again".to_owned(),
            nonce: None,
        };
        if let Ok(text) = serde_json::to_string(&going) {
            self.outputs.push_back(Output::Text { socket, text });
        }
        self.close_socket(socket, close::SERVICE_RESTART, "going away");
    }

    fn close_socket(&mut self, socket: SocketId, code: u16, reason: &'static str) {
        let close = rooms::Output::Close { socket, code, reason };
        self.outputs.push_back(Output::Rooms(close));
    }

    fn relay_of(&mut self, from: &ServerId, id: u64) -> Option<(SocketId, &mut Relay)> {
        let socket = *self.names.get(&id)?;
        let relay = self.relays.get_mut(&socket)?;
        (relay.owner == *from).then_some((socket, relay))
    }

    fn end_relay(&mut self, socket: SocketId) -> Option<Relay> {
        let relay = self.relays.remove(&socket)?;
        self.names.remove(&relay.id);
        self.untie(&relay.owner);
        self.pieces.remove(&relay.id);
        Some(relay)
    }
}
