//! The past, laid over the newest state: what was written since is undone.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{
    Row,
    history::Before,
    index,
    state::{Rows, State},
};
use crate::{error::Result, path::key};

/// What must be undone. `None` stands for what was not there.
#[derive(Debug, Default)]
pub(super) struct Undo {
    documents: BTreeMap<Vec<u8>, Option<Row>>,
    index: BTreeMap<Vec<u8>, Option<u16>>,
    composite_entries: BTreeMap<Vec<u8>, Option<u16>>,
    groups: BTreeSet<Vec<u8>>,
}

impl Undo {
    /// Prepares to undo changes of the newest state.
    pub(super) fn new(newest: &impl State, before: Before) -> Result<Self> {
        let mut undo = Self::default();
        for (key, before) in before {
            let name = key::decode(&key)?;
            let composites = newest.composites();
            if let Some(now) = newest.row(&key)? {
                let fields = now.decode()?.fields;
                let (entries, several) = (index::entries(&name, &fields), composites.entries(&name, &fields));
                undo.index.extend(entries.into_keys().map(|entry| (entry, None)));
                undo.composite_entries
                    .extend(several.into_keys().map(|entry| (entry, None)));
            }
            if let Some(before) = &before {
                let fields = before.decode()?.fields;
                let (entries, several) = (index::entries(&name, &fields), composites.entries(&name, &fields));
                undo.index
                    .extend(entries.into_iter().map(|(entry, value)| (entry, Some(value))));
                undo.composite_entries
                    .extend(several.into_iter().map(|(entry, value)| (entry, Some(value))));
                undo.groups.insert(key::group(&name.collection()));
            }
            undo.documents.insert(key, before);
        }
        Ok(undo)
    }

    /// Returns what a document was, if it was written since.
    pub(super) fn row(&self, key: &[u8]) -> Option<&Option<Row>> {
        self.documents.get(key)
    }

    /// Lays documents of the past over those of now.
    pub(super) fn rows<'a>(
        &'a self,
        now: Rows<'a, Row>,
        range: Range<Vec<u8>>,
        reverse: bool,
    ) -> Rows<'a, Row> {
        overlay(now, &self.documents, range, reverse)
    }

    /// Lays entries of the index of the past over those of now.
    pub(super) fn entries<'a>(
        &'a self,
        now: Rows<'a, u16>,
        range: Range<Vec<u8>>,
        reverse: bool,
    ) -> Rows<'a, u16> {
        overlay(now, &self.index, range, reverse)
    }

    /// Lays entries of the indexes of several fields of the past over those of now.
    pub(super) fn composite_entries<'a>(
        &'a self,
        now: Rows<'a, u16>,
        range: Range<Vec<u8>>,
        reverse: bool,
    ) -> Rows<'a, u16> {
        overlay(now, &self.composite_entries, range, reverse)
    }

    /// Lists collections that held documents.
    pub(super) fn collections(&self, prefix: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let range = prefix.to_vec()..key::after(prefix);
        self.groups.range(range).cloned()
    }
}

/// Merges two sorted walks; where both know a key, that of the past holds.
fn overlay<'a, T: Clone + 'a>(
    now: Rows<'a, T>,
    past: &'a BTreeMap<Vec<u8>, Option<T>>,
    range: Range<Vec<u8>>,
    reverse: bool,
) -> Rows<'a, T> {
    if range.start >= range.end {
        return now;
    }
    let before = past.range(range);
    let mut before: Box<dyn Iterator<Item = (&'a Vec<u8>, &'a Option<T>)> + 'a> = if reverse {
        Box::new(before.rev())
    } else {
        Box::new(before)
    };
    let mut now = now.peekable();
    let mut next = before.next();
    Box::new(std::iter::from_fn(move || {
        loop {
            let Some((key, value)) = next else {
                return now.next();
            };
            match now.peek() {
                Some(Ok((present, _))) if (present < key) != reverse && present != key => return now.next(),
                Some(Ok((present, _))) if present == key => drop(now.next()),
                Some(Err(_)) => return now.next(),
                Some(Ok(_)) | None => {}
            }
            next = before.next();
            if let Some(value) = value {
                return Some(Ok((key.clone(), value.clone())));
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_overlaid_walk_is_that_of_the_overlaid_map(
            now in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..3), any::<u16>(), 0..12),
            past in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..3), any::<Option<u16>>(), 0..12),
            from in prop::collection::vec(0_u8..4, 0..3),
            to in prop::collection::vec(0_u8..4, 0..3),
            reverse in any::<bool>(),
        ) {
            prop_assume!(from < to);
            let mut merged: BTreeMap<_, Option<u16>> = now.iter().map(|(k, v)| (k.clone(), Some(*v))).collect();
            merged.extend(past.clone());
            let mut expected: Vec<_> = merged
                .range(from.clone()..to.clone())
                .filter_map(|(k, v)| v.map(|v| (k.clone(), v)))
                .collect();
            let mut walk: Vec<_> = now.range(from.clone()..to.clone()).map(|(k, v)| Ok((k.clone(), *v))).collect();
            if reverse {
                expected.reverse();
                walk.reverse();
            }
            let found: Vec<_> = overlay(Box::new(walk.into_iter()), &past, from..to, reverse).map(|item| item.unwrap()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
