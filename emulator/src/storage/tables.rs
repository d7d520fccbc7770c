//! Tables of the data file and how they are read, by readers of snapshots and by the writer alike.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use bytes::Bytes;
use prost::Message;
use redb::{ReadableTable, TableDefinition};

use super::{
    Composites,
    state::{Rows, State},
};
use crate::{
    error::{Error, Result},
    path::key,
    proto::Document,
    time::Micros,
};

/// Rows of documents by their keys (see `path::key`).
pub(super) const DOCUMENTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("documents");
/// Entries of the index of single fields (see `storage::index`).
pub(super) const INDEX: TableDefinition<'_, &[u8], u16> = TableDefinition::new("index");
/// Entries of the indexes of several fields, and what those are of (see `storage::composite`).
pub(super) const COMPOSITE_ENTRIES: TableDefinition<'_, &[u8], u16> =
    TableDefinition::new("composite_entries");
/// The indexes of several fields by their numbers.
pub(super) const COMPOSITES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("composites");
/// How many documents each collection holds, by database, id of the collection, and its key (see `key::group`).
pub(super) const GROUPS: TableDefinition<'_, &[u8], u64> = TableDefinition::new("groups");
/// What documents were before each commit (see `storage::history`).
pub(super) const HISTORY: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("history");
/// Nothing, but for a moment within a commit (see `storage::writer`).
pub(super) const SPARE: TableDefinition<'_, (), &[u8]> = TableDefinition::new("spare");
/// Facts about the file itself.
pub(super) const META: TableDefinition<'_, &str, i64> = TableDefinition::new("meta");

/// Bytes of the update time that begin each row.
const VERSION_BYTES: usize = 8;

/// A stored document: its update time, then its protobuf bytes. It can be sent on without being decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row(Bytes);

impl Row {
    /// Encodes a document.
    pub(crate) fn encode(document: &Document) -> Self {
        let version = document.update_time.as_ref().map_or(Micros(0), Micros::from);
        let mut bytes = Vec::with_capacity(VERSION_BYTES + document.encoded_len());
        bytes.extend_from_slice(&version.0.to_be_bytes());
        bytes.extend_from_slice(&document.encode_to_vec());
        Self(bytes.into())
    }

    pub(super) fn copy(bytes: &[u8]) -> Result<Self> {
        if bytes.len() < VERSION_BYTES {
            return Err(Error::Damaged("a document's row is too short".to_owned()));
        }
        Ok(Self(Bytes::copy_from_slice(bytes)))
    }

    /// Returns when the document was written last.
    pub(crate) fn version(&self) -> Micros {
        let mut version = [0; VERSION_BYTES];
        version.copy_from_slice(&self.0[..VERSION_BYTES]);
        Micros(i64::from_be_bytes(version))
    }

    /// Returns the document as protobuf bytes.
    pub(crate) fn body(&self) -> Bytes {
        self.0.slice(VERSION_BYTES..)
    }

    /// Returns how many bytes the row has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Decodes the document.
    pub(crate) fn decode(&self) -> Result<Document> {
        Document::decode(&self.0[VERSION_BYTES..])
            .map_err(|error| Error::Damaged(format!("a document cannot be decoded: {error}")))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The tables of documents, of the index, and of the collections that there are.
pub(crate) struct Tables<D, I, G> {
    pub(super) documents: D,
    pub(super) index: I,
    pub(super) composite_entries: I,
    pub(super) composites: Arc<Composites>,
    pub(super) groups: G,
}

impl<D, I, G> Tables<D, I, G>
where
    D: ReadableTable<&'static [u8], &'static [u8]>,
    I: ReadableTable<&'static [u8], u16>,
    G: ReadableTable<&'static [u8], u64>,
{
    /// Returns a document's row.
    pub(crate) fn row(&self, key: &[u8]) -> Result<Option<Row>> {
        self.documents
            .get(key)?
            .map(|row| Row::copy(row.value()))
            .transpose()
    }

    /// Returns the first key at or after `from`, if it is before `to`.
    pub(crate) fn first_key(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>> {
        if from >= to {
            return Ok(None);
        }
        let Some(item) = self.documents.range::<&[u8]>(from..to)?.next() else {
            return Ok(None);
        };
        Ok(Some(item?.0.value().to_vec()))
    }
}

impl<D, I, G> State for Tables<D, I, G>
where
    D: ReadableTable<&'static [u8], &'static [u8]>,
    I: ReadableTable<&'static [u8], u16>,
    G: ReadableTable<&'static [u8], u64>,
{
    fn row(&self, key: &[u8]) -> Result<Option<Row>> {
        Self::row(self, key)
    }

    fn rows(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, Row>> {
        if range.start >= range.end {
            return Ok(Box::new(std::iter::empty()));
        }
        let found = self
            .documents
            .range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?
            .map(|item| {
                let (key, row) = item?;
                Ok((key.value().to_vec(), Row::copy(row.value())?))
            });
        Ok(directed(found, |range| Box::new(range.rev()), reverse))
    }

    fn entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>> {
        entries(&self.index, range, reverse)
    }

    fn composite_entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>> {
        entries(&self.composite_entries, range, reverse)
    }

    fn composites(&self) -> &Composites {
        &self.composites
    }

    fn first_key(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>> {
        Self::first_key(self, from, to)
    }

    fn collections(&self, prefix: &[u8]) -> Result<BTreeSet<Vec<u8>>> {
        let end = key::after(prefix);
        let found = self.groups.range::<&[u8]>(prefix..end.as_slice())?;
        found.map(|item| Ok(item?.0.value().to_vec())).collect()
    }
}

fn entries<'a>(
    index: &'a impl ReadableTable<&'static [u8], u16>,
    range: Range<Vec<u8>>,
    reverse: bool,
) -> Result<Rows<'a, u16>> {
    if range.start >= range.end {
        return Ok(Box::new(std::iter::empty()));
    }
    let found = index
        .range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?
        .map(|item| {
            let (key, entry) = item?;
            Ok((key.value().to_vec(), entry.value()))
        });
    Ok(directed(found, |range| Box::new(range.rev()), reverse))
}

fn directed<'a, T, S>(found: S, backwards: impl FnOnce(S) -> Rows<'a, T>, reverse: bool) -> Rows<'a, T>
where
    S: Iterator<Item = Result<(Vec<u8>, T)>> + 'a,
{
    if reverse {
        backwards(found)
    } else {
        Box::new(found)
    }
}
