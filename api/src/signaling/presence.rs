//! What the REST API is told of the rooms.

use super::Hub;
use crate::{
    rest::Presence,
    rooms::{Pass, Rules},
};
use std::time::Duration;
use wire::{ResumeToken, RoomId, RoomInfo};

impl Presence for Hub {
    async fn room(&self, id: &RoomId) -> Option<RoomInfo> {
        if self.0.among.is_shared() && !self.lock().node.knows(id) {
            return self.room_elsewhere(id).await;
        }
        Some(self.lock().node.presence(id))
    }

    async fn rules(&self, id: &RoomId) -> Option<Rules> {
        self.lock().node.rules(id).cloned()
    }

    fn pass(&self, id: &RoomId, token: &ResumeToken) -> Option<Pass> {
        self.0.tokens.verify(id, token, self.0.clock.now())
    }

    fn now(&self) -> Duration {
        self.0.clock.now()
    }
}
