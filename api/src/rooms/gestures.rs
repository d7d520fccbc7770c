//! Hands and signs.

use super::{Rooms, SocketId};
use std::sync::Arc;
use wire::{Reaction, RoomId, ServerMessage};

impl Rooms {
    /// A member raises its hand, or takes it down.
    pub(super) fn hand(&mut self, socket: SocketId, raised: bool) {
        let Some((room, member)) = self.place(socket) else {
            return self.not_in_room(socket, None);
        };
        let changed = (self.rooms.get_mut(&room)).is_some_and(|room| room.raise(&member, raised));
        if changed {
            self.tell_hands(&room);
        }
    }

    /// Tells everyone whose hands are up. The whole list: what is lost on the way to one is made good by the next.
    pub(super) fn tell_hands(&mut self, room: &RoomId) {
        if let Some(message) = self.hands(room) {
            self.send_to_all(room, &message);
        }
    }

    /// Tells a newcomer whose hands are up, if any is.
    pub(super) fn show_hands(&mut self, room: &RoomId, socket: SocketId) {
        let any = (self.rooms.get(room)).is_some_and(|room| !room.hands().is_empty());
        if let Some(message) = self.hands(room).filter(|_| any) {
            self.send(socket, &message);
        }
    }

    /// A member shows a sign. Everyone sees it, so that its author knows that they do.
    pub(super) fn react(&mut self, socket: SocketId, reaction: Reaction) {
        let Some((room, from)) = self.place(socket) else {
            return self.not_in_room(socket, None);
        };
        self.send_to_all(&room, &Arc::new(ServerMessage::React { from, reaction }));
    }

    fn hands(&self, room: &RoomId) -> Option<Arc<ServerMessage>> {
        let raised = self.rooms.get(room)?.hands().to_vec();
        Some(Arc::new(ServerMessage::Hands { raised }))
    }
}
