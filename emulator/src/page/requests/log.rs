//! The last requests, in a ring.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::time::Micros;

/// Requests that are remembered.
const CAPACITY: usize = 500;
/// Letters of a target that are remembered.
const MAX_TARGET: usize = 300;

/// By which protocol a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Grpc,
    Rest,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) began: Micros,
    pub(super) kind: Kind,
    pub(super) method: String,
    /// The resource that it is about.
    pub(super) target: String,
    /// What became of it; nothing while it is under way.
    pub(super) status: Option<String>,
    pub(super) took: Option<Duration>,
}

/// The log.
#[derive(Debug)]
pub(crate) struct Log {
    ring: Mutex<Ring>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Entry>,
    next: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            ring: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

impl Log {
    /// Notes that a request came. It counts as open until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>, kind: Kind, method: String, target: &str) -> Pending {
        let mut ring = self.lock();
        let id = ring.next;
        ring.next += 1;
        if ring.entries.len() == CAPACITY {
            ring.entries.pop_front();
        }
        ring.entries.push_back(Entry {
            id,
            began: Micros::now(),
            kind,
            method,
            target: target.chars().take(MAX_TARGET).collect(),
            status: None,
            took: None,
        });
        drop(ring);
        self.tell();
        Pending {
            log: Arc::clone(self),
            id,
            began: Instant::now(),
            status: None,
        }
    }

    /// Returns the requests in the order in which they came.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.lock().entries.iter().cloned().collect()
    }

    /// Returns a number that changes with the log.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Names what a request is about, once that is known.
    pub(super) fn set_target(&self, id: u64, target: &str) {
        self.update(id, |entry| {
            entry.target = target.chars().take(MAX_TARGET).collect()
        });
    }

    /// Changes an entry, if it is still remembered.
    fn update(&self, id: u64, change: impl FnOnce(&mut Entry)) {
        let mut ring = self.lock();
        let first = ring.entries.front().map_or(id, |entry| entry.id);
        let at = id.checked_sub(first).and_then(|at| usize::try_from(at).ok());
        if let Some(entry) = at.and_then(|at| ring.entries.get_mut(at)) {
            change(entry);
        }
    }

    fn tell(&self) {
        // Nobody looks most of the time.
        if self.changed.receiver_count() > 0 {
            self.changed.send_modify(|number| *number += 1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Pending {
    log: Arc<Log>,
    pub(super) id: u64,
    began: Instant,
    /// What became of it, as far as is known.
    pub(super) status: Option<String>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        // Who goes away before the answer is complete has cancelled.
        let status = self.status.take().unwrap_or_else(|| "CANCELLED".to_owned());
        self.log.update(self.id, |entry| {
            entry.status = Some(status);
            entry.took = Some(took);
        });
        self.log.tell();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_forgets_the_oldest_and_finds_the_others() {
        let log = Arc::new(Log::default());
        let mut first = log.begin(Kind::Rest, "GET".to_owned(), "a");
        let open: Vec<Pending> = (0..CAPACITY)
            .map(|_| log.begin(Kind::Grpc, "Get".to_owned(), "b"))
            .collect();
        // It is forgotten already.
        first.status = Some("200".to_owned());
        drop(first);
        let entries = log.entries();
        assert_eq!((entries.len(), entries[0].id), (CAPACITY, 1));
        assert!(entries.iter().all(|entry| entry.status.is_none()));
        drop(open);
        assert!(
            log.entries()
                .iter()
                .all(|entry| entry.status.as_deref() == Some("CANCELLED") && entry.took.is_some())
        );
    }
}
