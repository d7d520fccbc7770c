//! Notices that the person speaks while it is muted.

use crate::platform::{Meter, Platform};
use std::time::Duration;

/// From this level on (root mean square, 0 to 1) somebody speaks to the microphone and not far from it.
const VOICE: f32 = 0.03;
/// How many readings in a row it takes: a cough is shorter.
const READINGS: u32 = 3;
/// How long the hint stays after the last word.
const HOLD: Duration = Duration::from_secs(3);

/// Listens to a microphone that is muted, and to no other.
pub(super) struct Unheard<P: Platform> {
    meter: Option<P::Meter>,
    loud: u32,
    until: Option<Duration>,
}

impl<P: Platform> Unheard<P> {
    pub fn new() -> Self {
        Self {
            meter: None,
            loud: 0,
            until: None,
        }
    }

    /// Follows the microphone's track while it is open and muted; `None` else.
    pub fn follow(&mut self, platform: &P, muted: Option<&P::Track>) {
        match muted {
            Some(track) if self.meter.is_none() => self.meter = platform.meter(track),
            Some(_) => {}
            None => *self = Self::new(),
        }
    }

    /// Takes a reading.
    pub fn read(&mut self, now: Duration) {
        let loud = self.meter.as_ref().is_some_and(|meter| meter.level() >= VOICE);
        self.loud = if loud { self.loud + 1 } else { 0 };
        if self.loud >= READINGS {
            self.until = Some(now + HOLD);
        }
        self.until = self.until.filter(|until| now < *until);
    }

    /// Whether the person speaks and nobody hears it.
    pub fn is_speaking(&self) -> bool {
        self.until.is_some()
    }
}
