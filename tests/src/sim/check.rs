//! What must be true of a world in which nothing happens any more.

use super::Violation;
use super::world::World;
use crate::scenario::{Expect, Who};
use call::ConnectionState;
use std::collections::BTreeSet;
use wire::{Member, MemberId};

impl World {
    /// Checks what a scenario expects.
    pub(super) fn expect(&self, expected: &Expect) -> Result<(), Violation> {
        match expected {
            Expect::Together(people) => self.together(people),
            Expect::Sees(who, others) => self.sees(*who, others),
            Expect::ConnectionsMade(number) => {
                let made = self.stats.connections as usize;
                must(made == *number, || {
                    format!("{made} connections were made, not {number}")
                })
            }
            Expect::NobodyLeft => {
                let left: usize = self.clients.iter().map(|client| client.view.removals).sum();
                must(left == 0, || {
                    format!("{left} times somebody was told that a member left")
                })
            }
            Expect::NothingRestarted => {
                let restarts: usize = self.clients.iter().map(|client| client.view.restarts).sum();
                must(restarts == 0, || format!("{restarts} connections restarted"))
            }
        }
    }

    /// Who wants to be in the room.
    pub fn inside(&self) -> Vec<Who> {
        (0..self.clients.len())
            .filter(|who| self.clients[*who].wanted)
            .collect()
    }

    fn together(&self, people: &[Who]) -> Result<(), Violation> {
        let inside = self.inside();
        must(inside == people, || {
            format!("inside are {inside:?}, not {people:?}")
        })?;
        for &who in people {
            self.sees(who, people)?;
            for &other in people.iter().filter(|other| **other != who) {
                self.connected(who, other)?;
            }
            self.chat_is_whole(who)?;
        }
        // A connection to somebody who is gone, or of a page that is gone, would be one too many.
        let (live, right) = (self.fakes.len(), people.len() * people.len().saturating_sub(1));
        must(live == right, || {
            format!("{live} connections are alive, {right} would be right")
        })
    }

    /// Shows exactly these others, each of them as it is.
    fn sees(&self, who: Who, people: &[Who]) -> Result<(), Violation> {
        let client = &self.clients[who];
        must(client.entered, || format!("person {who} is not in the room"))?;
        let mut right = BTreeSet::new();
        for &other in people.iter().filter(|other| **other != who) {
            let other = &self.clients[other];
            let id = self.id_of(other.me.as_ref(), &other.name.to_string())?;
            right.insert(id.clone());
            let is = Member {
                id: id.clone(),
                name: other.name.clone(),
                media: other.media,
                away: false,
            };
            let shown = client.view.members.get(id);
            must(shown == Some(&is), || {
                format!("person {who} sees {shown:?} where there is {is:?}")
            })?;
        }
        let shown: BTreeSet<_> = client.view.members.keys().cloned().collect();
        must(shown == right, || {
            format!("person {who} sees {shown:?}, but there are {right:?}")
        })
    }

    /// One end of a pair: one connection, stable, whose counterpart is the other's, and it is shown as connected.
    fn connected(&self, who: Who, other: Who) -> Result<(), Violation> {
        let [me, you] = [who, other].map(|person| self.clients[person].me.as_ref());
        let me = self.id_of(me, "me")?;
        let you = self.id_of(you, "you")?;
        let mine = self.clients[who].connections_to(you);
        let yours = self.clients[other].connections_to(me);
        let ([mine], [yours]) = (mine.as_slice(), yours.as_slice()) else {
            return Err(Violation::new(format!(
                "between persons {who} and {other} there are {mine:?} and {yours:?}"
            )));
        };
        let (Some(mine), Some(yours)) = (self.fakes.get(mine), self.fakes.get(yours)) else {
            return Err(Violation::new(format!("{mine} or {yours} is gone")));
        };
        must(mine.is_paired_with(yours), || {
            format!(
                "{mine:?} of person {who} and {yours:?} of person {other} have not saved each other's description"
            )
        })?;
        let told = self.clients[who].view.connections.get(you);
        must(
            mine.connection == ConnectionState::Connected && told == Some(&ConnectionState::Connected),
            || format!("person {who} and {other}: {mine:?}, and told is {told:?}"),
        )
    }

    /// What was acknowledged is stored once, and what is stored is shown to everybody.
    fn chat_is_whole(&self, who: Who) -> Result<(), Violation> {
        let client = &self.clients[who];
        for nonce in &client.heard {
            let times = self.store.nonces.iter().filter(|stored| *stored == nonce).count();
            must(times == 1, || {
                format!("{nonce} of person {who} is stored {times} times")
            })?;
        }
        must(client.unheard.is_empty(), || {
            format!("person {who} was not told of {:?}", client.unheard.keys())
        })?;
        if !self.servers.store_chat() {
            return Ok(());
        }
        let mut shown: Vec<_> = client.shown.values().collect();
        shown.sort_by_key(|message| message.sent_at);
        must(shown.into_iter().eq(&self.store.messages), || {
            let (shown, stored) = (client.shown.len(), self.store.messages.len());
            format!("person {who} is shown {shown} messages, and {stored} are stored")
        })
    }

    fn id_of<'a>(&self, id: Option<&'a MemberId>, whose: &str) -> Result<&'a MemberId, Violation> {
        id.ok_or_else(|| Violation::new(format!("{whose} is nobody")))
    }
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation::new(what()))
    }
}
