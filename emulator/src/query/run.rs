//! Runs a query over a state of the data.

use std::collections::BinaryHeap;

use super::{
    Query, Scope,
    access::{self, Access, Table},
    order::sort_key,
};
use crate::{
    error::Result,
    path::{CollectionName, DocumentName, ParentName, key},
    proto::Document,
    storage::{Composites, Row, Shape, State, doc_id_bytes, invert, is_truncated},
};

/// Documents that a query may look at in vain before it is worth an index of its own.
const MANY: usize = 200;

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
    /// How many documents were looked at.
    pub(crate) visited: usize,
}

/// A value that was cut in the index stood in the way: the walk is not in order.
struct Unordered;

impl Query {
    /// Finds the documents.
    pub(crate) fn run(&self, state: &impl State) -> Result<Outcome> {
        if let Some(collections) = self.collections(state)? {
            return self.merge(state, collections);
        }
        let access = access::choose(self, state.composites());
        if access.ordered {
            if let Ok(outcome) = self.walk(state, &access)? {
                return Ok(outcome);
            }
            return self.sort(state, &access::scan(self));
        }
        self.sort(state, &access)
    }

    /// Returns the index that would have saved most of the work, if there was much of it.
    pub(crate) fn wish(&self, outcome: &Outcome) -> Option<Shape> {
        let wasted = outcome.visited > MANY && outcome.visited > 2 * (outcome.found.len() + outcome.skipped);
        self.shape().filter(|_| wasted).map(|(shape, _)| shape)
    }

    /// Tells whether the query may have to look at many documents, and had better not hold up others.
    pub(crate) fn may_be_long(&self, composites: &Composites) -> bool {
        const FEW: usize = 300;
        let access = access::choose(self, composites);
        !(access.ordered && access.covered && self.limit.is_some_and(|limit| limit + self.offset <= FEW))
    }

    /// Takes documents in the order in which they lie, until there are enough.
    fn walk(&self, state: &impl State, access: &Access) -> Result<std::result::Result<Outcome, Unordered>> {
        let mut outcome = Outcome::default();
        let limit = self.limit.unwrap_or(usize::MAX);
        if limit == 0 && self.offset == 0 {
            return Ok(Ok(outcome));
        }
        for candidate in candidates(state, access)? {
            let Some(found) = candidate? else {
                return Ok(Err(Unordered));
            };
            outcome.visited += 1;
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

    /// Takes all documents that match and sorts them.
    pub(super) fn sort(&self, state: &impl State, access: &Access) -> Result<Outcome> {
        let mut best = self.best();
        for candidate in candidates(state, access)? {
            // An equality never meets a cut value: its own is shorter than that.
            let Some(found) = candidate? else {
                continue;
            };
            best.visited += 1;
            let document = found.row.decode()?;
            if let Some(sort_key) = self.place(&key::decode(&found.key)?, &document) {
                best.offer(sort_key, found);
            }
        }
        Ok(best.into_outcome(self.offset))
    }

    /// Asks several collections one by one, each of which may have its index, and takes the best of all.
    fn merge(&self, state: &impl State, collections: Vec<CollectionName>) -> Result<Outcome> {
        let mut best = self.best();
        for collection in collections {
            let part = Self {
                scope: Scope::Collection(collection),
                limit: self.limit.map(|limit| limit.saturating_add(self.offset)),
                offset: 0,
                ..self.clone()
            };
            let outcome = part.run(state)?;
            best.visited += outcome.visited;
            for found in outcome.found {
                let document = found.row.decode()?;
                if let Some(sort_key) = sort_key(&self.order, &key::decode(&found.key)?, &document.fields) {
                    best.offer(sort_key, found);
                }
            }
        }
        Ok(best.into_outcome(self.offset))
    }

    /// Lists the collections that the query looks into, if there may be several and they can be listed.
    fn collections(&self, state: &impl State) -> Result<Option<Vec<CollectionName>>> {
        match &self.scope {
            Scope::Collection(_) | Scope::Descendants(_, None) => Ok(None),
            Scope::Descendants(parent, Some(id)) => state
                .collections(&key::group_prefix(parent, id))?
                .iter()
                .map(|group| key::decode_group(group))
                .collect::<Result<_>>()
                .map(Some),
            Scope::Children(parent) => {
                let (ids, _) = collection_ids(state, parent, "", usize::MAX)?;
                Ok(Some(ids.iter().map(|id| parent.collection(id)).collect()))
            }
        }
    }

    fn best(&self) -> Best {
        Best {
            wanted: self
                .limit
                .map_or(usize::MAX, |limit| limit.saturating_add(self.offset)),
            heap: BinaryHeap::new(),
            visited: 0,
        }
    }

    /// Returns a document's sort key if the query wants it: in the scope, matching, with all fields of the order, and
    /// between the cursors.
    pub(crate) fn place(&self, name: &DocumentName, document: &Document) -> Option<Vec<u8>> {
        let wanted =
            self.scope.holds(name) && self.filter.as_ref().is_none_or(|filter| filter.matches(document));
        let sort_key = sort_key(&self.order, name, &document.fields).filter(|_| wanted)?;
        let started = self.start.as_ref().is_none_or(|start| start.is_before(&sort_key));
        let ended = self.end.as_ref().is_some_and(|end| !end.is_after(&sort_key));
        (started && !ended).then_some(sort_key)
    }
}

impl Scope {
    fn holds(&self, name: &DocumentName) -> bool {
        let below = |parent: &ParentName| {
            name.database == parent.database && name.segments.starts_with(&parent.segments)
        };
        match self {
            Self::Collection(collection) => {
                name.database == collection.database
                    && name.segments.len() == collection.segments.len() + 1
                    && name.segments.starts_with(&collection.segments)
            }
            Self::Children(parent) => below(parent) && name.segments.len() == parent.segments.len() + 2,
            Self::Descendants(parent, id) => {
                below(parent)
                    && name.segments.len() > parent.segments.len()
                    && id.as_ref().is_none_or(|id| name.collection().id() == id)
            }
        }
    }
}

/// Lists the collections right below a parent that come after `after`, and tells whether there are more. It leaps from
/// collection to collection, whatever they hold.
pub(crate) fn collection_ids(
    state: &impl State,
    parent: &ParentName,
    after: &str,
    limit: usize,
) -> Result<(Vec<String>, bool)> {
    let prefix = key::descendants(parent);
    let end = key::after(&prefix);
    let behind = |id: &str| key::after(&key::collection_tree(&parent.collection(id)));
    let mut from = if after.is_empty() {
        prefix.clone()
    } else {
        behind(after)
    };
    let mut ids = Vec::new();
    while let Some(found) = state.first_key(&from, &end)? {
        if ids.len() == limit {
            return Ok((ids, true));
        }
        let id = key::take_string(&mut &found[prefix.len()..])?;
        from = behind(&id);
        ids.push(id);
    }
    Ok((ids, false))
}

/// The first documents in the query's order, no more than are wanted.
struct Best {
    wanted: usize,
    heap: BinaryHeap<Sorted>,
    visited: usize,
}

impl Best {
    fn offer(&mut self, sort_key: Vec<u8>, found: Found) {
        if self.heap.len() == self.wanted && self.heap.peek().is_none_or(|worst| sort_key >= worst.sort_key) {
            return;
        }
        self.heap.push(Sorted { sort_key, found });
        if self.heap.len() > self.wanted {
            self.heap.pop();
        }
    }

    fn into_outcome(self, offset: usize) -> Outcome {
        let sorted = self.heap.into_sorted_vec();
        let skipped = sorted.len().min(offset);
        Outcome {
            found: sorted
                .into_iter()
                .skip(skipped)
                .map(|sorted| sorted.found)
                .collect(),
            skipped,
            visited: self.visited,
        }
    }
}

/// Lists the documents of a range; `None` in place of one whose indexed value was cut.
fn candidates<'a>(
    state: &'a impl State,
    access: &'a Access,
) -> Result<Box<dyn Iterator<Item = Result<Option<Found>>> + 'a>> {
    match &access.table {
        Table::Documents => {
            let rows = state.rows(access.range.clone(), access.reverse)?;
            Ok(Box::new(
                rows.map(|row| row.map(|(key, row)| Some(Found { key, row }))),
            ))
        }
        Table::Index(collection) => {
            let entries = state.entries(access.range.clone(), access.reverse)?;
            Ok(Box::new(entries.map(move |entry| {
                let (entry_key, entry) = entry?;
                if is_truncated(entry) {
                    return Ok(None);
                }
                lookup(state, collection, doc_id_bytes(&entry_key, entry)).map(Some)
            })))
        }
        Table::Composite(collection, inverted) => {
            let entries = state.composite_entries(access.range.clone(), access.reverse)?;
            Ok(Box::new(entries.map(move |entry| {
                let (entry_key, entry) = entry?;
                if is_truncated(entry) {
                    return Ok(None);
                }
                let mut id = doc_id_bytes(&entry_key, entry).to_vec();
                invert(&mut id, *inverted);
                lookup(state, collection, &id).map(Some)
            })))
        }
    }
}

fn lookup(state: &impl State, collection: &CollectionName, id: &[u8]) -> Result<Found> {
    let mut key = key::collection(collection);
    key.extend_from_slice(id);
    let row = state.row(&key)?;
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
