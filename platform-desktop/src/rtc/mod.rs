//! `RTCPeerConnection`, by webrtc-rs.
//!
//! ```text
//!   session's thread   │ Tokio
//!   Connection ──Order─┼─▶ actor ──▶ webrtc ──▶ network
//!        ▲             │     ├─ sending, one for each slot: Hub ──▶ RTP
//!        └──Happened───┼─────┴─ receiving, one for each track: RTP ──▶ Hub or Voice
//! ```
//!
//! # Invariants
//! - Nothing here decides anything about the protocol: orders are the operations of the W3C interface.
//! - A slot has one sender and one RTP stream for as long as the connection lives. What another track changes is only
//!   from where its frames come: there is nothing that the other side would have to be told.

mod actor;
mod channel;
mod clock;
mod connection;
mod control;
mod counts;
mod engine;
mod estimate;
mod frames;
mod incoming;
mod lips;
mod packets;
mod receiving;
mod sending;

pub use connection::Connection;
pub use lips::{Captured, Lag};
