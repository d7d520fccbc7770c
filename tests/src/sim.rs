//! Many calls, the real rooms, a network that a seed governs, and peer connections which only enforce the rules.
//!
//! Everything happens in virtual time on one thread, so a seed is a schedule: it can be replayed, and its trace read.
//! At the end of every schedule the links are restored, and once the world is quiet:
//! - each pair of members has exactly one connection, stable, of which both have saved the other's description;
//! - nobody holds a connection to anybody else, and everybody is shown exactly those who are there, as they are;
//! - whatever was said and acknowledged is stored once, and shown to all.
//!
//! At all times: no operation that a browser would refuse, never two connections to one member, never two offers under
//! one handshake, no candidate too early or of another attempt, nothing told of a member who is not registered.

pub mod core;
pub mod generate;
pub mod mutants;
pub mod rng;
pub mod runner;
pub mod weather;
pub mod world;

mod check;
mod client;
mod cluster;
mod driver;
mod fake;
mod faults;
mod people;
mod platform;
mod queue;
mod servers;
mod sockets;
mod store;
mod trace;
mod twin;
mod view;

use std::{fmt, ops::AddAssign, time::Duration};

/// Something that must never happen has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(String);

impl Violation {
    /// Says what.
    pub fn new(what: String) -> Self {
        Self(what)
    }

    /// Adds to whom it happened.
    #[must_use]
    pub fn of(self, who: usize) -> Self {
        Self(format!("person {who}: {}", self.0))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much there was of everything, to see that a run was not empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Things that happened.
    pub steps: usize,
    /// Messages of clients.
    pub messages: u64,
    /// Sockets that were opened.
    pub sockets: u64,
    /// Ids that were made for members.
    pub members: u64,
    /// Peer connections that were made.
    pub connections: u32,
    /// Times that ICE was restarted.
    pub restarts: u32,
    /// Chat messages that people said.
    pub said: u64,
    /// Packets that servers sent each other, and servers that were killed.
    pub packets: u64,
    pub kills: u64,
    /// Servers that were given up though they lived, and rooms of theirs that they learned of by a write that was refused.
    pub given_up: u64,
    pub lost_rooms: u64,
    /// The longest that it took, after the last thing that went wrong, until nothing happened any more.
    pub unrest: Duration,
}

impl AddAssign for Stats {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.messages += other.messages;
        self.sockets += other.sockets;
        self.members += other.members;
        self.restarts += other.restarts;
        self.connections += other.connections;
        self.said += other.said;
        self.packets += other.packets;
        self.kills += other.kills;
        self.given_up += other.given_up;
        self.lost_rooms += other.lost_rooms;
        self.unrest = self.unrest.max(other.unrest);
    }
}
