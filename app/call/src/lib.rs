//! The handshake of a room as a pure state machine: inputs in, outputs out, time as an argument.
//!
//! [`Call`] is one participant's view of one room. It does no I/O: whoever drives it feeds every [`Input`] in the
//! order in which it happened, then performs every [`Output`] in the order of [`Call::poll_output`], and calls
//! [`Call::handle_timeout`] at [`Call::poll_timeout`].
//!
//! Files between two people are a machine of their own, in the same manner: [`files`].
//!
//! # Invariants
//! - No clock, no randomness, no async, no platform: the same inputs give the same outputs, always.
//! - There is at most one peer connection for each other member, named by its [`HandshakeId`](wire::HandshakeId).
//!   Inputs that name another handshake are of the past, and are dropped.
//! - Candidates wait here until the remote description is set; a platform never sees one too early.

#![warn(missing_docs)]

mod call;
mod candidates;
pub mod files;
mod handshake;
mod heard;
mod input;
mod output;
mod patience;
mod peer;

pub use call::Call;
pub use input::Input;
pub use output::{ConnectionState, Description, Event, Operation, Output, Role, Route};
