//! The others, as they are shown.

use crate::{
    platform::Feed,
    view::{Checkup, Connection, Person, StreamId},
};
use call::{ConnectionState, Event};
use std::rc::Rc;
use wire::{Member, MemberId};

/// The others, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct People {
    shown: Rc<Vec<Person>>,
}

impl People {
    pub fn view(&self) -> Rc<Vec<Person>> {
        self.shown.clone()
    }

    /// Shows a change.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Registered(member) => Rc::make_mut(&mut self.shown).push(newcomer(member)),
            Event::Changed(member) => self.change(&member.id.clone(), |person| {
                person.name = member.name;
                person.media = member.media;
                person.away = member.away;
            }),
            Event::Removed(member) => Rc::make_mut(&mut self.shown).retain(|person| person.id != member),
            Event::Restarted { peer } => self.change(&peer, |person| {
                person.stream = None;
                person.screen = None;
                person.connection = match person.connection {
                    Connection::Connecting => Connection::Connecting,
                    Connection::Connected | Connection::Interrupted | Connection::Failed => {
                        Connection::Failed
                    }
                };
            }),
            Event::Connection { peer, state } => self.change(&peer, |person| {
                person.connection = match state {
                    ConnectionState::New | ConnectionState::Connecting => return,
                    ConnectionState::Connected => Connection::Connected,
                    ConnectionState::Disconnected => Connection::Interrupted,
                    ConnectionState::Failed | ConnectionState::Closed => Connection::Failed,
                };
            }),
        }
    }

    /// The server has lost a member for the moment.
    pub fn is_away(&self, id: &MemberId) -> bool {
        self.shown.iter().any(|person| person.id == *id && person.away)
    }

    /// A member's tracks have come.
    pub fn show(&mut self, peer: &MemberId, feed: Feed, stream: StreamId) {
        self.change(peer, |person| match feed {
            Feed::Person => person.stream = Some(stream),
            Feed::Screen => person.screen = Some(stream),
        });
    }

    /// Shows who is speaking.
    pub fn hear(&mut self, is_speaking: impl Fn(&MemberId) -> bool) {
        let differs = |person: &Person| person.speaking != is_speaking(&person.id);
        if self.shown.iter().any(differs) {
            for person in Rc::make_mut(&mut self.shown) {
                person.speaking = is_speaking(&person.id);
            }
        }
    }

    /// Shows how the connections are.
    pub fn check(&mut self, checkup: impl Fn(&MemberId) -> Checkup) {
        let differs = |person: &Person| person.checkup != checkup(&person.id);
        if self.shown.iter().any(differs) {
            for person in Rc::make_mut(&mut self.shown) {
                person.checkup = checkup(&person.id);
            }
        }
    }

    pub fn clear(&mut self) {
        self.shown = Rc::default();
    }

    fn change(&mut self, id: &MemberId, change: impl FnOnce(&mut Person)) {
        let Some(place) = self.shown.iter().position(|person| person.id == *id) else {
            return;
        };
        if let Some(person) = Rc::make_mut(&mut self.shown).get_mut(place) {
            change(person);
        }
    }
}

fn newcomer(member: Member) -> Person {
    Person {
        id: member.id,
        name: member.name,
        media: member.media,
        stream: None,
        screen: None,
        connection: Connection::Connecting,
        away: member.away,
        speaking: false,
        checkup: Checkup::default(),
    }
}
