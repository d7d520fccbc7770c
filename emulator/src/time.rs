//! Commit times: microseconds since the epoch, strictly rising.

use std::time::{SystemTime, UNIX_EPOCH};

use prost_types::Timestamp;

/// Microseconds since the epoch, as Firestore keeps its times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub i64);

impl Micros {
    /// Reads the system's clock.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    /// Returns the time of a commit that comes after this one: the present, or a microsecond later than this.
    pub(crate) fn next(self) -> Self {
        Self::now().max(Self(self.0 + 1))
    }

    /// Cuts the time to milliseconds, the precision of server timestamps.
    pub(crate) fn to_millis(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1_000))
    }
}

impl From<Micros> for Timestamp {
    fn from(Micros(micros): Micros) -> Self {
        let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
        Self {
            seconds: micros.div_euclid(1_000_000),
            nanos,
        }
    }
}

impl From<&Timestamp> for Micros {
    fn from(time: &Timestamp) -> Self {
        Self(
            time.seconds
                .saturating_mul(1_000_000)
                .saturating_add(i64::from(time.nanos / 1_000)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_is_later_even_when_the_clock_stands_still_or_goes_back() {
        let future = Micros(Micros::now().0 + 1_000_000_000);
        assert_eq!(future.next(), Micros(future.0 + 1));
        assert!(Micros(0).next() > Micros(1));
    }

    #[test]
    fn times_before_the_epoch_survive_the_way_to_a_timestamp() {
        for micros in [-1, 0, 1, -1_000_001, 1_700_000_000_123_456] {
            assert_eq!(Micros::from(&Timestamp::from(Micros(micros))), Micros(micros));
        }
    }
}
