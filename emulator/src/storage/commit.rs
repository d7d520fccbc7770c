//! Applies commits to the tables, one after the other, within one transaction of the file.

use std::{collections::BTreeMap, sync::Arc};

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    Row, State,
    composite::Shape,
    feed::Change,
    history::{Kept, MAX_BYTES, WriteHistory},
    index,
    open::{Facts, entry_size, size},
    room::Room,
    tables::{COMPOSITE_ENTRIES, COMPOSITES, DOCUMENTS, GROUPS, HISTORY, INDEX, Tables},
    writer::{Commit, Committed, Writes},
};
use crate::{
    engine::apply,
    error::{Error, Result},
    path::{CollectionName, DatabaseName, DocumentName, key},
    proto::Document,
    time::Micros,
};

/// Documents that are added to an unfinished index beside one batch of commits: some milliseconds of work.
const BUILD_STEP: usize = 1_000;

/// Bytes after which the room on the disk is asked for.
const ASK_STEP: u64 = 1024 * 1024;

type WriteTables<'t> = Tables<
    Table<'t, &'static [u8], &'static [u8]>,
    Table<'t, &'static [u8], u16>,
    Table<'t, &'static [u8], u64>,
>;

/// The tables of a transaction of the file, and what commits did to them so far.
pub(super) struct Writing<'t> {
    pub(super) facts: Facts,
    tables: WriteTables<'t>,
    history: WriteHistory<'t>,
    composites: Table<'t, u64, &'static [u8]>,
    changes: Vec<Change>,
    /// How many documents were written.
    written: usize,
    room: Option<&'t Room>,
    /// Bytes of documents and entries that were written, and how many of them the room was asked for.
    bytes: u64,
    asked: u64,
}

/// A document that a commit writes, perhaps several times.
struct Written {
    name: DocumentName,
    row: Option<Row>,
    before: Option<Document>,
    after: Option<Document>,
}

impl<'t> Writing<'t> {
    /// Opens the tables.
    pub(super) fn begin(
        transaction: &'t WriteTransaction,
        room: Option<&'t Room>,
        facts: Facts,
    ) -> Result<Self> {
        Ok(Self {
            tables: Tables {
                documents: transaction.open_table(DOCUMENTS)?,
                index: transaction.open_table(INDEX)?,
                composite_entries: transaction.open_table(COMPOSITE_ENTRIES)?,
                composites: Arc::clone(&facts.composites),
                groups: transaction.open_table(GROUPS)?,
            },
            facts,
            composites: transaction.open_table(COMPOSITES)?,
            history: transaction.open_table(HISTORY)?,
            changes: Vec::new(),
            written: 0,
            room,
            bytes: 0,
            asked: 0,
        })
    }

    /// Applies one commit. Refusals concern it alone; `failure` tells that the file failed and all is lost.
    pub(super) fn commit(&mut self, commit: &Commit, failure: &mut Result<()>) -> Result<Committed> {
        if let Some(reads) = &commit.reads {
            reads.verify(&self.tables)?;
        }
        let now = self.facts.last.next();
        let mut documents: BTreeMap<Vec<u8>, Written> = BTreeMap::new();
        let mut results = Vec::with_capacity(commit.writes.len());
        for write in &commit.writes {
            let key = key::document(&write.name);
            let written = match documents.get_mut(&key) {
                Some(written) => written,
                None => {
                    let found = self.find(&key, write.name.clone())?;
                    documents.entry(key).or_insert(found)
                }
            };
            let applied = apply(write, written.after.as_ref(), now)?;
            written.after = applied.after;
            results.push(applied.result);
        }
        // Nothing was written so far: from here on only the file itself can fail.
        self.facts.last = now;
        let mut now_there = Vec::with_capacity(documents.len());
        for (key, written) in documents {
            now_there.extend(written.after.clone());
            if let Err(error) = self.store(key, written, now) {
                *failure = Err(error.clone());
                return Err(error);
            }
        }
        Ok(Committed {
            time: now,
            results,
            documents: now_there,
        })
    }

    /// Takes in an index to be built, unless there are enough.
    pub(super) fn add_composite(&mut self, shape: &Shape) {
        let composites = Arc::make_mut(&mut self.tables.composites);
        if composites.add(shape.clone()) {
            tracing::info!(equal = ?shape.equal, order = ?shape.order, "a query is worth an index");
        }
    }

    /// Adds some documents more to an index that is not finished. Commits keep it up from its beginning, so that a
    /// document that is added twice is no harm.
    pub(super) fn build_composite(&mut self) -> Result<()> {
        let Some((shape, composite)) = self.tables.composites.unfinished() else {
            self.facts.building = None;
            return Ok(());
        };
        let (shape, id) = (shape.clone(), composite.id);
        let from = match self.facts.building.take() {
            Some((of, from)) if of == id => from,
            Some(_) | None => shape.collection.clone(),
        };
        let end = key::after(&shape.collection);
        let mut step = Vec::new();
        for item in self.tables.rows(from..end, false)?.take(BUILD_STEP) {
            let (key, row) = item?;
            let entry = shape.entry(id, &key::decode(&key)?, &row.decode()?.fields);
            step.push((key, entry));
        }
        let last = (step.len() == BUILD_STEP)
            .then(|| step.last().map(|(key, _)| key::after(key)))
            .flatten();
        for (entry, value) in step.into_iter().filter_map(|(_, entry)| entry) {
            let before = self.tables.composite_entries.insert(entry.as_slice(), value)?;
            if before.is_none() {
                self.facts.live += entry_size(&entry);
            }
        }
        if last.is_none() {
            Arc::make_mut(&mut self.tables.composites).finish(&shape);
        }
        self.composites
            .insert(id, shape.to_bytes(last.is_none()).as_slice())?;
        self.facts.building = last.map(|from| (id, from));
        Ok(())
    }

    /// Empties a database. It cannot be undone, so that nothing of the past is kept.
    pub(super) fn clear(&mut self, name: &DatabaseName) -> Result<()> {
        let from = key::database(name);
        let to = key::after(&from);
        let range = from.as_slice()..to.as_slice();
        let tables = &mut self.tables;
        let mut gone = 0;
        tables
            .documents
            .retain_in::<&[u8], _>(range.clone(), |key, row| {
                gone += size(key.len() + row.len());
                false
            })?;
        tables.index.retain_in::<&[u8], _>(range.clone(), |key, _| {
            gone += entry_size(key);
            false
        })?;
        tables.groups.retain_in::<&[u8], _>(range, |_, _| false)?;
        for id in Arc::make_mut(&mut tables.composites).remove_database(&from) {
            let (from, to) = (id.to_be_bytes(), (id + 1).to_be_bytes());
            let range = from.as_slice()..to.as_slice();
            tables.composite_entries.retain_in::<&[u8], _>(range, |key, _| {
                gone += entry_size(key);
                false
            })?;
            self.composites.remove(id)?;
        }
        self.facts.live = self.facts.live.saturating_sub(gone);
        self.facts.last = self.facts.last.next();
        self.facts.kept.forget(&mut self.history, self.facts.last)
    }

    /// Empties a database and fills it, all at one time. Listeners hear of it as of an emptying: that too much happened to
    /// be listed. So no more than one document is held at a time.
    pub(super) fn replace(&mut self, name: &DatabaseName, writes: &mut Writes) -> Result<()> {
        self.clear(name)?;
        for write in writes {
            let write = write?;
            let key = key::document(&write.name);
            let mut written = self.find(&key, write.name.clone())?;
            written.after = apply(&write, written.after.as_ref(), self.facts.last)?.after;
            self.put(&key, &written)?;
        }
        Ok(())
    }

    /// Prunes the past and returns what the file says of itself now, all changes, and how many bytes were written.
    pub(super) fn finish(mut self) -> Result<(Facts, Vec<Change>, u64)> {
        let mut kept: Kept = self.facts.kept;
        let most = self.room.map_or(MAX_BYTES, |room| MAX_BYTES.min(room.past()));
        kept.prune(&mut self.history, Micros::now(), self.written, most)?;
        self.facts.kept = kept;
        self.facts.composites = self.tables.composites;
        Ok((self.facts, self.changes, self.bytes))
    }

    fn find(&self, key: &[u8], name: DocumentName) -> Result<Written> {
        let row = self.tables.row(key)?;
        let before = row.as_ref().map(Row::decode).transpose()?;
        Ok(Written {
            name,
            row,
            after: before.clone(),
            before,
        })
    }

    /// Stores what a commit made of a document, remembers what it was, and has listeners told.
    fn store(&mut self, key: Vec<u8>, written: Written, now: Micros) -> Result<()> {
        if written.before == written.after {
            return Ok(());
        }
        self.written += 1;
        self.facts
            .kept
            .add(&mut self.history, now, &key, written.row.as_ref())?;
        let row = self.put(&key, &written)?;
        self.changes.push(Change {
            key,
            name: written.name,
            time: now,
            before: written.before,
            after: written.after.zip(row),
        });
        Ok(())
    }

    /// Stores a document and whatever follows from it in the other tables, and returns its row.
    fn put(&mut self, key: &[u8], written: &Written) -> Result<Option<Row>> {
        self.put_entries(written)?;
        let row = written.after.as_ref().map(Row::encode);
        match &row {
            Some(row) => drop(self.tables.documents.insert(key, row.bytes())?),
            None => drop(self.tables.documents.remove(key)?),
        }
        let bytes = |row: &Option<Row>| row.as_ref().map_or(0, |row| size(key.len() + row.bytes().len()));
        self.count_bytes(bytes(&written.row), bytes(&row))?;
        let collection = written.name.collection();
        match (&written.before, &written.after) {
            (None, Some(_)) => self.count(&collection, 1)?,
            (Some(_), None) => self.count(&collection, -1)?,
            (Some(_), Some(_)) | (None, None) => {}
        }
        Ok(row)
    }

    fn put_entries(&mut self, written: &Written) -> Result<()> {
        let composites = Arc::clone(&self.tables.composites);
        let entries = |document: &Option<Document>| {
            document.as_ref().map_or_else(Default::default, |document| {
                let fields = &document.fields;
                (
                    index::entries(&written.name, fields),
                    composites.entries(&written.name, fields),
                )
            })
        };
        let (before, after) = (entries(&written.before), entries(&written.after));
        let (gone, new) = replace(&mut self.tables.index, &before.0, &after.0)?;
        self.count_bytes(gone, new)?;
        let (gone, new) = replace(&mut self.tables.composite_entries, &before.1, &after.1)?;
        self.count_bytes(gone, new)
    }

    /// Counts bytes that went and came, and asks now and then whether the disk has room for them.
    fn count_bytes(&mut self, gone: u64, new: u64) -> Result<()> {
        self.facts.live = (self.facts.live + new).saturating_sub(gone);
        self.bytes += new;
        if self.bytes < self.asked + ASK_STEP {
            return Ok(());
        }
        self.asked = self.bytes;
        match self.room {
            Some(room) if !room.holds(self.bytes) => Err(Error::Full),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a document that came or went, so that the collections of an id can be listed.
    fn count(&mut self, collection: &CollectionName, change: i64) -> Result<()> {
        let group = key::group(collection);
        let before = self
            .tables
            .groups
            .get(group.as_slice())?
            .map_or(0, |count| count.value());
        let Some(after) = before.checked_add_signed(change) else {
            return Err(Error::Damaged(
                "a collection holds fewer documents than none".to_owned(),
            ));
        };
        if after == 0 {
            self.tables.groups.remove(group.as_slice())?;
        } else {
            self.tables.groups.insert(group.as_slice(), after)?;
        }
        Ok(())
    }
}

/// Puts the entries of now in place of those of before, and returns the bytes that went and those that came.
fn replace(
    table: &mut Table<'_, &'static [u8], u16>,
    before: &index::Entries,
    after: &index::Entries,
) -> Result<(u64, u64)> {
    let (mut gone, mut new) = (0, 0);
    for entry in before.keys().filter(|entry| !after.contains_key(*entry)) {
        table.remove(entry.as_slice())?;
        gone += entry_size(entry);
    }
    for (entry, value) in after
        .iter()
        .filter(|(entry, value)| before.get(*entry) != Some(value))
    {
        if table.insert(entry.as_slice(), *value)?.is_none() {
            new += entry_size(entry);
        }
    }
    Ok((gone, new))
}
