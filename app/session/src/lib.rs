//! Platform traits in W3C terms, and the driver that performs what [`call`] decides.
//!
//! ```text
//!   components ──Command──▶ ┌────────┐ ──Output──▶ Platform, PeerConnection, Socket
//!   components ◀──View───── │ driver │ ◀──Input─── their events
//!                           └────────┘
//!                              call
//! ```
//!
//! # Invariants
//! - The driver glues; it decides nothing about the protocol. What to send and when is [`call`]'s business.
//! - Nothing here knows which platform it runs on: no `cfg`, no web-sys, no webrtc.
//! - Futures are `!Send` on both platforms: traits are plain `async fn` with static dispatch.
//! - Components see [`View`]s and send [`Command`]s through a [`Handle`], and hold nothing else of a session.

#![warn(missing_docs)]

pub mod command;
mod config;
mod driver;
mod handle;
mod ledger;
pub mod load;
pub mod platform;
pub mod quality;
mod rehearsal;
pub mod view;
mod watch;

pub use command::{Command, FileCommand};
pub use config::Config;
pub use driver::ACCESS;
pub use handle::{Handle, session};
pub use platform::Platform;
pub use rehearsal::rehearse;
pub use view::View;
