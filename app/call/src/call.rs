//! The call.

use crate::{Input, Output};
use std::time::Duration;

/// One participant's call: who is there, and how the connection to each of them is.
#[derive(Debug, Default)]
pub struct Call {}

impl Call {
    /// Makes a call in which nobody is yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what happened. `now` is time since any fixed point, and never runs backwards.
    pub fn handle_input(&mut self, _now: Duration, _input: Input) {}

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, _now: Duration) {}

    /// Says when [`Call::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        None
    }

    /// Takes the next thing to do; `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        None
    }
}
