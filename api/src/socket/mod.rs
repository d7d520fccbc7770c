//! WebSockets (RFC 6455): the way in, one task for each, and what waits to be sent.
//!
//! # Invariants
//! - Nobody waits for a slow reader. What is to be sent waits in an [`Outbox`] of bounded size; who lets it run over
//!   loses the socket.
//! - A socket that is silent costs some 7 KiB and nothing else: one task, no channel, buffers of 4 KiB.
//! - [`Listener::gone`] is called once for every socket, whatever ends it.

mod outbox;
mod pump;
mod upgrade;

pub use outbox::Outbox;
pub use pump::{Listener, serve};
pub use upgrade::{Origins, Peer, Upgrade, upgrade};

/// Close codes, RFC 6455 §7.4.1 and the IANA registry.
pub mod close {
    /// A frame that is not text.
    pub const UNSUPPORTED: u16 = 1003;
    /// A text that is not UTF-8.
    pub const INVALID_TEXT: u16 = 1007;
    /// Not the WebSocket protocol.
    pub const PROTOCOL: u16 = 1002;
    /// Too much of something.
    pub const POLICY: u16 = 1008;
    /// A frame that is too large.
    pub const TOO_LARGE: u16 = 1009;
    /// The server restarts.
    pub const SERVICE_RESTART: u16 = 1012;
    /// The client does not read what it is sent.
    pub const TRY_AGAIN_LATER: u16 = 1013;
}
