//! What carries packets between servers. Each server has a subject of its own; what is sent there may be lost, doubled or late,
//! which [`crate::cluster`] mends.
//!
//! # Invariants
//! - To send never waits for another server. Without a connection, what is to be sent is lost.
//! - A server that is alone has no bus at all.

mod memory;
mod nats;

pub use memory::Memory;
pub use nats::{BadBus, Nats};

use crate::rooms::ServerId;
use bytes::Bytes;
use tokio::sync::{mpsc, watch};

/// What carries packets between servers. Clones are the same.
#[derive(Debug, Clone, Default)]
pub enum Bus {
    /// There is one server only.
    #[default]
    Alone,
    /// All servers are in this process.
    Memory(Memory),
    /// [NATS](https://nats.io), one node or several.
    Nats(Nats),
}

/// What comes for one server. At most so many packets wait; the rest is lost, and comes again.
pub type Inbox = mpsc::Receiver<Bytes>;

/// How many packets may wait for a server to take them.
const INBOX: usize = 4_096;

impl Bus {
    /// Says whether there may be other servers.
    pub fn is_shared(&self) -> bool {
        !matches!(self, Self::Alone)
    }

    /// Sends a packet.
    pub async fn send(&self, to: &ServerId, packet: Bytes) {
        match self {
            Self::Alone => {}
            Self::Memory(memory) => memory.send(to, packet),
            Self::Nats(nats) => nats.send(to, packet).await,
        }
    }

    /// Takes in what comes for a server from now on. `None` if that cannot be, for now.
    pub async fn listen(&self, me: &ServerId) -> Option<Inbox> {
        match self {
            Self::Alone => None,
            Self::Memory(memory) => Some(memory.listen(me)),
            Self::Nats(nats) => nats.listen(me).await,
        }
    }

    /// Tells whether it carries, and when that changes.
    pub fn carries(&self) -> watch::Receiver<bool> {
        match self {
            Self::Alone => watch::Sender::new(true).subscribe(),
            Self::Memory(memory) => memory.carries(),
            Self::Nats(nats) => nats.carries(),
        }
    }
}
