//! Scenarios as data, and the worlds that run them.
//!
//! # Invariants
//! - A [`Scenario`](scenario::Scenario) knows no world; a world adds no step of its own.
//! - [`sim`] is deterministic: one seed is one schedule, on every machine. No clock, no threads within a schedule, no
//!   collection whose order varies.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a world that is wrong about itself must stop the test"
)]

pub mod driver;
pub mod scenario;
pub mod sim;
