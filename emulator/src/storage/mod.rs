//! The data file: documents and their index in redb, one writer that groups commits, snapshots for readers.
//!
//! Invariants: what a snapshot shows was synced to disk before; a commit is answered after that; commit times rise
//! strictly in the order of commits; index and documents change in the same transaction of the file.

mod commit;
mod compact;
mod composite;
mod feed;
mod history;
mod inbox;
mod index;
mod open;
mod past;
#[cfg(test)]
mod power;
mod room;
mod snapshot;
mod state;
mod tables;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock, mpsc},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

pub use self::open::OpenError;
pub(crate) use self::{
    composite::{Composites, Shape, invert},
    feed::{Change, Feed, Subscription, Topic},
    history::Before,
    inbox::Held,
    index::{ENTRY_LIMIT, doc_id_bytes, field_prefix, is_truncated},
    snapshot::Snapshot,
    state::State,
    tables::{Row, Tables},
    writer::{Commit, Committed, Writes},
};
use crate::{
    error::{Error, Result},
    path::DatabaseName,
};

/// The data file, open.
#[derive(Debug)]
pub struct Storage {
    latest: Arc<Latest>,
    feed: Arc<Feed>,
    id: i64,
    queue: mpsc::Sender<writer::Command>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// The newest snapshot, which the writer replaces after each sync.
pub(crate) struct Latest(RwLock<Arc<Snapshot>>);

impl Storage {
    /// Opens or creates a file, or keeps everything in memory if there is no path.
    ///
    /// `cache` is how many bytes of the file are kept in memory at most.
    pub fn open(path: Option<&Path>, cache: usize) -> Result<Self, OpenError> {
        Self::start(open::open(path, cache)?)
    }

    /// Starts the writer.
    fn start(opened: open::Opened) -> Result<Self, OpenError> {
        let open::Opened {
            database,
            facts,
            room,
        } = opened;
        let snapshot = Snapshot::newest(&database, &facts).map_err(OpenError::other)?;
        let latest = Arc::new(Latest(RwLock::new(Arc::new(snapshot))));
        let feed = Arc::new(Feed::default());
        let id = facts.id;
        let (queue, commands) = mpsc::channel();
        let writer = writer::Writer {
            database,
            room,
            latest: Arc::clone(&latest),
            feed: Arc::clone(&feed),
        };
        let writer = std::thread::Builder::new()
            .name("firestore-writer".to_owned())
            .spawn(move || writer::run(writer, &commands, facts))
            .map_err(OpenError::other)?;
        Ok(Self {
            latest,
            feed,
            id,
            queue,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Returns the state as of the last commit that was acknowledged or is about to be.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.latest.get()
    }

    /// Returns where listeners hear of commits.
    pub(crate) fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// Returns the file's number, by which what was said of another file is told apart.
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    /// Applies writes atomically and returns when they are on disk.
    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed> {
        self.ask(|reply| writer::Command::Commit(commit, reply)).await
    }

    /// Removes everything in a database.
    pub(crate) async fn clear(&self, database: DatabaseName) -> Result<()> {
        self.ask(|reply| writer::Command::Clear(database, reply)).await
    }

    /// Replaces everything in a database with what `writes` make, all at once. If one of them fails, nothing changes.
    pub(crate) async fn replace(&self, database: DatabaseName, writes: Writes) -> Result<()> {
        self.ask(|reply| writer::Command::Replace(database, writes, reply))
            .await
    }

    /// Asks for an index of several fields, which will be there some time later.
    pub(crate) fn suggest(&self, shape: Shape) {
        // A server that closes needs none.
        drop(self.queue.send(writer::Command::Index(shape)));
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<Result<T>>) -> writer::Command) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(command(reply)).map_err(|_| Error::Closing)?;
        answer.await.unwrap_or(Err(Error::Closing))
    }

    /// Finishes what is queued and closes the file. Blocks until that is done.
    pub fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if self.queue.send(writer::Command::Close).is_err() {
            tracing::warn!("the writer had ended before the file was closed");
        }
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the writer panicked; the file will be repaired when it is opened next");
        }
    }
}

impl Latest {
    fn get(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}

impl std::fmt::Debug for Latest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Latest").field(&self.get().time).finish()
    }
}
