//! The store of a world: what is in it outlives every server.

use super::cluster::Place;
use super::world::{Happening, World};
use api::rooms::{Input, Rules, Saved, SocketId};
use std::time::Duration;
use wire::{ChatMessage, ChatText, DisplayName, MemberId, MessageId, Nonce, RoomId};

/// What was said in the room, in order.
#[derive(Debug, Default)]
pub struct Store {
    /// The messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// What each was said under.
    pub nonces: Vec<Nonce>,
    /// The room's rules.
    pub rules: Rules,
    /// When the last answer arrives: none may overtake another.
    answered: Duration,
}

impl World {
    pub(super) fn load_rules(&mut self, place: Place, room: RoomId) {
        let rules = Some(Box::new(self.store.rules.clone()));
        self.answer(place, Input::RulesLoaded { room, rules });
    }

    pub(super) fn save_rules(&mut self, place: Place, room: RoomId, rules: Rules) {
        if !self.still_has(place, &room) {
            self.stats.lost_rooms += 1;
            return;
        }
        self.store.rules = rules;
        let outcome = Saved::Stored;
        self.answer(place, Input::RulesSaved { room, outcome });
    }

    pub(super) fn open_room(&mut self, place: Place, room: RoomId, socket: SocketId) {
        let all = self.store.messages.clone();
        let newest = all.len().saturating_sub(wire::limits::HISTORY_MESSAGES);
        let answer = Input::HistoryLoaded {
            room,
            socket,
            more: newest > 0,
            messages: all.into_iter().skip(newest).collect(),
        };
        self.answer(place, answer);
    }

    #[allow(clippy::too_many_arguments, reason = "they are an output's fields")]
    pub(super) fn store_chat(
        &mut self,
        place: Place,
        room: RoomId,
        id: MessageId,
        member: MemberId,
        name: DisplayName,
        text: ChatText,
        nonce: Nonce,
    ) {
        if self.rng.chance(self.weather.failing_operations) {
            return self.answer(place, Input::ChatRefused { room, member, nonce });
        }
        if !self.still_has(place, &room) {
            self.stats.lost_rooms += 1;
            return self.answer(place, Input::ChatRefused { room, member, nonce });
        }
        let before = self
            .store
            .messages
            .iter()
            .find(|message| message.id == id)
            .cloned();
        let message = before.unwrap_or_else(|| {
            let sent_at = self.store.messages.len() as u64;
            let message = ChatMessage {
                id,
                member_id: member,
                name,
                text,
                sent_at,
            };
            self.store.messages.push(message.clone());
            self.store.nonces.push(nonce.clone());
            message
        });
        self.answer(place, Input::ChatStored { room, message, nonce });
    }

    pub(super) fn store_answers(&mut self, start: u32, place: Place, answer: Input) {
        if start == self.starts {
            self.servers.stored(self.now, place, answer);
            self.poll_servers();
        }
    }

    pub(super) fn answer(&mut self, place: Place, answer: Input) {
        let start = self.starts;
        let at = (self.now + self.rng.within(self.weather.operation)).max(self.store.answered);
        self.store.answered = at;
        self.queue.put(at, Happening::Stored { start, place, answer });
    }
}
