//! What one person is shown, and whether it adds up.

use super::Violation;
use call::{ConnectionState, Event};
use std::collections::BTreeMap;
use wire::{Member, MemberId};

/// The tiles of one person, as the events of the call make them.
#[derive(Debug, Default)]
pub struct View {
    /// The others, as they are shown.
    pub members: BTreeMap<MemberId, Member>,
    /// The state of their connections, as it was told.
    pub connections: BTreeMap<MemberId, ConnectionState>,
    /// How often a connection restarted.
    pub restarts: usize,
    /// How often a member was removed.
    pub removals: usize,
}

impl View {
    /// Takes in what the call tells.
    ///
    /// # Errors
    /// A member is registered twice, or something is told of a member who is not registered.
    pub fn take(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Registered(member) => {
                let id = member.id.clone();
                if self.members.insert(id.clone(), member).is_some() {
                    return Err(Violation::new(format!("{id} is registered twice")));
                }
            }
            Event::Changed(member) => {
                self.must_know(&member.id)?;
                self.members.insert(member.id.clone(), member);
            }
            Event::Removed(member) => {
                self.must_know(&member)?;
                self.members.remove(&member);
                self.connections.remove(&member);
                self.removals += 1;
            }
            Event::Restarted { peer } => {
                self.must_know(&peer)?;
                self.restarts += 1;
            }
            Event::Connection { peer, state } => {
                self.must_know(&peer)?;
                self.connections.insert(peer, state);
            }
        }
        Ok(())
    }

    /// Starts anew, as after a hang-up: nobody is shown.
    pub fn clear(&mut self) {
        self.members.clear();
        self.connections.clear();
    }

    fn must_know(&self, member: &MemberId) -> Result<(), Violation> {
        if self.members.contains_key(member) {
            return Ok(());
        }
        Err(Violation::new(format!(
            "something is told of {member}, who is not registered"
        )))
    }
}
