//! The servers of a world: the real rooms, several real servers, or a model of two.

use super::cluster::{Cluster, Place, Told};
use super::rng::Rng;
use super::twin::{Hearsay, Twin};
use crate::scenario;
use api::rooms::{Input, Output, Rooms, Settings, SocketId};
use std::time::Duration;
use wire::{ClientMessage, MemberId};

/// Whatever orders the joins.
#[derive(Debug)]
pub enum Servers {
    /// The server that is shipped.
    One(Box<Rooms>),
    /// Two which hear of each other.
    Two(Box<Twin>),
    /// Several that are shipped.
    Many(Box<Cluster>),
}

impl Servers {
    /// Starts them with nothing in memory. The key of the tokens is always the same, as it is on disk.
    pub fn start(which: scenario::Servers, starts: u32) -> Self {
        match which {
            scenario::Servers::One => {
                Self::One(Box::new(Rooms::new(Settings::new(b"the same at every start"))))
            }
            scenario::Servers::Two => Self::Two(Box::default()),
            scenario::Servers::Three => Self::Many(Box::new(Cluster::start(3, starts))),
        }
    }

    /// Picks a server for a person's socket.
    pub fn pick(&self, who: usize, rng: &mut Rng) -> Option<usize> {
        match self {
            Self::One(_) => Some(0),
            Self::Two(_) => Some(who % 2),
            Self::Many(cluster) => cluster.pick(rng),
        }
    }

    /// Tells whether a server is there.
    pub fn is_up(&self, server: usize) -> bool {
        match self {
            Self::One(_) | Self::Two(_) => true,
            Self::Many(cluster) => cluster.is_up(server),
        }
    }

    /// A person's socket is open at a server.
    pub fn connected(&mut self, now: Duration, server: usize, socket: SocketId) {
        match self {
            Self::One(rooms) => {
                let address = None;
                rooms.handle_input(now, Input::Connected { socket, address });
            }
            Self::Two(twin) => twin.connected(server, socket),
            Self::Many(cluster) => cluster.connected(now, server, socket),
        }
    }

    /// A client says something.
    pub fn message(&mut self, now: Duration, socket: SocketId, message: ClientMessage, fresh: MemberId) {
        match self {
            Self::One(rooms) => rooms.handle_input(
                now,
                Input::Message {
                    socket,
                    message,
                    fresh,
                },
            ),
            Self::Two(twin) => twin.message(socket, message, fresh),
            Self::Many(cluster) => cluster.message(now, socket, message, fresh),
        }
    }

    /// A socket is gone.
    pub fn disconnected(&mut self, now: Duration, socket: SocketId) {
        match self {
            Self::One(rooms) => rooms.handle_input(now, Input::Disconnected { socket }),
            Self::Two(twin) => twin.disconnected(now, socket),
            Self::Many(cluster) => cluster.disconnected(now, socket),
        }
    }

    /// The store answers.
    pub fn stored(&mut self, now: Duration, place: Place, answer: Input) {
        match self {
            Self::One(rooms) => rooms.handle_input(now, answer),
            Self::Two(_) => {}
            Self::Many(cluster) => cluster.stored(now, place, answer),
        }
    }

    /// One server hears from the other.
    pub fn hear(&mut self, at: usize, hearsay: Hearsay) {
        if let Self::Two(twin) = self {
            twin.hear(at, hearsay);
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        match self {
            Self::One(rooms) => rooms.handle_timeout(now),
            Self::Two(twin) => twin.handle_timeout(now),
            Self::Many(cluster) => cluster.handle_timeout(now),
        }
    }

    /// Returns when something is due.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match self {
            Self::One(rooms) => rooms.poll_timeout(),
            Self::Two(twin) => twin.poll_timeout(),
            Self::Many(cluster) => cluster.poll_timeout(),
        }
    }

    /// Takes the next thing to do.
    pub fn poll_output(&mut self) -> Option<Told> {
        let first = Place { server: 0, life: 0 };
        let only = |output: Option<Output>| output.map(|output| Told::Do(first, output));
        match self {
            Self::One(rooms) => only(rooms.poll_output()),
            Self::Two(twin) => only(twin.poll_output()),
            Self::Many(cluster) => cluster.poll_output(),
        }
    }

    /// Takes the next thing that one server tells the other.
    pub fn poll_hearsay(&mut self) -> Option<(usize, Hearsay)> {
        match self {
            Self::One(_) | Self::Many(_) => None,
            Self::Two(twin) => twin.poll_hearsay(),
        }
    }

    /// Tells whether what is said in the chat is stored and comes back.
    pub fn store_chat(&self) -> bool {
        !matches!(self, Self::Two(_))
    }
}
