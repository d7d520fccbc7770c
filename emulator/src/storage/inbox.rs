//! What one listener has not looked at yet.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use prost::Message;
use tokio::sync::Notify;

use super::feed::Change;
use crate::time::Micros;

/// Changes that an inbox holds at most.
pub(super) const MAX_CHANGES: usize = 512;
/// Bytes that an inbox holds at most.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that all inboxes hold together at most, once a batch of commits is in them.
pub(super) const MAX_HELD: usize = 64 * 1024 * 1024;

/// Changes that one listener has not looked at yet.
#[derive(Debug)]
pub(crate) struct Inbox {
    pending: Mutex<Pending>,
    filled: Notify,
    /// Bytes that all inboxes hold.
    held: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Pending {
    /// Changes, with their bytes.
    changes: Vec<(Arc<Change>, usize)>,
    bytes: usize,
    /// The time of the last change that did not find room, if any did not.
    overflowed: Option<Micros>,
}

/// What an inbox held.
#[derive(Debug, PartialEq)]
pub(crate) enum Held<T> {
    /// All changes up to a time, in order.
    Changes(Vec<T>),
    /// There were too many.
    TooMany,
}

impl Inbox {
    /// Makes an inbox that counts its bytes among those of all.
    pub(super) fn new(held: Arc<AtomicUsize>) -> Self {
        Self {
            pending: Mutex::default(),
            filled: Notify::new(),
            held,
        }
    }

    /// Waits until there may be something in it.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Takes what happened up to a time; what happened later stays.
    pub(crate) fn take(&self, until: Micros) -> Held<Arc<Change>> {
        let mut pending = self.lock();
        if let Some(last) = pending.overflowed {
            // What came later than `until` was forgotten as well, and must be read next time.
            pending.overflowed = (last > until).then_some(last);
            return Held::TooMany;
        }
        let count = pending
            .changes
            .partition_point(|(change, _)| change.time <= until);
        let (taken, bytes): (Vec<_>, Vec<usize>) = pending.changes.drain(..count).unzip();
        let bytes = bytes.into_iter().sum();
        pending.bytes -= bytes;
        self.held.fetch_sub(bytes, Ordering::AcqRel);
        Held::Changes(taken)
    }

    /// Adds a change that takes so many bytes.
    pub(super) fn push(&self, change: &Arc<Change>, weight: usize) {
        let mut pending = self.lock();
        if pending.overflowed.is_some() {
            pending.overflowed = Some(change.time);
            return;
        }
        // Several topics of one listener may be those of one change.
        if pending
            .changes
            .last()
            .is_some_and(|(last, _)| Arc::ptr_eq(last, change))
        {
            return;
        }
        pending.bytes += weight;
        self.held.fetch_add(weight, Ordering::AcqRel);
        pending.changes.push((Arc::clone(change), weight));
        if pending.changes.len() > MAX_CHANGES || pending.bytes > MAX_BYTES {
            self.forget(&mut pending, change.time);
        }
    }

    /// Forgets all changes: more happened, up to a time, than can be listed.
    pub(super) fn overflow(&self, time: Micros) {
        self.forget(&mut self.lock(), time);
    }

    /// Forgets all changes if they take more than so many bytes.
    pub(super) fn overflow_if_above(&self, bytes: usize) {
        let mut pending = self.lock();
        let last = pending.changes.last().map(|(last, _)| last.time);
        if let Some(last) = last.filter(|_| pending.bytes > bytes) {
            self.forget(&mut pending, last);
        }
    }

    /// Wakes the owner.
    pub(super) fn wake(&self) {
        self.filled.notify_one();
    }

    fn forget(&self, pending: &mut Pending, time: Micros) {
        self.held.fetch_sub(pending.bytes, Ordering::AcqRel);
        *pending = Pending {
            overflowed: Some(time),
            ..Pending::default()
        };
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.held.fetch_sub(self.lock().bytes, Ordering::AcqRel);
    }
}

/// Estimates the bytes that a change takes while it is held.
pub(super) fn weight(change: &Change) -> usize {
    /// How much larger a document is in memory than its bytes.
    const DECODED: usize = 3;
    let before = change.before.as_ref().map_or(0, Message::encoded_len);
    let after = change.after.as_ref().map_or(0, |(_, row)| row.len());
    change.key.len() + DECODED * (before + after)
}
