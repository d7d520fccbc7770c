//! What a server permits, and what it tells every client.

use super::Tokens;
use crate::turn::Relays;
use std::time::Duration;
use wire::{IceServer, MemberId, ServerMessage, limits};

/// Everything that [`super::Rooms`] is told once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Bounds.
    pub limits: Limits,
    /// Mints and verifies resume tokens.
    pub tokens: Tokens,
    /// The ICE servers that every client is told.
    pub ice_servers: Vec<IceServer>,
    /// The relays that members are told besides.
    pub relays: Relays,
    /// The server's version, for a person to read.
    pub version: String,
    /// A room is made only by whoever shows an access token.
    pub restricted: bool,
    /// Clients whose people let them are to tell how their calls go.
    pub reports: bool,
    /// There are other servers, each of which has some of the rooms.
    pub shared: bool,
}

/// Bounds on what clients may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Members of one room, those included that are away.
    pub room_members: usize,
    /// How long a member whose socket is lost may take to come back.
    pub grace: Duration,
    /// How long a resume token is good for.
    pub token_life: Duration,
    /// Messages of any kind on one socket.
    pub messages: Rate,
    /// Chat messages on one socket.
    pub chats: Rate,
    /// Wishes of what is to be sent, on one socket.
    pub wants: Rate,
    /// Reports of how a call goes, on one socket.
    pub reports: Rate,
    /// Messages on one socket that are refused for being bad or too many; beyond it the socket is closed.
    pub patience: Rate,
    /// Passcodes for one room from one place, and vain knocks.
    pub guesses: Rate,
    /// Joins from one place, into whatever rooms.
    pub joins: Rate,
    /// People of one place who wait before one room.
    pub waiting: usize,
}

/// A bucket of `burst` tokens into which one more falls every `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many may come at once.
    pub burst: u32,
    /// How long it takes until one more may come.
    pub every: Duration,
}

impl Rate {
    /// As many as one likes.
    pub const UNLIMITED: Self = Self {
        burst: u32::MAX,
        every: Duration::ZERO,
    };
}

impl Settings {
    /// Makes settings with the default limits, no ICE servers, and a key for the tokens.
    pub fn new(key: &[u8]) -> Self {
        let limits = Limits::default();
        Self {
            relays: Relays::derived(key, limits.token_life),
            limits,
            tokens: Tokens::new(key),
            ice_servers: Vec::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            restricted: false,
            reports: false,
            shared: false,
        }
    }

    pub(super) fn hello(&self) -> ServerMessage {
        self.hello_with(self.ice_servers.clone())
    }

    /// What a member is told before it is told that it is in: the relays, with credentials of its own.
    pub(super) fn hello_to(&self, member: &MemberId, now: Duration) -> Option<ServerMessage> {
        if self.relays.are_none() {
            return None;
        }
        let mut ice_servers = self.ice_servers.clone();
        ice_servers.push(self.relays.mint(member, now));
        Some(self.hello_with(ice_servers))
    }

    fn hello_with(&self, ice_servers: Vec<IceServer>) -> ServerMessage {
        ServerMessage::Hello {
            ice_servers,
            version: self.version.clone(),
            reports: self.reports,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            room_members: limits::ROOM_MEMBERS,
            grace: Duration::from_secs(limits::GRACE_SECONDS),
            token_life: Duration::from_secs(24 * 60 * 60),
            // A newcomer to a full room sends an offer and some twenty candidates to each of fifteen others at once.
            messages: Rate {
                burst: 1_000,
                every: Duration::from_millis(10),
            },
            chats: Rate {
                burst: 150,
                every: Duration::from_millis(100),
            },
            // A window that is drawn to another size is one wish to each of fifteen others, twice a second at most.
            wants: Rate {
                burst: 120,
                every: Duration::from_millis(25),
            },
            // One comes every minute, and one at the end.
            reports: Rate {
                burst: 3,
                every: Duration::from_secs(10),
            },
            patience: Rate {
                burst: 20,
                every: Duration::from_secs(3),
            },
            // A passcode of four digits lasts for a day and a half on average.
            guesses: Rate {
                burst: 5,
                every: Duration::from_secs(20),
            },
            // A house full of people behind one address, all of whom come back at once.
            joins: Rate {
                burst: 300,
                every: Duration::from_millis(200),
            },
            waiting: 8,
        }
    }
}
