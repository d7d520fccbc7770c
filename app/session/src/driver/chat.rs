//! The chat of a stay: what was said, in the server's order, and what is still on its way.

mod gaps;

use super::Driver;
use crate::{
    Platform,
    view::{self, ChatLine, Delivery},
};
use gaps::Gaps;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use wire::{ChatMessage, ChatText, ClientMessage, DisplayName, MemberId, MessageId, Nonce};

/// The chat of a stay.
#[derive(Debug, Default)]
pub(super) struct Chat {
    shown: Rc<view::Chat>,
    /// The stored messages that are shown. History and what is said live may overlap.
    known: BTreeSet<MessageId>,
    /// What was said here and is not yet known to be stored, by the nonce that is the line's key.
    pending: BTreeMap<Nonce, ChatText>,
    /// The order in which it was said.
    order: Vec<Nonce>,
    gaps: Gaps,
}

impl Chat {
    pub fn view(&self) -> Rc<view::Chat> {
        self.shown.clone()
    }

    /// Shows a message that is on its way.
    pub fn say(&mut self, nonce: Nonce, name: DisplayName, text: ChatText) {
        let chat = Rc::make_mut(&mut self.shown);
        chat.lines.push(ChatLine {
            key: nonce.as_str().to_owned(),
            name,
            mine: true,
            history: false,
            gap: false,
            text: text.clone(),
            state: Delivery::Pending,
        });
        self.pending.insert(nonce.clone(), text);
        self.order.push(nonce);
    }

    /// Puts a refused message on its way once more, under the nonce that it had.
    pub fn say_again(&mut self, key: &str) -> Option<(Nonce, ChatText)> {
        let nonce: Nonce = key.parse().ok()?;
        let chat = Rc::make_mut(&mut self.shown);
        let line = chat.lines.iter_mut().find(|line| line.key == key)?;
        if !matches!(line.state, Delivery::Refused(_)) {
            return None;
        }
        line.state = Delivery::Pending;
        let text = line.text.clone();
        self.pending.insert(nonce.clone(), text.clone());
        self.order.push(nonce.clone());
        Some((nonce, text))
    }

    /// Everything that is on its way, in the order in which it was said: what a lost link may have swallowed.
    pub fn pending(&self) -> Vec<(Nonce, ChatText)> {
        let text = |nonce: &Nonce| Some((nonce.clone(), self.pending.get(nonce)?.clone()));
        self.order.iter().filter_map(text).collect()
    }

    /// Takes in a stored message; with a nonce it is one of those that were on their way.
    pub fn stored(&mut self, message: ChatMessage, nonce: Option<&Nonce>, mine: bool) {
        let key = nonce.filter(|nonce| self.done(nonce)).map(Nonce::as_str);
        let chat = Rc::make_mut(&mut self.shown);
        if let Some(key) = key {
            chat.lines.retain(|line| line.key != key);
        }
        if !self.known.insert(message.id.clone()) {
            return;
        }
        let key = key.unwrap_or(message.id.as_str()).to_owned();
        let at = message.sent_at;
        let place = insert(&mut chat.lines, line(message, key, mine, false));
        let before = place.checked_sub(1).and_then(|before| chat.lines.get(before));
        let after = chat.lines.get(place + 1);
        if self
            .gaps
            .heard(at, before.and_then(stored_at), after.and_then(stored_at))
        {
            self.show_gaps();
        }
    }

    /// The server refuses a message.
    pub fn refused(&mut self, nonce: &Nonce, why: String) {
        if !self.done(nonce) {
            return;
        }
        let chat = Rc::make_mut(&mut self.shown);
        if let Some(line) = chat.lines.iter_mut().find(|line| line.key == nonce.as_str()) {
            line.state = Delivery::Refused(why);
        }
    }

    /// The person is back: what was said while it was away is not known.
    pub fn rejoined(&mut self) {
        self.gaps.rejoined();
    }

    /// Takes in the newest messages, at the beginning of a stay or after a gap in it.
    pub fn history(&mut self, messages: Vec<ChatMessage>, more: bool, mine: impl Fn(&MemberId) -> bool) {
        let first = !self.shown.loaded;
        self.gaps.back();
        let chat = Rc::make_mut(&mut self.shown);
        chat.loaded = true;
        if first {
            chat.more = more;
        }
        self.page(messages, more, None, first, mine);
    }

    /// Takes in what was said before a time, without a gap up to there.
    pub fn earlier(
        &mut self,
        messages: Vec<ChatMessage>,
        more: bool,
        before: u64,
        mine: impl Fn(&MemberId) -> bool,
    ) {
        self.page(messages, more, Some(before), false, mine);
    }

    /// When the first message shown was stored, if there are earlier ones.
    pub fn first(&self) -> Option<u64> {
        self.shown.more.then(|| self.first_stored()).flatten()
    }

    /// The newest message before which some are missing that the person has a right to know, by when it was stored.
    pub fn gap(&self) -> Option<u64> {
        self.gaps.newest()
    }

    /// When the line of a key was stored, if messages before it are missing.
    pub fn gap_before(&self, key: &str) -> Option<u64> {
        let mut lines = self.shown.lines.iter();
        let line = lines.find(|line| line.key == key && line.gap);
        line.and_then(stored_at)
    }

    /// Takes in a page: all that was said from its first message on until a time, or until now.
    fn page(
        &mut self,
        messages: Vec<ChatMessage>,
        more: bool,
        until: Option<u64>,
        first: bool,
        mine: impl Fn(&MemberId) -> bool,
    ) {
        let begins = messages
            .first()
            .map(|message| (message.sent_at, message.id.clone()));
        let begins = begins.map(|(at, id)| (at, self.known.contains(&id)));
        let top = self.first_stored();
        let chat = Rc::make_mut(&mut self.shown);
        // Everything from the room's beginning on was known.
        let whole = !first && !chat.more;
        for message in messages {
            if self.known.insert(message.id.clone()) {
                let key = message.id.as_str().to_owned();
                let mine = mine(&message.member_id);
                // What was missed is news, what is read up is not.
                let old = first || !whole && top.is_some_and(|top| message.sent_at < top);
                insert(&mut chat.lines, line(message, key, mine, old));
            }
        }
        // Where there is no more, nothing before it is to be had.
        let begins = begins.filter(|_| more);
        self.gaps.close(begins.map(|(at, _)| at), until);
        let top = chat.lines.iter().find_map(stored_at);
        match begins {
            Some((at, false)) if whole || top.is_some_and(|top| top < at) => self.gaps.open(at),
            Some(_) => {}
            None => chat.more = false,
        }
        self.show_gaps();
    }

    fn first_stored(&self) -> Option<u64> {
        self.shown.lines.iter().find_map(stored_at)
    }

    fn show_gaps(&mut self) {
        for line in &mut Rc::make_mut(&mut self.shown).lines {
            line.gap = stored_at(line).is_some_and(|at| self.gaps.is_before(at));
        }
    }

    /// Forgets a nonce. Returns whether it was one of those on their way.
    fn done(&mut self, nonce: &Nonce) -> bool {
        self.order.retain(|other| other != nonce);
        self.pending.remove(nonce).is_some()
    }
}

fn line(message: ChatMessage, key: String, mine: bool, history: bool) -> ChatLine {
    ChatLine {
        key,
        name: message.name,
        mine,
        history,
        gap: false,
        text: message.text,
        state: Delivery::Stored(message.sent_at),
    }
}

fn stored_at(line: &ChatLine) -> Option<u64> {
    match line.state {
        Delivery::Stored(at) => Some(at),
        Delivery::Pending | Delivery::Refused(_) => None,
    }
}

/// Inserts a stored line at the place that the server's time gives it, which is returned; what is not stored stays last.
fn insert(lines: &mut Vec<ChatLine>, line: ChatLine) -> usize {
    let at = stored_at(&line);
    let place = lines
        .iter()
        .rposition(|other| stored_at(other).is_some_and(|other| Some(other) <= at))
        .map_or(0, |before| before + 1);
    lines.insert(place, line);
    place
}

impl<P: Platform> Driver<P> {
    pub(super) fn say(&mut self, text: ChatText) {
        let (Some(name), true) = (self.stay.name().cloned(), self.stay.is_inside()) else {
            return;
        };
        let Ok(nonce) = format!("{:016x}", self.io.platform.random()).parse::<Nonce>() else {
            return;
        };
        self.chat.say(nonce.clone(), name, text.clone());
        self.send_chat(nonce, text);
    }

    /// Says it now if the server listens; else it is said when the server has let the person in again.
    pub(super) fn send_chat(&self, nonce: Nonce, text: ChatText) {
        if self.stay.is_inside() && !self.stay.is_asking() {
            self.link.send(&ClientMessage::Chat { text, nonce });
        }
    }
}

#[cfg(test)]
mod tests;
