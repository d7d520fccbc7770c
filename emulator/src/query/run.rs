//! Runs a query over a state of the data.

use std::collections::BinaryHeap;

use redb::ReadableTable;

use super::{
    Query, Scope,
    access::{self, Access, Table},
    order::sort_key,
};
use crate::{
    error::Result,
    path::{CollectionName, key},
    storage::{Row, Rows, Tables, doc_id_bytes, is_truncated},
};

/// A document that a query found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Its key.
    pub(crate) key: Vec<u8>,
    /// Its row.
    pub(crate) row: Row,
}

/// What a query found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The documents, in order.
    pub(crate) found: Vec<Found>,
    /// How many the offset left out.
    pub(crate) skipped: usize,
}

/// A value that was cut in the index stood in the way: the walk is not in order.
struct Unordered;

impl Query {
    /// Finds the documents.
    pub(crate) fn run<D, I>(&self, tables: &Tables<D, I>) -> Result<Outcome>
    where
        D: ReadableTable<&'static [u8], &'static [u8]>,
        I: ReadableTable<&'static [u8], u16>,
    {
        let access = access::choose(self);
        if access.ordered {
            if let Ok(outcome) = self.walk(tables, &access)? {
                return Ok(outcome);
            }
            return self.sort(tables, &access::scan(self));
        }
        self.sort(tables, &access)
    }

    /// Tells whether the query may have to look at many documents, and had better not hold up others.
    pub(crate) fn may_be_long(&self) -> bool {
        const FEW: usize = 300;
        let access = access::choose(self);
        !(access.ordered && access.covered && self.limit.is_some_and(|limit| limit + self.offset <= FEW))
    }

    /// Takes documents in the order in which they lie, until there are enough.
    fn walk<D, I>(
        &self,
        tables: &Tables<D, I>,
        access: &Access,
    ) -> Result<std::result::Result<Outcome, Unordered>>
    where
        D: ReadableTable<&'static [u8], &'static [u8]>,
        I: ReadableTable<&'static [u8], u16>,
    {
        let mut outcome = Outcome::default();
        let limit = self.limit.unwrap_or(usize::MAX);
        if limit == 0 && self.offset == 0 {
            return Ok(Ok(outcome));
        }
        for candidate in candidates(tables, access)? {
            let Some(found) = candidate? else {
                return Ok(Err(Unordered));
            };
            if !access.covered && !self.matches(&found.row)? {
                continue;
            }
            if outcome.skipped < self.offset {
                outcome.skipped += 1;
                continue;
            }
            if outcome.found.len() == limit {
                break;
            }
            outcome.found.push(found);
            if outcome.found.len() == limit {
                break;
            }
        }
        Ok(Ok(outcome))
    }

    fn matches(&self, row: &Row) -> Result<bool> {
        let Some(filter) = &self.filter else {
            return Ok(true);
        };
        Ok(filter.matches(&row.decode()?))
    }

    /// Takes all documents that match and sorts them, keeping no more than are wanted.
    fn sort<D, I>(&self, tables: &Tables<D, I>, access: &Access) -> Result<Outcome>
    where
        D: ReadableTable<&'static [u8], &'static [u8]>,
        I: ReadableTable<&'static [u8], u16>,
    {
        let wanted = self
            .limit
            .map_or(usize::MAX, |limit| limit.saturating_add(self.offset));
        let mut best: BinaryHeap<Sorted> = BinaryHeap::new();
        for candidate in candidates(tables, access)? {
            // An equality never meets a cut value: its own is shorter than that.
            let Some(found) = candidate? else {
                continue;
            };
            let Some(sort_key) = self.place(&found)? else {
                continue;
            };
            if best.len() == wanted && best.peek().is_none_or(|worst| sort_key >= worst.sort_key) {
                continue;
            }
            best.push(Sorted { sort_key, found });
            if best.len() > wanted {
                best.pop();
            }
        }
        let sorted = best.into_sorted_vec();
        let skipped = sorted.len().min(self.offset);
        Ok(Outcome {
            found: sorted
                .into_iter()
                .skip(skipped)
                .map(|sorted| sorted.found)
                .collect(),
            skipped,
        })
    }

    /// Returns a document's sort key if the query wants it: in the scope, matching, with all fields of the order, and
    /// between the cursors.
    fn place(&self, found: &Found) -> Result<Option<Vec<u8>>> {
        let name = key::decode(&found.key)?;
        if let Scope::Descendants(_, Some(id)) = &self.scope
            && name.collection().id() != id
        {
            return Ok(None);
        }
        let document = found.row.decode()?;
        if self
            .filter
            .as_ref()
            .is_some_and(|filter| !filter.matches(&document))
        {
            return Ok(None);
        }
        let Some(sort_key) = sort_key(&self.order, &name, &document.fields) else {
            return Ok(None);
        };
        let started = self.start.as_ref().is_none_or(|start| start.is_before(&sort_key));
        let ended = self.end.as_ref().is_some_and(|end| !end.is_after(&sort_key));
        Ok((started && !ended).then_some(sort_key))
    }
}

/// Lists the documents of a range; `None` in place of one whose indexed value was cut.
fn candidates<'a, D, I>(
    tables: &'a Tables<D, I>,
    access: &'a Access,
) -> Result<Box<dyn Iterator<Item = Result<Option<Found>>> + 'a>>
where
    D: ReadableTable<&'static [u8], &'static [u8]>,
    I: ReadableTable<&'static [u8], u16>,
{
    match &access.table {
        Table::Documents => {
            let rows: Rows<'_, Row> = tables.rows(access.range.clone(), access.reverse)?;
            Ok(Box::new(
                rows.map(|row| row.map(|(key, row)| Some(Found { key, row }))),
            ))
        }
        Table::Index(collection) => {
            let entries = tables.entries(access.range.clone(), access.reverse)?;
            Ok(Box::new(entries.map(move |entry| {
                let (entry_key, entry) = entry?;
                if is_truncated(entry) {
                    return Ok(None);
                }
                lookup(tables, collection, doc_id_bytes(&entry_key, entry)).map(Some)
            })))
        }
    }
}

fn lookup<D, I>(tables: &Tables<D, I>, collection: &CollectionName, id: &[u8]) -> Result<Found>
where
    D: ReadableTable<&'static [u8], &'static [u8]>,
    I: ReadableTable<&'static [u8], u16>,
{
    let mut key = key::collection(collection);
    key.extend_from_slice(id);
    let row = tables.row(&key)?;
    let row = row.ok_or_else(|| {
        crate::error::Error::Damaged("the index names a document that is not there".to_owned())
    })?;
    Ok(Found { key, row })
}

/// A document with its sort key, by which alone it compares.
struct Sorted {
    sort_key: Vec<u8>,
    found: Found,
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.sort_key == other.sort_key
    }
}

impl Eq for Sorted {}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.sort_key.cmp(&other.sort_key)
    }
}
