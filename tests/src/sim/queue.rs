//! What is still to happen, in the order of virtual time.

use std::{collections::BTreeMap, time::Duration};

/// Things to come. Of two at the same time the one that was put in first comes first.
#[derive(Debug)]
pub struct Queue<T> {
    coming: BTreeMap<(Duration, u64), T>,
    put: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            coming: BTreeMap::new(),
            put: 0,
        }
    }
}

impl<T> Queue<T> {
    /// Lets something happen at a time.
    pub fn put(&mut self, at: Duration, what: T) {
        self.put += 1;
        self.coming.insert((at, self.put), what);
    }

    /// Tells whether all that is still to come is of a kind.
    pub fn all(&self, is: impl Fn(&T) -> bool) -> bool {
        self.coming.values().all(is)
    }

    /// When the next thing happens.
    pub fn next_at(&self) -> Option<Duration> {
        self.coming.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next thing, if it is due.
    pub fn take(&mut self, now: Duration) -> Option<T> {
        if self.next_at()? > now {
            return None;
        }
        self.coming.pop_first().map(|(_, what)| what)
    }
}
