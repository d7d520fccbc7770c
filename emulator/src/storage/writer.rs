//! The one writer: takes whatever commits are waiting, applies them in turn, and syncs them to disk together.

use std::sync::{Arc, mpsc::Receiver};

use redb::{Database, Durability, WriteTransaction};
use tokio::sync::oneshot;

use super::{
    Feed, Latest, Shape, Snapshot,
    commit::Writing,
    feed::News,
    history::Kept,
    open::{Facts, LAST_COMMIT_KEY, LIVE_BYTES_KEY, PAST_BYTES_KEY, SINCE_KEY},
    room::Room,
    tables::{HISTORY, META, SPARE},
};
use crate::{
    engine::Write,
    error::{Error, Result},
    path::DatabaseName,
    proto::{Document, WriteResult},
    time::Micros,
    transaction::Reads,
};

/// Commands that share one sync at most.
const MAX_BATCH: usize = 1_024;

/// Bytes that are free in the file when a commit begins on a disk that is almost full.
const SPARE_BYTES: usize = 512 * 1024;
/// The same for a commit that only forgets.
const SPARE_TO_FORGET: usize = 8 * 1024;

/// Writes that happen together or not at all.
#[derive(Debug)]
pub(crate) struct Commit {
    /// The writes, in order.
    pub(crate) writes: Vec<Write>,
    /// What a transaction read, which must not have changed.
    pub(crate) reads: Option<Reads>,
}

/// What became of a commit.
#[derive(Debug)]
pub(crate) struct Committed {
    /// When it happened.
    pub(crate) time: Micros,
    /// The result of each write.
    pub(crate) results: Vec<WriteResult>,
    /// The written documents as they are now; those that were deleted are not among them.
    pub(crate) documents: Vec<Document>,
}

/// Writes that come one by one, as from a file.
pub(crate) type Writes = Box<dyn Iterator<Item = Result<Write>> + Send>;

/// What the writer is asked to do.
pub(super) enum Command {
    Commit(Commit, oneshot::Sender<Result<Committed>>),
    Clear(DatabaseName, oneshot::Sender<Result<()>>),
    Replace(DatabaseName, Writes, oneshot::Sender<Result<()>>),
    Index(Shape),
    Close,
}

/// What the writer holds.
pub(super) struct Writer {
    pub(super) database: Database,
    pub(super) room: Option<Room>,
    pub(super) latest: Arc<Latest>,
    pub(super) feed: Arc<Feed>,
}

/// Serves commands until asked to close.
pub(super) fn run(writer: Writer, commands: &Receiver<Command>, mut facts: Facts) {
    let mut open = true;
    while open {
        // An index is built while nothing else is to be done, and a little beside whatever is.
        let first = match facts.composites.unfinished() {
            Some(_) => commands.try_recv().ok(),
            None => match commands.recv() {
                Ok(first) => Some(first),
                Err(_) => break,
            },
        };
        let mut batch = Vec::new();
        // Whatever queued up during the sync before shares the next one.
        for command in first.into_iter().chain(commands.try_iter()).take(MAX_BATCH) {
            if matches!(command, Command::Close) {
                open = false;
                break;
            }
            batch.push(command);
        }
        if !batch.is_empty() || (open && facts.composites.unfinished().is_some()) {
            facts = writer.run_batch(batch, facts);
        }
    }
    if let Err(error) = writer.database.close() {
        tracing::error!(%error, "the data file did not close cleanly");
    }
}

impl Writer {
    /// Does what is asked together, answers, and returns what the file says of itself since.
    pub(super) fn run_batch(&self, mut batch: Vec<Command>, mut facts: Facts) -> Facts {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut done = self.write(&mut batch, facts.clone(), &mut outcomes);
        // The past makes room before anything is refused.
        if matches!(done, Err(Error::Full))
            && batch.iter().all(Command::can_begin_anew)
            && let Some(without_past) = self.forget_past(&facts)
        {
            facts = without_past;
            outcomes.clear();
            done = self.write(&mut batch, facts.clone(), &mut outcomes);
        }
        match done {
            Ok((facts, snapshot, news)) => {
                // Readers see the commits before their writers hear of them, so that everybody reads their own writes.
                self.feed.publish(news, || self.latest.set(snapshot));
                answer(batch, outcomes, None);
                facts
            }
            Err(error) => {
                tracing::error!(%error, "a group of commits failed");
                answer(batch, outcomes, Some(&error));
                // Without its indexes, lest a full disk keeps the writer trying to build one.
                facts.without_unfinished()
            }
        }
    }

    /// Applies commands and syncs, with an outcome for each commit that had its turn. After an error nothing of them has
    /// happened.
    fn write(
        &self,
        commands: &mut [Command],
        facts: Facts,
        outcomes: &mut Vec<Result<Committed>>,
    ) -> Result<(Facts, Snapshot, News)> {
        let transaction = self.begin()?;
        let mut writing = Writing::begin(&transaction, self.room.as_ref(), facts)?;
        let mut cleared = Vec::new();
        for command in commands {
            let mut failure = Ok(());
            match command {
                Command::Commit(commit, _) => outcomes.push(writing.commit(commit, &mut failure)),
                Command::Clear(name, _) => {
                    failure = writing.clear(name);
                    cleared.push((name.clone(), writing.facts.last));
                }
                Command::Replace(name, writes, _) => {
                    failure = writing.replace(name, writes);
                    cleared.push((name.clone(), writing.facts.last));
                }
                Command::Index(shape) => writing.add_composite(shape),
                Command::Close => {}
            }
            failure?;
        }
        writing.build_composite()?;
        let (facts, changes, bytes) = writing.finish()?;
        let snapshot = self.sync(transaction, &facts, bytes, SPARE_BYTES)?;
        Ok((facts, snapshot, News { changes, cleared }))
    }

    /// Forgets all of the past, which takes hardly any room where forgetting some of it would. Returns the facts since, or
    /// nothing if there is no past or even this finds no room.
    fn forget_past(&self, facts: &Facts) -> Option<Facts> {
        if facts.kept.bytes == 0 {
            return None;
        }
        let mut facts = facts.clone();
        facts.kept = Kept {
            since: facts.last,
            bytes: 0,
        };
        let forget = || {
            let transaction = self.begin()?;
            transaction.delete_table(HISTORY)?;
            transaction.open_table(HISTORY)?;
            let snapshot = self.sync(transaction, &facts, 0, SPARE_TO_FORGET)?;
            self.feed.publish(News::default(), || self.latest.set(snapshot));
            // Pages that one transaction gave up are free after the next.
            self.sync(self.begin()?, &facts, 0, SPARE_TO_FORGET)
        };
        match forget() {
            Ok(snapshot) => {
                tracing::warn!("the disk is full: the past was forgotten to make room");
                self.feed.publish(News::default(), || self.latest.set(snapshot));
                Some(facts)
            }
            Err(error) => {
                tracing::warn!(%error, "the past could not make room");
                None
            }
        }
    }

    fn begin(&self) -> Result<WriteTransaction> {
        let mut transaction = self.database.begin_write()?;
        transaction
            .set_durability(Durability::Immediate)
            .map_err(|error| Error::Storage(error.to_string()))?;
        Ok(transaction)
    }

    /// Records the facts, makes the transaction last, and returns the state since.
    fn sync(
        &self,
        transaction: WriteTransaction,
        facts: &Facts,
        bytes: u64,
        spare: usize,
    ) -> Result<Snapshot> {
        record(&transaction, facts)?;
        self.make_sure_of_room(&transaction, bytes, spare)?;
        transaction.commit()?;
        Snapshot::newest(&self.database, facts)
    }

    /// Refuses to commit what may not fit on the disk: a file that failed half-way could not even be read any more.
    fn make_sure_of_room(
        &self,
        transaction: &WriteTransaction,
        bytes: u64,
        spare_bytes: usize,
    ) -> Result<()> {
        let Some(room) = &self.room else {
            return Ok(());
        };
        if !room.holds(bytes) {
            return Err(Error::Full);
        }
        if room.is_wide() {
            return Ok(());
        }
        // The commit takes some pages itself. These make the file grow for them, if it must, while that can be undone.
        let mut spare = transaction.open_table(SPARE)?;
        drop(spare.insert_reserve((), spare_bytes)?);
        spare.remove(())?;
        if room.is_promised() {
            Ok(())
        } else {
            Err(Error::Full)
        }
    }
}

fn record(transaction: &WriteTransaction, facts: &Facts) -> Result<()> {
    let mut meta = transaction.open_table(META)?;
    meta.insert(LAST_COMMIT_KEY, facts.last.0)?;
    meta.insert(SINCE_KEY, facts.kept.since.0)?;
    meta.insert(PAST_BYTES_KEY, facts.kept.bytes.cast_signed())?;
    meta.insert(LIVE_BYTES_KEY, facts.live.cast_signed())?;
    Ok(())
}

impl Command {
    /// Tells whether the command can be tried a second time: what comes from a file is read once.
    fn can_begin_anew(&self) -> bool {
        match self {
            Self::Commit(..) | Self::Clear(..) | Self::Index(_) | Self::Close => true,
            Self::Replace(..) => false,
        }
    }
}

/// Answers the commands; where all was lost, with the error, but for commits that were refused for reasons of their own.
/// Nobody may be waiting any more, which is their choice.
fn answer(commands: Vec<Command>, outcomes: Vec<Result<Committed>>, lost: Option<&Error>) {
    let mut outcomes = outcomes.into_iter();
    for command in commands {
        match command {
            Command::Commit(_, reply) => {
                let outcome = outcomes.next().unwrap_or(Err(Error::Closing));
                drop(reply.send(match lost {
                    Some(error) => outcome.and(Err(error.clone())),
                    None => outcome,
                }));
            }
            Command::Clear(_, reply) | Command::Replace(_, _, reply) => {
                drop(reply.send(lost.map_or(Ok(()), |error| Err(error.clone()))));
            }
            Command::Index(_) | Command::Close => {}
        }
    }
}
