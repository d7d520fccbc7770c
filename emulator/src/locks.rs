//! Locks of pessimistic transactions: what one has read, nobody else changes before it ends.
//!
//! They decide who waits and who begins again, and nothing else: whether a commit may happen is verified when it does (see
//! `transaction`), so that a lock that came too late costs a try and never an update. A commit that finds locks of others
//! waits for them, for [`PATIENCE`] at most. It is ABORTED at once where those that it waits for wait for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::error::{Error, Result};

/// How long a commit waits for locks of others, as in Google's emulator.
const PATIENCE: Duration = Duration::from_secs(2);

/// A transaction's id.
type Id = Vec<u8>;

/// The locks that are held.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    held: Mutex<Held>,
    released: Notify,
}

#[derive(Debug, Default)]
struct Held {
    /// Who has read a document, by its key.
    readers: BTreeMap<Vec<u8>, BTreeSet<Id>>,
    /// What each transaction has read.
    keys: BTreeMap<Id, BTreeSet<Vec<u8>>>,
    /// Transactions whose commits wait, and for whom.
    waiting: BTreeMap<Id, BTreeSet<Id>>,
}

/// A transaction that ends with this: its locks are released.
#[derive(Debug)]
pub(crate) struct Ending<'a> {
    locks: &'a Locks,
    id: &'a [u8],
}

impl Locks {
    /// Lets a transaction hold a document that it reads.
    pub(crate) fn read(&self, id: &[u8], key: &[u8]) {
        let mut held = self.lock();
        held.readers.entry(key.to_vec()).or_default().insert(id.to_vec());
        held.keys.entry(id.to_vec()).or_default().insert(key.to_vec());
    }

    /// Waits until nobody but `id`, which is empty for a commit without a transaction, holds what is to be written.
    ///
    /// # Errors
    /// ABORTED if that takes too long, or would take for ever.
    pub(crate) async fn wait(&self, id: &[u8], keys: &[Vec<u8>]) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let _no_longer_waiting = StopsWaiting { locks: self, id };
        loop {
            // From before the look on, so that no release is missed.
            let mut released = std::pin::pin!(self.released.notified());
            released.as_mut().enable();
            {
                let mut held = self.lock();
                let others = held.others(id, keys);
                if others.is_empty() {
                    return Ok(());
                }
                if !id.is_empty() {
                    if held.wait_for(&others, id) {
                        return Err(Error::Aborted(
                            "Aborted due to cross-transaction contention: each waits for the other. Please retry."
                                .to_owned(),
                        ));
                    }
                    held.waiting.insert(id.to_vec(), others);
                }
            }
            if tokio::time::timeout_at(deadline, released).await.is_err() {
                return Err(Error::Aborted("Transaction lock timeout.".to_owned()));
            }
        }
    }

    /// Releases what a transaction holds when the answer is dropped.
    pub(crate) fn ending<'a>(&'a self, id: &'a [u8]) -> Ending<'a> {
        Ending { locks: self, id }
    }

    /// Releases what a transaction holds.
    pub(crate) fn release(&self, id: &[u8]) {
        let mut held = self.lock();
        let Some(keys) = held.keys.remove(id) else { return };
        for key in keys {
            if let Some(readers) = held.readers.get_mut(&key) {
                readers.remove(id);
                if readers.is_empty() {
                    held.readers.remove(&key);
                }
            }
        }
        drop(held);
        self.released.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Lists those that hold one of the documents, but for one.
    fn others(&self, id: &[u8], keys: &[Vec<u8>]) -> BTreeSet<Id> {
        if self.readers.is_empty() {
            return BTreeSet::new();
        }
        let readers = keys.iter().filter_map(|key| self.readers.get(key)).flatten();
        readers.filter(|reader| *reader != id).cloned().collect()
    }

    /// Tells whether one of those waits for `id`, be it by way of others.
    fn wait_for(&self, those: &BTreeSet<Id>, id: &[u8]) -> bool {
        let mut next: Vec<&Id> = those.iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(one) = next.pop() {
            if one == id {
                return true;
            }
            if seen.insert(one) {
                next.extend(self.waiting.get(one).into_iter().flatten());
            }
        }
        false
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.locks.release(self.id);
    }
}

struct StopsWaiting<'a> {
    locks: &'a Locks,
    id: &'a [u8],
}

impl Drop for StopsWaiting<'_> {
    fn drop(&mut self) {
        self.locks.lock().waiting.remove(self.id);
    }
}
