//! What is simulated: a call, or a call that is wrong on purpose.

use call::{Call, Input, Output};
use std::time::Duration;

/// A participant's core, as the driver sees it.
pub trait Core {
    /// [`Call::handle_input`].
    fn handle_input(&mut self, now: Duration, input: Input);
    /// [`Call::handle_timeout`].
    fn handle_timeout(&mut self, now: Duration);
    /// [`Call::poll_timeout`].
    fn poll_timeout(&self) -> Option<Duration>;
    /// [`Call::poll_output`].
    fn poll_output(&mut self) -> Option<Output>;
}

/// Makes the core of a page that was just loaded.
pub type MakeCore = fn() -> Box<dyn Core>;

impl Core for Call {
    fn handle_input(&mut self, now: Duration, input: Input) {
        Self::handle_input(self, now, input);
    }

    fn handle_timeout(&mut self, now: Duration) {
        Self::handle_timeout(self, now);
    }

    fn poll_timeout(&self) -> Option<Duration> {
        Self::poll_timeout(self)
    }

    fn poll_output(&mut self) -> Option<Output> {
        Self::poll_output(self)
    }
}

/// The core that is shipped.
pub fn real() -> Box<dyn Core> {
    Box::new(Call::new())
}
