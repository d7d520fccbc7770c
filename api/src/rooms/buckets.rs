//! Token buckets by key, as many as memory is given to.

use super::{Rate, Throttle};
use std::{collections::BTreeMap, time::Duration};

/// How often those are looked for that may be forgotten, when there is no room left.
const SWEEP: Duration = Duration::from_secs(1);

/// What is left to each of many. Full buckets are forgotten when room is needed.
#[derive(Debug)]
pub struct Buckets<K> {
    used: BTreeMap<K, Throttle>,
    most: usize,
    swept_at: Option<Duration>,
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// There was a token.
    Yes,
    /// There was none.
    No,
    /// Nothing can be said: as many are remembered as may be, and this one is not among them.
    Unknown,
}

impl<K: Ord> Buckets<K> {
    /// Makes buckets of which so many are remembered at once.
    pub fn new(most: usize) -> Self {
        Self {
            used: BTreeMap::new(),
            most,
            swept_at: None,
        }
    }

    /// Takes a token out of a bucket.
    pub fn take(&mut self, now: Duration, key: K, rate: Rate) -> Taken {
        if self.used.len() >= self.most && !self.used.contains_key(&key) {
            self.sweep(now);
            if self.used.len() >= self.most {
                return Taken::Unknown;
            }
        }
        if self.used.entry(key).or_default().take(now, rate) {
            Taken::Yes
        } else {
            Taken::No
        }
    }

    /// Tells whether none is left, and takes none.
    pub fn is_spent(&self, now: Duration, key: &K, rate: Rate) -> bool {
        let used = self.used.get(key).copied();
        used.is_some_and(|mut used| !used.take(now, rate))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.used.len()
    }

    /// Forgets the full buckets. Not at every call: whoever fills the map must not buy a walk through it with each try.
    fn sweep(&mut self, now: Duration) {
        if self.swept_at.is_some_and(|at| now < at + SWEEP) {
            return;
        }
        self.swept_at = Some(now);
        self.used.retain(|_, used| !used.is_unused(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 1,
        every: Duration::from_secs(10),
    };

    #[test]
    fn who_is_remembered_is_counted_even_when_there_is_no_room_for_others() {
        let (mut buckets, now) = (Buckets::new(2), Duration::from_secs(100));
        assert_eq!(buckets.take(now, 1, RATE), Taken::Yes);
        assert_eq!(buckets.take(now, 2, RATE), Taken::Yes);
        assert_eq!(buckets.take(now, 1, RATE), Taken::No);
        assert_eq!(buckets.take(now, 3, RATE), Taken::Unknown);
        assert!(buckets.is_spent(now, &2, RATE) && !buckets.is_spent(now, &3, RATE));
    }

    #[test]
    fn full_buckets_make_room_but_are_not_looked_for_at_every_try() {
        let (mut buckets, now) = (Buckets::new(1), Duration::from_secs(100));
        buckets.take(now, 1, RATE);
        assert_eq!(buckets.take(now, 2, RATE), Taken::Unknown);
        let later = now + RATE.every;
        assert_eq!(buckets.take(later, 2, RATE), Taken::Yes);
        assert_eq!(buckets.len(), 1);
    }
}
