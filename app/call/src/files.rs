//! Files from one person to another, over the data channel of their connection.
//!
//! A file is offered, and comes only if the other takes it. What goes over the channel is in [`Message`]; a [`Desk`] keeps
//! all transfers of one participant and says what is to be done. Like [`crate::Call`] it does no I/O.
//!
//! # Invariants
//! - Nothing is kept or written that was not taken by the person, and never more than was offered.
//! - The receiver says how far the sender may go ([`Message::Accept`]), so that a slow disk fills no memory. A sender that goes
//!   further is a liar, and its file is dropped.
//! - A file is there only if its SHA-256 is the one that the sender's page found.
//! - A name that comes from outside names nothing on this device: it is cleaned, shown, and proposed when the person saves.

mod desk;
mod incoming;
mod input;
mod message;
mod name;
mod outgoing;

pub use desk::Desk;
pub use input::{Input, Output};
pub use message::Message;
pub use name::clean;

/// The connection that a transfer goes over, by the driver's number. Another connection to the same person is another line.
pub type Line = u64;

/// Names a transfer on this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u64);

/// The most of one message's bytes that are the file's. With the head it stays below 64 KiB, which every WebRTC takes.
pub const FRAME: usize = 60 * 1024;
/// What is read of a file at once, in bytes.
pub const READ: u64 = 4 * FRAME as u64;
/// How far a sender may be ahead of the receiver's disk, in bytes.
pub const WINDOW: u64 = 4 * 1024 * 1024;
/// What may wait in a channel, in bytes. Beyond that nothing is read until it is down to [`LOW`].
pub const HIGH: u64 = 1024 * 1024;
/// See [`HIGH`].
pub const LOW: u64 = 256 * 1024;
/// How many offers of one line may be open. Further ones are declined unseen.
pub const OFFERS: usize = 16;
/// How many transfers are kept to be shown. The oldest that are over give way.
pub const SHOWN: usize = 64;

/// A transfer, as it is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Names it.
    pub key: Key,
    /// The connection that it goes over.
    pub line: Line,
    /// The file's name, cleaned.
    pub name: String,
    /// The file's size, in bytes.
    pub size: u64,
    /// The person offers it; else it is offered to the person.
    pub mine: bool,
    /// How far it is.
    pub state: State,
}

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has taken it yet.
    Offered,
    /// It is on its way, so many percent.
    Running(u8),
    /// It is there, whole. Where the receiver finds it, if this is the receiver.
    Done(Option<String>),
    /// It was not wanted.
    Stopped {
        /// This side stopped it.
        here: bool,
        /// It had been taken.
        begun: bool,
    },
    /// It came to nothing.
    Failed(Failure),
}

/// Why a transfer came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The file is larger than [`wire::limits::FILE_BYTES`].
    TooLarge,
    /// The other's program takes no files, or the connection is not there yet.
    Unreachable,
    /// The connection is gone.
    Gone,
    /// What came is not what was offered.
    Broken,
    /// This device has no room for it, or does not let it be written.
    Storage,
    /// The file cannot be read (any more).
    Unreadable,
    /// The other says that it failed there.
    There,
}

impl State {
    /// Nothing more will come of it.
    pub fn is_over(&self) -> bool {
        match self {
            State::Offered | State::Running(_) => false,
            State::Done(_) | State::Stopped { .. } | State::Failed(_) => true,
        }
    }
}

/// How much of a whole there is, in percent.
fn percent(part: u64, whole: u64) -> u8 {
    let percent = part.saturating_mul(100).checked_div(whole).unwrap_or(100);
    u8::try_from(percent.min(100)).unwrap_or(100)
}
