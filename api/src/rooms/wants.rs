//! What members want to see of each other.

use super::{Rooms, SocketId};
use std::time::Duration;
use wire::{ErrorCode, MemberId, ServerMessage, Want};

impl Rooms {
    /// Passes on what a member wants to see of another. What the other does upon it costs it more than a message costs, so
    /// these have a bound of their own.
    pub(super) fn want(&mut self, now: Duration, socket: SocketId, to: &MemberId, want: Want) {
        let limit = self.settings.limits.wants;
        let Some(state) = self.listening(socket) else {
            return;
        };
        if state.wants.take(now, limit) {
            return self.forward(socket, to, |from| ServerMessage::Want { from, want });
        }
        let why = "too many wishes in too short a time; slow down".to_owned();
        self.refuse(socket, ErrorCode::TooFast, why, None);
        self.lose_patience(now, socket);
    }
}
