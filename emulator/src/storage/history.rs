//! What documents were before each commit: for reads of the past, and for listeners that come back.
//!
//! A row's key is `commit time ‖ document's key`, its value the document's row before that commit, empty if there was
//! none. Whoever undoes all rows after a time has the state of that time. An hour is kept, as Firestore documents it,
//! and at most [`MAX_BYTES`], or a part of a small disk: whatever lies further back was pruned.

use std::{collections::BTreeMap, time::Duration};

use redb::{ReadableTable, Table};

use super::Row;
use crate::{
    error::{Error, Result},
    path::{DatabaseName, key},
    time::Micros,
};

/// How long the past is kept.
const RETENTION: Duration = Duration::from_secs(60 * 60);
/// Bytes of the past that are kept at most.
pub(super) const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Rows that one batch of commits prunes at most beyond those it adds, so that none takes long.
const PRUNE_ROWS: usize = 2_000;
/// Bytes of the time that begins each key.
const TIME_BYTES: usize = 8;

/// Documents by key as they were; `None` where there was none.
pub(crate) type Before = BTreeMap<Vec<u8>, Option<Row>>;

/// The past, as the writer keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// From here on the past is known.
    pub(super) since: Micros,
    /// Bytes of all rows.
    pub(super) bytes: u64,
}

pub(super) type WriteHistory<'t> = Table<'t, &'static [u8], &'static [u8]>;

impl Kept {
    /// Adds what a document was before the commit at `time`.
    pub(super) fn add(
        &mut self,
        history: &mut WriteHistory<'_>,
        time: Micros,
        document: &[u8],
        before: Option<&Row>,
    ) -> Result<()> {
        let key = [&order(time), document].concat();
        let row = before.map_or(&[][..], Row::bytes);
        history.insert(key.as_slice(), row)?;
        self.bytes += size(&key, row);
        Ok(())
    }

    /// Forgets what is too old, or more than `most` bytes, the oldest first.
    pub(super) fn prune(
        &mut self,
        history: &mut WriteHistory<'_>,
        now: Micros,
        added: usize,
        most: u64,
    ) -> Result<()> {
        let retention = i64::try_from(RETENTION.as_micros()).unwrap_or(i64::MAX);
        let oldest = Micros(now.0.saturating_sub(retention));
        for _ in 0..PRUNE_ROWS + added {
            let Some((time, size)) = first(history)? else {
                return Ok(());
            };
            if time >= oldest && self.bytes <= most {
                return Ok(());
            }
            history.pop_first()?;
            self.since = self.since.max(time);
            self.bytes = self.bytes.saturating_sub(size);
        }
        Ok(())
    }

    /// Forgets everything: what happened at `now` cannot be undone.
    pub(super) fn forget(&mut self, history: &mut WriteHistory<'_>, now: Micros) -> Result<()> {
        history.retain(|_, _| false)?;
        *self = Self { since: now, bytes: 0 };
        Ok(())
    }
}

/// Returns the time of the oldest row and how much it takes.
fn first(history: &WriteHistory<'_>) -> Result<Option<(Micros, u64)>> {
    let Some((key, row)) = history.first()? else {
        return Ok(None);
    };
    Ok(Some((time(key.value())?, size(key.value(), row.value()))))
}

/// Lists the documents of a database that were written after `from`, up to `to`, as they were at `from`.
pub(super) fn changed(
    history: &impl ReadableTable<&'static [u8], &'static [u8]>,
    from: Micros,
    to: Micros,
    database: &DatabaseName,
) -> Result<Before> {
    let within = key::database(database);
    let (start, end) = (
        order(Micros(from.0.saturating_add(1))),
        order(Micros(to.0.saturating_add(1))),
    );
    let mut before = Before::new();
    if start >= end {
        return Ok(before);
    }
    for item in history.range::<&[u8]>(start.as_slice()..end.as_slice())? {
        let (key, row) = item?;
        let document = key.value().get(TIME_BYTES..).unwrap_or_default();
        // The first row after the time tells what the document was then.
        if document.starts_with(&within) && !before.contains_key(document) {
            let row = row.value();
            let row = (!row.is_empty()).then(|| Row::copy(row)).transpose()?;
            before.insert(document.to_vec(), row);
        }
    }
    Ok(before)
}

/// Times of files are after the epoch, so that their bytes are in their order.
fn order(time: Micros) -> [u8; TIME_BYTES] {
    time.0.max(0).to_be_bytes()
}

fn time(key: &[u8]) -> Result<Micros> {
    let bytes = key
        .first_chunk::<TIME_BYTES>()
        .ok_or_else(|| Error::Damaged("a row of the past has no time".to_owned()))?;
    Ok(Micros(i64::from_be_bytes(*bytes)))
}

fn size(key: &[u8], row: &[u8]) -> u64 {
    // What the tree itself needs for an entry.
    const OVERHEAD: usize = 16;
    u64::try_from(key.len() + row.len() + OVERHEAD).unwrap_or(u64::MAX)
}
