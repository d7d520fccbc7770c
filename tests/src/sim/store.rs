//! The store of a world: what is in it outlives every server.

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
    pub(super) fn load_rules(&mut self, room: RoomId) {
        let rules = Some(Box::new(self.store.rules.clone()));
        self.answer(Input::RulesLoaded { room, rules });
    }

    pub(super) fn save_rules(&mut self, room: RoomId, rules: Rules) {
        self.store.rules = rules;
        let outcome = Saved::Stored;
        self.answer(Input::RulesSaved { room, outcome });
    }

    pub(super) fn open_room(&mut self, room: RoomId, socket: SocketId) {
        let all = self.store.messages.clone();
        let newest = all.len().saturating_sub(wire::limits::HISTORY_MESSAGES);
        let answer = Input::HistoryLoaded {
            room,
            socket,
            more: newest > 0,
            messages: all.into_iter().skip(newest).collect(),
        };
        self.answer(answer);
    }

    pub(super) fn store_chat(
        &mut self,
        room: RoomId,
        id: MessageId,
        member: MemberId,
        name: DisplayName,
        text: ChatText,
        nonce: Nonce,
    ) {
        if self.rng.chance(self.weather.failing_operations) {
            return self.answer(Input::ChatRefused { room, member, nonce });
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
        self.answer(Input::ChatStored { room, message, nonce });
    }

    pub(super) fn store_answers(&mut self, start: u32, answer: Input) {
        if start == self.starts {
            self.servers.stored(self.now, answer);
            self.poll_servers();
        }
    }

    fn answer(&mut self, answer: Input) {
        let start = self.starts;
        let at = (self.now + self.rng.within(self.weather.operation)).max(self.store.answered);
        self.store.answered = at;
        self.queue.put(at, Happening::Stored { start, answer });
    }
}
