//! The one writer: takes whatever commits are waiting, applies them in turn, and syncs them to disk together.

use std::{collections::BTreeMap, sync::mpsc::Receiver};

use redb::{Database, Durability, ReadableDatabase, Table};
use tokio::sync::oneshot;

use super::{
    Latest, Snapshot, index,
    open::LAST_COMMIT_KEY,
    tables::{DOCUMENTS, INDEX, META, Row, Tables},
};
use crate::{
    engine::{Write, apply},
    error::{Error, Result},
    path::{DatabaseName, DocumentName, key},
    proto::{Document, WriteResult},
    time::Micros,
    transaction::Reads,
};

/// Commands that share one sync at most.
const MAX_BATCH: usize = 1_024;

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

/// What the writer is asked to do.
pub(super) enum Command {
    Commit(Commit, oneshot::Sender<Result<Committed>>),
    Clear(DatabaseName, oneshot::Sender<Result<()>>),
    Close,
}

/// An answer that waits for the sync.
enum Answer {
    Commit(Result<Committed>, oneshot::Sender<Result<Committed>>),
    Clear(oneshot::Sender<Result<()>>),
}

type WriteTables<'t> = Tables<Table<'t, &'static [u8], &'static [u8]>, Table<'t, &'static [u8], u16>>;

/// Serves commands until asked to close.
pub(super) fn run(database: Database, latest: &Latest, commands: &Receiver<Command>, mut last: Micros) {
    let mut open = true;
    while open {
        let Ok(first) = commands.recv() else {
            break;
        };
        let mut batch = Vec::new();
        // Whatever queued up during the sync before shares the next one.
        for command in std::iter::once(first).chain(commands.try_iter()).take(MAX_BATCH) {
            if matches!(command, Command::Close) {
                open = false;
                break;
            }
            batch.push(command);
        }
        if !batch.is_empty() {
            last = run_batch(&database, latest, batch, last);
        }
    }
    if let Err(error) = database.close() {
        tracing::error!(%error, "the data file did not close cleanly");
    }
}

/// Opens the newest state for reading.
pub(super) fn snapshot(database: &Database, time: Micros) -> Result<Snapshot> {
    let transaction = database.begin_read()?;
    let tables = Tables {
        documents: transaction.open_table(DOCUMENTS)?,
        index: transaction.open_table(INDEX)?,
    };
    Ok(Snapshot { tables, time })
}

fn run_batch(database: &Database, latest: &Latest, batch: Vec<Command>, last: Micros) -> Micros {
    let mut answers = Vec::with_capacity(batch.len());
    match write_batch(database, batch, last, &mut answers) {
        Ok((time, snapshot)) => {
            // Readers see the commits before their writers hear of them, so that everybody reads their own writes.
            latest.set(snapshot);
            answers.into_iter().for_each(|answer| answer.send(None));
            time
        }
        Err(error) => {
            tracing::error!(%error, "a group of commits failed");
            answers.into_iter().for_each(|answer| answer.send(Some(&error)));
            last
        }
    }
}

fn write_batch(
    database: &Database,
    batch: Vec<Command>,
    last: Micros,
    answers: &mut Vec<Answer>,
) -> Result<(Micros, Snapshot)> {
    let mut transaction = match database.begin_write() {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = Error::from(error);
            answers.extend(
                batch
                    .into_iter()
                    .filter_map(|command| Answer::failed(command, &error)),
            );
            return Err(error);
        }
    };
    let mut time = last;
    let mut failure = transaction
        .set_durability(Durability::Immediate)
        .map_err(|error| Error::Storage(error.to_string()));
    {
        let mut tables = Tables {
            documents: transaction.open_table(DOCUMENTS)?,
            index: transaction.open_table(INDEX)?,
        };
        for command in batch {
            if failure.is_err() {
                // The file failed before this command's turn.
                answers.extend(Answer::failed(command, &Error::Closing));
                continue;
            }
            match command {
                Command::Commit(commit, reply) => {
                    let outcome = run_commit(&mut tables, commit, time.next(), &mut failure);
                    if let Ok(committed) = &outcome {
                        time = committed.time;
                    }
                    answers.push(Answer::Commit(outcome, reply));
                }
                Command::Clear(name, reply) => {
                    failure = clear(&mut tables, &name);
                    answers.push(Answer::Clear(reply));
                }
                Command::Close => {}
            }
        }
        failure?;
        transaction.open_table(META)?.insert(LAST_COMMIT_KEY, time.0)?;
    }
    transaction.commit()?;
    Ok((time, snapshot(database, time)?))
}

/// Applies one commit. Refusals concern it alone; `failure` tells that the file failed and the whole batch is lost.
fn run_commit(
    tables: &mut WriteTables<'_>,
    commit: Commit,
    now: Micros,
    failure: &mut Result<()>,
) -> Result<Committed> {
    if let Some(reads) = &commit.reads {
        reads.verify(tables)?;
    }
    let mut changes: BTreeMap<Vec<u8>, Change> = BTreeMap::new();
    let mut results = Vec::with_capacity(commit.writes.len());
    for write in commit.writes {
        let key = key::document(&write.name);
        let change = match changes.get_mut(&key) {
            Some(change) => change,
            None => {
                let before = tables.row(&key)?.map(|row| row.decode()).transpose()?;
                let after = before.clone();
                changes.entry(key).or_insert(Change {
                    name: write.name.clone(),
                    before,
                    after,
                })
            }
        };
        let applied = apply(&write, change.after.as_ref(), now)?;
        change.after = applied.after;
        results.push(applied.result);
    }
    // Nothing was written so far: from here on only the file itself can fail.
    let mut documents = Vec::with_capacity(changes.len());
    for (key, change) in changes {
        if let Err(error) = store(tables, &key, &change) {
            *failure = Err(error.clone());
            return Err(error);
        }
        documents.extend(change.after);
    }
    Ok(Committed {
        time: now,
        results,
        documents,
    })
}

struct Change {
    name: DocumentName,
    before: Option<Document>,
    after: Option<Document>,
}

fn store(tables: &mut WriteTables<'_>, key: &[u8], change: &Change) -> Result<()> {
    let entries = |document: &Option<Document>| {
        document
            .as_ref()
            .map(|document| index::entries(&change.name, &document.fields))
            .unwrap_or_default()
    };
    let (before, after) = (entries(&change.before), entries(&change.after));
    for gone in before.keys().filter(|entry| !after.contains_key(*entry)) {
        tables.index.remove(gone.as_slice())?;
    }
    for (entry, value) in after
        .iter()
        .filter(|(entry, value)| before.get(*entry) != Some(value))
    {
        tables.index.insert(entry.as_slice(), *value)?;
    }
    match &change.after {
        Some(document) => drop(tables.documents.insert(key, Row::encode(document).bytes())?),
        None => drop(tables.documents.remove(key)?),
    }
    Ok(())
}

fn clear(tables: &mut WriteTables<'_>, name: &DatabaseName) -> Result<()> {
    let from = key::database(name);
    let to = key::after(&from);
    let range = from.as_slice()..to.as_slice();
    tables
        .documents
        .retain_in::<&[u8], _>(range.clone(), |_, _| false)?;
    tables.index.retain_in::<&[u8], _>(range, |_, _| false)?;
    Ok(())
}

impl Answer {
    fn failed(command: Command, error: &Error) -> Option<Self> {
        match command {
            Command::Commit(_, reply) => Some(Self::Commit(Err(error.clone()), reply)),
            Command::Clear(_, reply) => Some(Self::Clear(reply)),
            Command::Close => None,
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
