//! When sound was said, as its timestamps tell it: packets come when they like.

use std::time::{Duration, Instant};

/// Sound that seems to be this far from the time at which it came is of another clock, or of one that runs apart.
const STRAY: Duration = Duration::from_millis(400);

/// Puts the timestamps of one stream of sound (48 kHz) on this computer's clock.
#[derive(Debug, Default)]
pub struct Clock(Option<(Instant, u32)>);

impl Clock {
    /// Tells when a packet that came now was said, but for a constant.
    pub fn at(&mut self, timestamp: u32, now: Instant) -> Instant {
        let (base, first) = *self.0.get_or_insert((now, timestamp));
        let ticks = timestamp.wrapping_sub(first).cast_signed();
        let apart = Duration::from_micros(u64::from(ticks.unsigned_abs()) * 1000 / 48);
        let at = if ticks < 0 {
            base.checked_sub(apart)
        } else {
            base.checked_add(apart)
        };
        let is_near = |at: &Instant| {
            now.saturating_duration_since(*at) < STRAY && at.saturating_duration_since(now) < STRAY
        };
        at.filter(is_near).unwrap_or_else(|| {
            self.0 = Some((now, timestamp));
            now
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_that_come_when_they_like_stand_at_a_steady_pace() {
        let (mut clock, began) = (Clock::default(), Instant::now());
        let after = |milliseconds| began + Duration::from_millis(milliseconds);
        let base = u32::MAX - 500;
        assert_eq!(clock.at(base, after(0)), after(0));
        assert_eq!(clock.at(base.wrapping_add(1920), after(90)), after(40));
        assert_eq!(clock.at(base.wrapping_add(960), after(91)), after(20));
        assert_eq!(
            clock.at(base.wrapping_sub(960), began),
            began - Duration::from_millis(20)
        );
    }

    #[test]
    fn a_clock_that_leaps_is_another() {
        let (mut clock, began) = (Clock::default(), Instant::now());
        clock.at(0, began);
        let later = began + Duration::from_secs(1);
        assert_eq!(clock.at(2_000_000_000, later), later);
        assert_eq!(clock.at(2_000_000_960, later), later + Duration::from_millis(20));
    }
}
