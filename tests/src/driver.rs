//! The world of the real driver and the real server: everything between a [`session::Command`] and a [`session::View`]
//! is what runs in production, but for the browser and the network card.
//!
//! ```text
//!   Person ─▶ Handle ─▶ driver ─▶ Device ══duplex══▶ hyper ─▶ warp ─▶ Hub ─▶ Store ─▶ emulator
//!                                   └▶ Connection ◀──Air──▶ Connection
//! ```
//!
//! # Invariants
//! - Nothing here decides anything about the protocol: a [`Device`] does what a browser does, and refuses what it refuses.
//! - Waits are for views, with a deadline.

mod air;
mod connection;
mod device;
mod media;
mod person;
mod server;
mod socket;

pub use air::Air;
pub use device::{Device, Trait};
pub use person::{Person, World, eventually};
pub use server::Server;
