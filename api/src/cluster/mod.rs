//! Several servers as one: each room is decided by one of them, and the others pass on what is said.
//!
//! ```text
//!   client ══ws══▶ server B ──link──▶ server A, which has the room and runs `Rooms` for it
//!   client ══ws══▶ server A ──────────────┘
//! ```
//!
//! The server that a client's socket is on is the client's *edge*; the one that has the room is its *owner*. Who owns a room
//! is in the store, and changes by one conditional write (`store/owners.rs`). A server that is not heard of any more, neither
//! over the bus nor in the store, is given up: its own record is deleted, which it notices, and its rooms are anybody's.
//!
//! Pure: [`Node`] is the whole of one server but for its sockets, its store and its bus. The simulation runs several.
//!
//! # Invariants
//! - `Rooms` decides. A [`Node`] only carries what is said to the `Rooms` that has the room, and back.
//! - A client hears things in the order in which its room's owner said them, and each of them once: what the bus loses, doubles
//!   or overtakes is mended by a [`Link`].
//! - What cannot be mended is told: the client's socket is closed, and it comes back with its token.
//! - As long as a server is cut off from the bus it gives nobody up. It cannot know who is gone.

mod edge;
mod frame;
mod link;
mod node;
mod owner;

#[cfg(test)]
mod tests;

pub use frame::Frame;
pub use link::{Link, Packet, Session, Taken};
pub use node::{Node, Output};

use std::time::Duration;

/// How long a server may be silent on the bus before the others do without it.
pub const SILENCE: Duration = Duration::from_secs(3);
/// How long the first word of a server may take that something was said to: it is there at once, or not at all. For as long it is
/// not asked again.
pub const UNHEARD: Duration = Duration::from_secs(1);
/// How often one says that it lives where it has nothing else to say.
pub const ALIVE: Duration = Duration::from_secs(1);
/// How long whoever was cut off waits for the others, which may have been cut off as well.
pub const SETTLE: Duration = Duration::from_secs(5);
