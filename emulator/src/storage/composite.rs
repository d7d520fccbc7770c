//! Indexes of several fields: what makes an equality and an order together a walk along a range.
//!
//! Nobody declares them. A query that looked at many documents to find few asks for the index that it would have needed
//! (see `query::composite`), which the writer then builds in small steps, between commits, and keeps from then on.
//!
//! An entry's key is `number of the index ‖ values of the equalities ‖ values of the order ‖ document id`, parts that
//! descend inverted; its value is that of an entry of single fields.

use std::collections::BTreeMap;

use super::index::{Entries, TRUNCATED, push_value};
use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    path::{CollectionName, DocumentName, key},
    value::Fields,
};

/// Indexes that one collection may have; each makes its writes dearer.
const MAX_OF_COLLECTION: usize = 8;

/// What an index is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    /// The collection, by its key.
    pub(crate) collection: Vec<u8>,
    /// Fields that queries compare for equality, in their order.
    pub(crate) equal: Vec<FieldPath>,
    /// Fields that queries order by, and whether each descends.
    pub(crate) order: Vec<(FieldPath, bool)>,
    /// Whether names descend among equals.
    pub(crate) name_descends: bool,
}

/// An index, finished or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Composite {
    pub(super) id: u64,
    /// Whether all documents are in it, so that queries may use it.
    pub(super) ready: bool,
}

/// All indexes of several fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Composites(BTreeMap<Shape, Composite>);

impl Composites {
    /// Returns the beginning of the entries of an index, if it is finished.
    pub(crate) fn prefix(&self, shape: &Shape) -> Option<Vec<u8>> {
        let composite = self.0.get(shape).filter(|composite| composite.ready)?;
        Some(composite.id.to_be_bytes().to_vec())
    }

    /// Adds an index to be built. Returns whether it was not there and there is room for it.
    pub(super) fn add(&mut self, shape: Shape) -> bool {
        let siblings = self
            .0
            .keys()
            .filter(|other| other.collection == shape.collection)
            .count();
        if siblings >= MAX_OF_COLLECTION || self.0.contains_key(&shape) {
            return false;
        }
        let id = self
            .0
            .values()
            .map(|composite| composite.id + 1)
            .max()
            .unwrap_or(0);
        self.0.insert(shape, Composite { id, ready: false });
        true
    }

    /// Returns an index that is not finished.
    pub(super) fn unfinished(&self) -> Option<(&Shape, &Composite)> {
        self.0.iter().find(|(_, composite)| !composite.ready)
    }

    /// Gives up what is not finished.
    pub(super) fn drop_unfinished(&mut self) {
        self.0.retain(|_, composite| composite.ready);
    }

    pub(super) fn finish(&mut self, shape: &Shape) {
        if let Some(composite) = self.0.get_mut(shape) {
            composite.ready = true;
        }
    }

    /// Forgets the indexes of a database, by its prefix, and returns their numbers.
    pub(super) fn remove_database(&mut self, prefix: &[u8]) -> Vec<u64> {
        let gone = |shape: &Shape| shape.collection.starts_with(prefix);
        let ids = self
            .0
            .iter()
            .filter(|(shape, _)| gone(shape))
            .map(|(_, composite)| composite.id);
        let ids = ids.collect();
        self.0.retain(|shape, _| !gone(shape));
        ids
    }

    /// Lists the entries of a document in all indexes of its collection.
    pub(super) fn entries(&self, name: &DocumentName, fields: &Fields) -> Entries {
        if self.0.is_empty() {
            return Entries::new();
        }
        let collection = key::collection(&name.collection());
        let mine = self.0.iter().filter(|(shape, _)| shape.collection == collection);
        mine.filter_map(|(shape, composite)| shape.entry(composite.id, name, fields))
            .collect()
    }

    pub(super) fn insert(&mut self, shape: Shape, composite: Composite) {
        self.0.insert(shape, composite);
    }
}

impl Shape {
    /// Makes the shape of an index of a collection.
    pub(crate) fn new(
        collection: &CollectionName,
        equal: Vec<FieldPath>,
        order: Vec<(FieldPath, bool)>,
        name_descends: bool,
    ) -> Self {
        Self {
            collection: key::collection(collection),
            equal,
            order,
            name_descends,
        }
    }

    /// Makes a document's entry, if it has all the fields.
    pub(super) fn entry(&self, id: u64, name: &DocumentName, fields: &Fields) -> Option<(Vec<u8>, u16)> {
        let mut entry = id.to_be_bytes().to_vec();
        let mut truncated = false;
        let ascending = self.equal.iter().map(|field| (field, false));
        for (field, descends) in
            ascending.chain(self.order.iter().map(|(field, descends)| (field, *descends)))
        {
            let start = entry.len();
            truncated |= push_value(&mut entry, field.get(fields)?);
            invert(&mut entry[start..], descends);
        }
        let start = entry.len();
        key::push_segment(&mut entry, name.id());
        invert(&mut entry[start..], self.name_descends);
        // Ids are far shorter than the mark.
        let length = u16::try_from(entry.len() - start).unwrap_or(TRUNCATED - 1);
        Some((entry, if truncated { length | TRUNCATED } else { length }))
    }

    /// Encodes the shape and whether the index is finished.
    pub(super) fn to_bytes(&self, ready: bool) -> Vec<u8> {
        let mut out = vec![
            u8::from(ready),
            u8::from(self.name_descends),
            u8::try_from(self.equal.len()).unwrap_or(u8::MAX),
        ];
        key::push_bytes(&mut out, &self.collection);
        for field in &self.equal {
            key::push_bytes(&mut out, field.to_string().as_bytes());
        }
        for (field, descends) in &self.order {
            out.push(u8::from(*descends));
            key::push_bytes(&mut out, field.to_string().as_bytes());
        }
        out
    }

    /// Decodes what `to_bytes` made.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<(Self, bool)> {
        let damaged = || Error::Damaged("the description of an index cannot be read".to_owned());
        let [ready, name_descends, count, rest @ ..] = bytes else {
            return Err(damaged());
        };
        let mut rest = rest;
        let collection = key::take_bytes(&mut rest)?;
        let mut equal = Vec::new();
        for _ in 0..*count {
            equal.push(FieldPath::parse(&key::take_string(&mut rest)?)?);
        }
        let mut order = Vec::new();
        while let Some((descends, tail)) = rest.split_first() {
            rest = tail;
            order.push((FieldPath::parse(&key::take_string(&mut rest)?)?, *descends == 1));
        }
        let shape = Self {
            collection,
            equal,
            order,
            name_descends: *name_descends == 1,
        };
        Ok((shape, *ready == 1))
    }
}

/// Turns bytes so that they sort the other way round.
pub(crate) fn invert(bytes: &mut [u8], descending: bool) {
    if descending {
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_read_back() {
        let field = |path: &str| FieldPath::parse(path).unwrap();
        let name = DocumentName::parse("projects/p/databases/d/documents/c/x").unwrap();
        let order = vec![(field("c"), false), (field("`d.e`.f"), true)];
        let shape = Shape::new(&name.collection(), vec![field("a"), field("b")], order, true);
        assert_eq!(Shape::from_bytes(&shape.to_bytes(true)).unwrap(), (shape, true));
    }
}
