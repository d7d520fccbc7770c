//! The server: signaling, rooms, posts and the web app.
//!
//! # Invariants
//! - [`rooms`] decides everything about rooms and does no I/O; [`signaling`] does the I/O and decides nothing.
//! - [`store`] is the only module that names Firestore's crates, [`config`] the only one that reads the environment.
//! - What a client sends is checked by the types of [`wire`], at the edge and once.

pub mod access;
mod answer;
pub mod bus;
mod clock;
pub mod cluster;
pub mod config;
mod embedded;
pub mod guards;
mod passcode;
pub mod prod;
mod random;
pub mod rest;
pub mod rooms;
pub mod server;
pub mod signaling;
mod socket;
pub mod status;
pub mod store;
mod telemetry;
pub mod tls;
pub mod turn;
pub mod web;

pub use server::{App, Server, functions_routes, routes};
pub use socket::Origins;
