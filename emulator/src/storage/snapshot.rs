//! A state of all databases at one time, which later commits do not touch.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use redb::{Database, ReadOnlyTable, ReadableDatabase};

use super::{
    Composites, Row, Tables,
    history::{self, Before},
    open::Facts,
    past::Undo,
    state::{Rows, State},
    tables::{COMPOSITE_ENTRIES, DOCUMENTS, GROUPS, HISTORY, INDEX},
};
use crate::{
    error::{Error, Result},
    path::DatabaseName,
    time::Micros,
};

type ReadTables = Tables<
    ReadOnlyTable<&'static [u8], &'static [u8]>,
    ReadOnlyTable<&'static [u8], u16>,
    ReadOnlyTable<&'static [u8], u64>,
>;

/// All databases as they were at a time.
pub(crate) struct Snapshot {
    /// The newest state when this was taken; what is read through [`State`] may be of the past.
    tables: Arc<ReadTables>,
    /// When this was: the time of the last commit that it shows, or the time in the past that was asked for.
    pub(crate) time: Micros,
    /// From here on the past is known.
    pub(crate) since: Micros,
    history: Arc<ReadOnlyTable<&'static [u8], &'static [u8]>>,
    undo: Option<Undo>,
}

impl Snapshot {
    /// Opens the newest state for reading.
    pub(super) fn newest(database: &Database, facts: &Facts) -> Result<Self> {
        let transaction = database.begin_read()?;
        let tables = Tables {
            documents: transaction.open_table(DOCUMENTS)?,
            index: transaction.open_table(INDEX)?,
            composite_entries: transaction.open_table(COMPOSITE_ENTRIES)?,
            composites: Arc::clone(&facts.composites),
            groups: transaction.open_table(GROUPS)?,
        };
        Ok(Self {
            tables: Arc::new(tables),
            time: facts.last,
            since: facts.kept.since,
            history: Arc::new(transaction.open_table(HISTORY)?),
            undo: None,
        })
    }

    /// Returns a database as it was at an earlier time.
    ///
    /// # Errors
    /// FAILED_PRECONDITION if the past of then is not kept any more.
    pub(crate) fn at(&self, time: Micros, database: &DatabaseName) -> Result<Self> {
        if time < self.since {
            return Err(Error::FailedPrecondition(
                "The requested read_time is too old: the past is kept for an hour at most.".to_owned(),
            ));
        }
        let undo = Undo::new(&self.tables, self.changed_since(time, database)?)?;
        Ok(Self {
            tables: Arc::clone(&self.tables),
            time,
            since: self.since,
            history: Arc::clone(&self.history),
            undo: Some(undo),
        })
    }

    /// Lists the documents of a database that were written after a time, as they were then.
    pub(crate) fn changed_since(&self, time: Micros, database: &DatabaseName) -> Result<Before> {
        history::changed(&*self.history, time, self.time, database)
    }
}

impl State for Snapshot {
    fn row(&self, key: &[u8]) -> Result<Option<Row>> {
        match self.undo.as_ref().and_then(|undo| undo.row(key)) {
            Some(before) => Ok(before.clone()),
            None => self.tables.row(key),
        }
    }

    fn rows(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, Row>> {
        let rows = self.tables.rows(range.clone(), reverse)?;
        Ok(match &self.undo {
            Some(undo) => undo.rows(rows, range, reverse),
            None => rows,
        })
    }

    fn entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>> {
        let entries = self.tables.entries(range.clone(), reverse)?;
        Ok(match &self.undo {
            Some(undo) => undo.entries(entries, range, reverse),
            None => entries,
        })
    }

    fn composite_entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>> {
        let entries = self.tables.composite_entries(range.clone(), reverse)?;
        Ok(match &self.undo {
            Some(undo) => undo.composite_entries(entries, range, reverse),
            None => entries,
        })
    }

    fn composites(&self) -> &Composites {
        self.tables.composites()
    }

    fn first_key(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>> {
        if self.undo.is_none() {
            return self.tables.first_key(from, to);
        }
        let first = self.rows(from.to_vec()..to.to_vec(), false)?.next();
        Ok(first.transpose()?.map(|(key, _)| key))
    }

    fn collections(&self, prefix: &[u8]) -> Result<BTreeSet<Vec<u8>>> {
        let mut found = self.tables.collections(prefix)?;
        found.extend(self.undo.iter().flat_map(|undo| undo.collections(prefix)));
        Ok(found)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}
