//! The chat of a stay: what was said, in the server's order, and what is still on its way.

use super::Driver;
use crate::{
    Platform,
    view::{self, ChatLine, Delivery},
};
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
        insert(&mut chat.lines, line(message, key, mine, false));
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

    /// Takes in the newest messages, at the beginning of a stay or after a gap in it.
    pub fn history(&mut self, messages: Vec<ChatMessage>, more: bool, mine: impl Fn(&MemberId) -> bool) {
        let first = !self.shown.loaded;
        let connected = !more || messages.iter().any(|message| self.known.contains(&message.id));
        let chat = Rc::make_mut(&mut self.shown);
        if first || !connected {
            // What was said in the gap is more than a history holds. Rather begin anew, with the earlier messages a
            // click away, than show a chat in which some are missing without a sign.
            chat.lines
                .retain(|line| first || !matches!(line.state, Delivery::Stored(_)));
            if !first {
                self.known.clear();
            }
            chat.more = more;
        }
        chat.loaded = true;
        self.insert_all(messages, first, mine);
    }

    /// Takes in messages from before the first one shown.
    pub fn earlier(&mut self, messages: Vec<ChatMessage>, more: bool, mine: impl Fn(&MemberId) -> bool) {
        Rc::make_mut(&mut self.shown).more = more;
        self.insert_all(messages, true, mine);
    }

    /// When the first message shown was stored, if there are earlier ones.
    pub fn first(&self) -> Option<u64> {
        let mut lines = self.shown.lines.iter().filter(|_| self.shown.more);
        lines.find_map(stored_at)
    }

    fn insert_all(&mut self, messages: Vec<ChatMessage>, history: bool, mine: impl Fn(&MemberId) -> bool) {
        let chat = Rc::make_mut(&mut self.shown);
        for message in messages {
            if self.known.insert(message.id.clone()) {
                let key = message.id.as_str().to_owned();
                let mine = mine(&message.member_id);
                insert(&mut chat.lines, line(message, key, mine, history));
            }
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

/// Inserts a stored line at the place that the server's time gives it; what is not stored stays last.
fn insert(lines: &mut Vec<ChatLine>, line: ChatLine) {
    let at = stored_at(&line);
    let place = lines
        .iter()
        .rposition(|other| stored_at(other).is_some_and(|other| Some(other) <= at))
        .map_or(0, |before| before + 1);
    lines.insert(place, line);
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
mod tests {
    use super::*;

    fn nonce(text: &str) -> Nonce {
        text.parse().unwrap()
    }

    fn text(text: &str) -> ChatText {
        ChatText::new(text).unwrap()
    }

    fn message(at: u64) -> ChatMessage {
        ChatMessage {
            id: format!("m{at}").parse().unwrap(),
            member_id: "b".parse().unwrap(),
            name: DisplayName::new("B").unwrap(),
            text: text(&at.to_string()),
            sent_at: at,
        }
    }

    fn said(chat: &Chat) -> Vec<String> {
        let lines = &chat.shown.lines;
        lines.iter().map(|line| line.text.as_str().to_owned()).collect()
    }

    fn nobody(_: &MemberId) -> bool {
        false
    }

    #[test]
    fn history_that_overlaps_what_was_said_live_shows_every_message_once_and_in_order() {
        let mut chat = Chat::default();
        chat.stored(message(3), None, false);
        chat.history((1..=3).map(message).collect(), false, nobody);
        chat.history((2..=5).map(message).collect(), false, nobody);
        assert_eq!(said(&chat), ["1", "2", "3", "4", "5"]);
        let history: Vec<_> = chat.shown.lines.iter().map(|line| line.history).collect();
        assert_eq!(history, [true, true, false, false, false]);
    }

    #[test]
    fn a_message_keeps_its_key_when_it_is_stored_and_goes_to_its_place() {
        let mut chat = Chat::default();
        chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("1"));
        chat.say(nonce("n2"), DisplayName::new("A").unwrap(), text("2"));
        chat.stored(message(2), Some(&nonce("n2")), true);
        assert_eq!(said(&chat), ["2", "1"]);
        assert_eq!(chat.shown.lines[0].key, "n2");
        assert_eq!(chat.pending().len(), 1);
    }

    #[test]
    fn a_message_that_was_stored_while_the_link_was_lost_is_not_shown_twice() {
        let mut chat = Chat::default();
        chat.history(Vec::new(), false, nobody);
        chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("1"));
        chat.history(vec![message(1)], false, nobody);
        chat.stored(message(1), Some(&nonce("n1")), true);
        assert_eq!(said(&chat), ["1"]);
        assert!(chat.pending().is_empty());
    }

    #[test]
    fn a_refused_message_says_why_and_can_be_said_again_under_its_nonce() {
        let mut chat = Chat::default();
        chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("1"));
        chat.refused(&nonce("n1"), "no".into());
        assert_eq!(chat.shown.lines[0].state, Delivery::Refused("no".into()));
        assert!(chat.pending().is_empty());
        assert_eq!(chat.say_again("n1").map(|(nonce, _)| nonce), Some(nonce("n1")));
        assert_eq!(chat.shown.lines[0].state, Delivery::Pending);
        assert_eq!(chat.say_again("n1"), None);
    }

    #[test]
    fn a_gap_that_is_longer_than_a_history_leaves_no_hole() {
        let mut chat = Chat::default();
        chat.history((1..=2).map(message).collect(), false, nobody);
        chat.history((5..=6).map(message).collect(), true, nobody);
        assert_eq!(said(&chat), ["5", "6"]);
        assert_eq!(chat.first(), Some(5));
        chat.earlier((1..=4).map(message).collect(), false, nobody);
        assert_eq!(said(&chat), ["1", "2", "3", "4", "5", "6"]);
        assert_eq!(chat.first(), None);
    }
}
