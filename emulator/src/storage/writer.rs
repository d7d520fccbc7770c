//! The one writer: takes whatever commits are waiting, applies them in turn, and syncs them to disk together.

use std::sync::{Arc, mpsc::Receiver};

use redb::{Database, Durability, WriteTransaction};
use tokio::sync::oneshot;

use super::{
    Feed, Latest, Shape, Snapshot,
    commit::Writing,
    feed::News,
    open::{Facts, LAST_COMMIT_KEY, LIVE_BYTES_KEY, PAST_BYTES_KEY, SINCE_KEY},
    room::Room,
    tables::{META, SPARE},
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

/// An answer that waits for the sync.
enum Answer {
    Commit(Result<Committed>, oneshot::Sender<Result<Committed>>),
    Clear(oneshot::Sender<Result<()>>),
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
    fn run_batch(&self, batch: Vec<Command>, facts: Facts) -> Facts {
        let mut answers = Vec::with_capacity(batch.len());
        let mut commands = batch.into_iter();
        match self.write(&mut commands, facts.clone(), &mut answers) {
            Ok((facts, snapshot, news)) => {
                // Readers see the commits before their writers hear of them, so that everybody reads their own writes.
                self.feed.publish(news, || self.latest.set(snapshot));
                answers.into_iter().for_each(|answer| answer.send(None));
                facts
            }
            Err(error) => {
                tracing::error!(%error, "a group of commits failed");
                answers.extend(commands.filter_map(|command| Answer::failed(command, &error)));
                answers.into_iter().for_each(|answer| answer.send(Some(&error)));
                // Without its indexes, lest a full disk keeps the writer trying to build one.
                facts.without_unfinished()
            }
        }
    }

    /// Applies commands and syncs. After an error nothing of them has happened, and those that had no turn are left.
    fn write(
        &self,
        commands: &mut impl Iterator<Item = Command>,
        facts: Facts,
        answers: &mut Vec<Answer>,
    ) -> Result<(Facts, Snapshot, News)> {
        let mut transaction = self.database.begin_write()?;
        transaction
            .set_durability(Durability::Immediate)
            .map_err(|error| Error::Storage(error.to_string()))?;
        let mut writing = Writing::begin(&transaction, self.room.as_ref(), facts)?;
        let mut cleared = Vec::new();
        for command in commands {
            let mut failure = Ok(());
            match command {
                Command::Commit(commit, reply) => {
                    let outcome = writing.commit(commit, &mut failure);
                    answers.push(Answer::Commit(outcome, reply));
                }
                Command::Clear(name, reply) => {
                    failure = writing.clear(&name);
                    cleared.push((name, writing.facts.last));
                    answers.push(Answer::Clear(reply));
                }
                Command::Replace(name, writes, reply) => {
                    failure = writing.replace(&name, writes);
                    cleared.push((name, writing.facts.last));
                    answers.push(Answer::Clear(reply));
                }
                Command::Index(shape) => writing.add_composite(shape),
                Command::Close => {}
            }
            failure?;
        }
        writing.build_composite()?;
        let (facts, changes, bytes) = writing.finish()?;
        record(&transaction, &facts)?;
        self.make_sure_of_room(&transaction, bytes)?;
        transaction.commit()?;
        let snapshot = Snapshot::newest(&self.database, &facts)?;
        Ok((facts, snapshot, News { changes, cleared }))
    }

    /// Refuses to commit what may not fit on the disk: a file that failed half-way could not even be read any more.
    fn make_sure_of_room(&self, transaction: &WriteTransaction, bytes: u64) -> Result<()> {
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
        drop(spare.insert_reserve((), SPARE_BYTES)?);
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

impl Answer {
    fn failed(command: Command, error: &Error) -> Option<Self> {
        match command {
            Command::Commit(_, reply) => Some(Self::Commit(Err(error.clone()), reply)),
            Command::Clear(_, reply) | Command::Replace(_, _, reply) => Some(Self::Clear(reply)),
            Command::Index(_) | Command::Close => None,
        }
    }

    /// Answers; where the batch was lost, with the error. Nobody may be waiting any more, which is their choice.
    fn send(self, lost: Option<&Error>) {
        match (self, lost) {
            (Self::Commit(Ok(_), reply), Some(error)) => drop(reply.send(Err(error.clone()))),
            (Self::Commit(outcome, reply), _) => drop(reply.send(outcome)),
            (Self::Clear(reply), lost) => drop(reply.send(lost.map_or(Ok(()), |error| Err(error.clone())))),
        }
    }
}
