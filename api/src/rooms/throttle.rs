//! A token bucket in one number: the generic cell rate algorithm (ITU-T I.371).

use super::Rate;
use std::time::Duration;

/// How much of a [`Rate`] is used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Throttle {
    /// When the bucket will be full again. Everything up to `burst` intervals ahead of now is permitted.
    full_at: Duration,
}

impl Throttle {
    /// Takes one token. Returns `false`, and takes none, when there is none.
    pub fn take(&mut self, now: Duration, rate: Rate) -> bool {
        let next = self.full_at.max(now) + rate.every;
        if next > now + rate.every * rate.burst {
            return false;
        }
        self.full_at = next;
        true
    }

    /// Tells whether the bucket is full.
    pub fn is_unused(&self, now: Duration) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        every: Duration::from_secs(1),
    };

    #[test]
    fn a_burst_passes_and_no_more_than_that() {
        let mut throttle = Throttle::default();
        let now = Duration::from_secs(100);
        let passed = (0..10).filter(|_| throttle.take(now, RATE)).count();
        assert_eq!(passed, 3);
    }

    #[test]
    fn one_more_passes_per_interval_whatever_was_refused_in_between() {
        let mut throttle = Throttle::default();
        let passed = (0..100)
            .filter(|tenth| throttle.take(Duration::from_millis(100 * tenth), RATE))
            .count();
        assert_eq!(passed, 3 + 9);
    }

    #[test]
    fn rest_fills_the_bucket_to_its_brim_and_not_above() {
        let mut throttle = Throttle::default();
        while throttle.take(Duration::ZERO, RATE) {}
        let later = Duration::from_secs(1_000);
        assert_eq!((0..10).filter(|_| throttle.take(later, RATE)).count(), 3);
    }
}
