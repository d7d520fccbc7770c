//! The server's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Tells the time since 1970 and never goes back: the system's clock is read once.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    started_at: Duration,
}

impl Clock {
    /// Reads the system's clock.
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            started_at: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        }
    }

    /// Returns the time since 1970-01-01T00:00:00Z.
    pub fn now(&self) -> Duration {
        self.started_at + self.started.elapsed()
    }

    /// Waits for a time since 1970.
    pub async fn sleep_until(&self, at: Duration) {
        let at = self.started + at.saturating_sub(self.started_at);
        tokio::time::sleep_until(at).await;
    }
}
