//! Transactions: serializable, optimistic or pessimistic.
//!
//! A transaction remembers what it read. Its commit happens only if all of that is still the same when the writer's turn
//! comes to it; otherwise it is ABORTED and the client begins again. So no update is lost, and of two that conflict one
//! gets through.
//!
//! An optimistic one reads one snapshot, locks nothing, and nobody waits. A pessimistic one keeps others from changing what
//! it read, for a while, and each read is of the newest state, which what it locked is still part of.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    error::{Error, Result},
    locks::{Ending, Locks},
    path::DatabaseName,
    query::{Found, Query},
    storage::{Snapshot, State},
    time::Micros,
};

/// How long a transaction may be idle; Firestore's limit.
const IDLE: Duration = Duration::from_secs(60);
/// How long a transaction may take in all; Firestore's limit.
const TOTAL: Duration = Duration::from_secs(270);

/// Keys and update times of documents.
type Versions = Vec<(Vec<u8>, Micros)>;

/// Everything that a transaction read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Documents by key, with their update time if they existed.
    documents: BTreeMap<Vec<u8>, Option<Micros>>,
    /// Queries with the keys and update times that they found.
    queries: Vec<(Query, Versions)>,
}

impl Reads {
    /// Refuses the commit if anything that was read has changed.
    pub(crate) fn verify(&self, state: &impl State) -> Result<()> {
        let changed =
            || Error::Aborted("Aborted due to cross-transaction contention. Please retry.".to_owned());
        for (key, version) in &self.documents {
            if state.row(key)?.map(|row| row.version()) != *version {
                return Err(changed());
            }
        }
        for (query, found) in &self.queries {
            if versions(&query.run(state)?.found) != *found {
                return Err(changed());
            }
        }
        Ok(())
    }
}

fn versions(found: &[Found]) -> Versions {
    found
        .iter()
        .map(|found| (found.key.clone(), found.row.version()))
        .collect()
}

/// The transactions that are open.
#[derive(Debug, Default)]
pub(crate) struct Transactions {
    open: Mutex<Open>,
    locks: Locks,
}

/// What a transaction may do, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only reads.
    ReadOnly,
    /// It locks nothing.
    Optimistic,
    /// It locks what it reads.
    Pessimistic,
}

#[derive(Debug, Default)]
struct Open {
    /// What begins the ids of this process, so that those of an earlier one are not taken for ours.
    prefix: Option<u64>,
    next: u64,
    by_id: BTreeMap<Vec<u8>, Transaction>,
}

#[derive(Debug)]
struct Transaction {
    database: DatabaseName,
    snapshot: Arc<Snapshot>,
    kind: Kind,
    reads: Reads,
    began: Instant,
    used: Instant,
}

impl Transactions {
    /// Opens a transaction on a snapshot and returns its id.
    pub(crate) fn begin(
        &self,
        database: &DatabaseName,
        kind: Kind,
        snapshot: Arc<Snapshot>,
    ) -> Result<Vec<u8>> {
        let mut open = self.lock();
        let prefix = match open.prefix {
            Some(prefix) => prefix,
            None => *open
                .prefix
                .insert(getrandom::u64().map_err(|error| Error::Storage(error.to_string()))?),
        };
        open.next += 1;
        let id = [prefix.to_be_bytes(), open.next.to_be_bytes()].concat();
        let now = Instant::now();
        let transaction = Transaction {
            database: database.clone(),
            snapshot,
            kind,
            reads: Reads::default(),
            began: now,
            used: now,
        };
        open.by_id.insert(id.clone(), transaction);
        Ok(id)
    }

    /// Returns the snapshot of an open transaction; a pessimistic one goes on to the newest.
    pub(crate) fn snapshot(
        &self,
        id: &[u8],
        database: &DatabaseName,
        newest: impl FnOnce() -> Arc<Snapshot>,
    ) -> Result<Arc<Snapshot>> {
        let mut open = self.lock();
        let transaction = open.find(id, database)?;
        transaction.used = Instant::now();
        if transaction.kind == Kind::Pessimistic {
            transaction.snapshot = newest();
        }
        Ok(Arc::clone(&transaction.snapshot))
    }

    /// Locks documents that a transaction is about to read, if it is a pessimistic one.
    pub(crate) fn lock_documents(&self, id: &[u8], database: &DatabaseName, keys: &[Vec<u8>]) -> Result<()> {
        let mut open = self.lock();
        if open.find(id, database)?.kind == Kind::Pessimistic {
            keys.iter().for_each(|key| self.locks.read(id, key));
        }
        Ok(())
    }

    /// Waits until no other transaction keeps a commit from writing documents.
    pub(crate) async fn wait(&self, id: &[u8], keys: &[Vec<u8>]) -> Result<()> {
        self.locks.wait(id, keys).await
    }

    /// Releases the locks of a transaction when the answer is dropped.
    pub(crate) fn ending<'a>(&'a self, id: &'a [u8]) -> Ending<'a> {
        self.locks.ending(id)
    }

    /// Remembers that the transaction read a document, or found it missing.
    pub(crate) fn read_document(
        &self,
        id: &[u8],
        database: &DatabaseName,
        key: Vec<u8>,
        version: Option<Micros>,
    ) -> Result<()> {
        let mut open = self.lock();
        let transaction = open.find(id, database)?;
        if transaction.kind != Kind::ReadOnly {
            transaction.reads.documents.insert(key, version);
        }
        Ok(())
    }

    /// Remembers what a query of the transaction found.
    pub(crate) fn read_query(
        &self,
        id: &[u8],
        database: &DatabaseName,
        query: Query,
        found: &[Found],
    ) -> Result<()> {
        let mut open = self.lock();
        let transaction = open.find(id, database)?;
        if transaction.kind != Kind::ReadOnly {
            transaction.reads.queries.push((query, versions(found)));
        }
        if transaction.kind == Kind::Pessimistic {
            // What changed until now is noticed by the commit.
            found.iter().for_each(|found| self.locks.read(id, &found.key));
        }
        Ok(())
    }

    /// Ends a transaction and returns what it read, for its commit. A read-only one must not write.
    pub(crate) fn finish(&self, id: &[u8], database: &DatabaseName, writes: bool) -> Result<Reads> {
        let mut open = self.lock();
        let kind = open.find(id, database)?.kind;
        if kind == Kind::ReadOnly && writes {
            return Err(Error::invalid(
                "Cannot modify entities in a read-only transaction.",
            ));
        }
        Ok(open
            .by_id
            .remove(id)
            .map(|transaction| transaction.reads)
            .unwrap_or_default())
    }

    /// Forgets a transaction.
    pub(crate) fn rollback(&self, id: &[u8], database: &DatabaseName) -> Result<()> {
        let mut open = self.lock();
        open.find(id, database)?;
        open.by_id.remove(id);
        self.locks.release(id);
        Ok(())
    }

    /// Forgets transactions that nobody used for too long, and with them the snapshots that they hold.
    pub(crate) fn expire(&self) {
        self.lock().by_id.retain(|id, transaction| {
            let stays = transaction.is_alive();
            if !stays {
                self.locks.release(id);
            }
            stays
        });
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn find(&mut self, id: &[u8], database: &DatabaseName) -> Result<&mut Transaction> {
        self.by_id
            .get_mut(id)
            .filter(|transaction| transaction.is_alive() && &transaction.database == database)
            .ok_or_else(|| Error::invalid("The referenced transaction has expired or is no longer valid."))
    }
}

impl Transaction {
    fn is_alive(&self) -> bool {
        self.used.elapsed() < IDLE && self.began.elapsed() < TOTAL
    }
}
