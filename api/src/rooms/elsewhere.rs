//! Rooms of other servers, and rooms that another server has taken.

use super::{
    Output, Rooms, SocketId, close,
    door::Joining,
    room::{Link, Seat},
    service::{Door, error},
};
use std::{fmt, str::FromStr, sync::Arc};
use wire::{ClientMessage, ErrorCode, RoomId, RoomInfo, ServerMessage};

/// Names one server from its start to its end, or until the others have given it up. Never used twice.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId(Arc<str>);

/// A text that names no server: 1 to 32 lower-case letters or digits do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this names no server: 1 to 32 lower-case letters or digits do")]
pub struct BadServerId;

impl ServerId {
    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServerId {
    type Err = BadServerId;

    fn from_str(text: &str) -> Result<Self, BadServerId> {
        let good = |c: u8| c.is_ascii_digit() || c.is_ascii_lowercase();
        if text.is_empty() || text.len() > 32 || !text.bytes().all(good) {
            return Err(BadServerId);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Rooms {
    /// Another server has the room: whoever asks to come in is given to it, with all that was said since.
    pub(super) fn room_elsewhere(&mut self, id: &RoomId, server: &ServerId) {
        let Some(room) = self.rooms.get_mut(id).filter(|room| room.rules.is_none()) else {
            return;
        };
        let asking = std::mem::take(&mut room.asking);
        self.drop_if_idle(id);
        for socket in asking {
            let Some(state) = self.sockets.get_mut(&socket) else {
                continue;
            };
            let Door::Asking(joining) = std::mem::take(&mut state.door) else {
                continue;
            };
            // Of one that is being closed, the end is still to be noticed here.
            if state.closing {
                continue;
            }
            let deferred = std::mem::take(&mut state.deferred).into_iter();
            let mut said = vec![joining.into_message()];
            said.extend(deferred.map(|(message, _)| message));
            let address = state.source.map(|source| source.address());
            self.sockets.remove(&socket);
            self.outputs.push_back(Output::Relay {
                socket,
                server: server.clone(),
                address,
                said,
            });
        }
    }

    /// Another server has taken the room. Whoever is in it comes back there, and finds its connections as they were.
    pub(super) fn room_lost(&mut self, id: &RoomId) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        tracing::warn!(room = %id, "another server has taken the room");
        let seats = room.clear();
        let mut sockets: Vec<SocketId> = seats.iter().filter_map(Seat::socket).collect();
        sockets.append(&mut room.asking);
        sockets.extend(room.waiting.drain(..).map(|waiter| waiter.socket));
        for seat in seats {
            if let Link::Away { until } = seat.link {
                self.graces.remove(&(until, id.clone(), seat.id));
            }
        }
        self.rooms.remove(id);
        let why = "the room has moved to another server; connect again";
        let message = Arc::new(error(ErrorCode::GoingAway, why));
        for socket in sockets {
            if let Some(state) = self.sockets.get_mut(&socket) {
                (state.place, state.door) = (None, Door::Away);
                state.deferred.clear();
            }
            self.send(socket, &message);
            self.close(socket, close::SERVICE_RESTART, "the room has moved");
        }
    }

    pub(super) fn peeked(&mut self, socket: SocketId, info: Option<RoomInfo>) {
        match info {
            Some(info) => self.send(socket, &Arc::new(ServerMessage::Peek(info))),
            None => {
                let why = "the server that has the room is out of reach; try again soon".to_owned();
                self.refuse(socket, ErrorCode::Unavailable, why, None);
            }
        }
    }

    /// Tells whether whoever comes is a member of the room still, so that nothing has to be decided.
    pub(super) fn comes_back(&self, joining: &Joining) -> bool {
        let seat = (self.rooms.get(&joining.room)).zip(joining.pass.as_ref());
        joining.keep && seat.is_some_and(|(room, pass)| room.seat(&pass.member).is_some())
    }
}

impl Joining {
    /// Makes again of it what the client has said.
    fn into_message(self) -> ClientMessage {
        ClientMessage::Join {
            room: self.room,
            name: self.seat.name,
            media: self.seat.media,
            resume: self.resume,
            keep: self.keep,
            passcode: self.passcode,
            host: self.host,
            access: self.access,
            order: self.order,
        }
    }
}
