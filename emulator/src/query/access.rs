//! How a query reaches its documents: a walk along a range in the right order, or a set that must be sorted.

use std::{collections::BTreeMap, ops::Range};

use super::{Query, Scope, composite::by_composite, filter::Operator};
use crate::{
    field_path::FieldPath,
    path::{CollectionName, key},
    proto::Value,
    storage::{Composites, ENTRY_LIMIT, field_prefix},
    value::{
        encode::{encoded, tag},
        is_nan, is_null, kind,
    },
};

/// A range of keys and what it holds.
#[derive(Debug)]
pub(super) struct Access {
    /// The table.
    pub(super) table: Table,
    /// The keys.
    pub(super) range: Range<Vec<u8>>,
    /// Whether it is walked backwards.
    pub(super) reverse: bool,
    /// Whether the walk meets the documents in the query's order and within its cursors.
    pub(super) ordered: bool,
    /// Whether every document of the range matches the filter.
    pub(super) covered: bool,
}

/// The table in which a range lies.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// Documents themselves.
    Documents,
    /// The index, which leads to documents of this collection.
    Index(CollectionName),
    /// An index of several fields, which leads to documents of this collection by ids that may be inverted.
    Composite(CollectionName, bool),
}

/// Chooses how to run a query.
pub(super) fn choose(query: &Query, composites: &Composites) -> Access {
    let Scope::Collection(collection) = &query.scope else {
        return scan(query);
    };
    by_composite(query, collection, composites)
        .or_else(|| by_equality_in_order(query, collection))
        .or_else(|| by_name(query, collection))
        .or_else(|| by_equality(query, collection))
        .or_else(|| by_order(query, collection))
        .unwrap_or_else(|| scan(query))
}

/// Looks at everything in the scope. It is always right.
pub(super) fn scan(query: &Query) -> Access {
    let prefix = match &query.scope {
        Scope::Collection(collection) => key::collection(collection),
        Scope::Children(parent) | Scope::Descendants(parent, _) => key::descendants(parent),
    };
    let range = prefix.clone()..key::after(&prefix);
    Access {
        table: Table::Documents,
        range,
        reverse: false,
        ordered: false,
        covered: query.filter.is_none(),
    }
}

/// The order is by name alone: the documents lie in it.
fn by_name(query: &Query, collection: &CollectionName) -> Option<Access> {
    let [name] = query.order.as_slice() else {
        return None;
    };
    if first_equality(query).is_some() {
        return None;
    }
    let range = within(query, key::collection(collection), 0, collection, name.descending)?;
    let covered = query.filter.is_none();
    Some(Access {
        table: Table::Documents,
        range,
        reverse: name.descending,
        ordered: true,
        covered,
    })
}

/// An equality, and the order is by name alone: the entries of the value lie in it.
fn by_equality_in_order(query: &Query, collection: &CollectionName) -> Option<Access> {
    let [name] = query.order.as_slice() else {
        return None;
    };
    let (prefix, covered) = first_equality(query)?;
    let range = within(query, prefix, 0, collection, name.descending)?;
    Some(Access {
        table: Table::Index(collection.clone()),
        range,
        reverse: name.descending,
        ordered: true,
        covered,
    })
}

/// An equality, and another order: the entries of the value are few, and sorted.
fn by_equality(query: &Query, collection: &CollectionName) -> Option<Access> {
    let (prefix, covered) = first_equality(query)?;
    let range = prefix.clone()..key::after(&prefix);
    Some(Access {
        table: Table::Index(collection.clone()),
        range,
        reverse: false,
        ordered: false,
        covered,
    })
}

/// The order is by one field: its entries lie in it.
fn by_order(query: &Query, collection: &CollectionName) -> Option<Access> {
    let [first, name] = query.order.as_slice() else {
        return None;
    };
    if first.descending != name.descending || first.field.is_name() {
        return None;
    }
    let prefix = field_prefix(collection, &first.field);
    let mut range = within(query, prefix.clone(), 1, collection, first.descending)?;
    narrow_by_ranges(query, &first.field, &prefix, &mut range)?;
    Some(Access {
        table: Table::Index(collection.clone()),
        range,
        reverse: first.descending,
        ordered: true,
        covered: query.filter.is_none(),
    })
}

/// Makes a walk in the order of a field shorter where the filter has ranges of that field; the filter is still asked.
/// Nothing if an operand is too long for an index.
pub(super) fn narrow_by_ranges(
    query: &Query,
    ordered: &FieldPath,
    prefix: &[u8],
    range: &mut Range<Vec<u8>>,
) -> Option<()> {
    // Ranges of the field's own values make the walk shorter; the filter is still asked.
    for (field, operator, operand) in query.filter.iter().flat_map(|filter| filter.conjuncts()) {
        if field != ordered {
            continue;
        }
        let value = encoded(operand);
        if value.len() > ENTRY_LIMIT {
            return None;
        }
        let at = [prefix, &value].concat();
        let kind_at = [prefix, &[tag(kind(operand))]].concat();
        let (from, to) = match operator {
            Operator::Greater => (key::after(&at), key::after(&kind_at)),
            Operator::GreaterOrEqual => (at, key::after(&kind_at)),
            Operator::Less => (kind_at, at),
            Operator::LessOrEqual => (kind_at, key::after(&at)),
            Operator::Equal
            | Operator::NotEqual
            | Operator::ArrayContains
            | Operator::ArrayContainsAny
            | Operator::In
            | Operator::NotIn
            | Operator::IsNull
            | Operator::IsNotNull
            | Operator::IsNan
            | Operator::IsNotNan => continue,
        };
        range.start = std::mem::take(&mut range.start).max(from);
        range.end = std::mem::take(&mut range.end).min(to);
    }
    Some(())
}

/// Returns the first operand of each field that every match must equal.
pub(super) fn first_operands(query: &Query) -> BTreeMap<&FieldPath, &Value> {
    let mut operands = BTreeMap::new();
    for (field, operator, operand) in query.filter.iter().flat_map(|filter| filter.conjuncts()) {
        // The index would find null and NaN by equality, which filters do not.
        let is_plain = operator == Operator::Equal && !is_null(operand) && !is_nan(operand);
        if is_plain && !field.is_name() && encoded(operand).len() <= ENTRY_LIMIT {
            operands.entry(field).or_insert(operand);
        }
    }
    operands
}

/// Finds an equality that every match fulfils, and tells whether it is the whole filter.
fn first_equality(query: &Query) -> Option<(Vec<u8>, bool)> {
    let Scope::Collection(collection) = &query.scope else {
        return None;
    };
    let filter = query.filter.as_ref()?;
    let whole = filter.sole().is_some();
    filter
        .conjuncts()
        .into_iter()
        .find_map(|(field, operator, operand)| {
            // The index would find null and NaN by equality, which filters do not.
            if operator != Operator::Equal || field.is_name() || is_null(operand) || is_nan(operand) {
                return None;
            }
            let value = encoded(operand);
            let mut prefix = field_prefix(collection, field);
            prefix.extend_from_slice(&value);
            (value.len() <= ENTRY_LIMIT).then_some((prefix, whole))
        })
}

/// Narrows the keys below `prefix`, which consist of `fields` values and an id, to those between the cursors.
fn within(
    query: &Query,
    prefix: Vec<u8>,
    fields: usize,
    collection: &CollectionName,
    descending: bool,
) -> Option<Range<Vec<u8>>> {
    let mut range = prefix.clone()..key::after(&prefix);
    let mut narrow = |bound: &Option<super::Bound>, is_start: bool| {
        let Some(bound) = bound else {
            return Some(());
        };
        let position = bound.key_within(fields, collection)?;
        if position.len() > ENTRY_LIMIT {
            return None;
        }
        let at = [prefix.as_slice(), &position].concat();
        // Keys that begin with the position lie behind it in the walk if the cursor is before them.
        let takes_equals = bound.before() == is_start;
        if is_start == descending {
            range.end = if takes_equals { key::after(&at) } else { at };
        } else {
            range.start = if takes_equals { at } else { key::after(&at) };
        }
        Some(())
    };
    narrow(&query.start, true)?;
    narrow(&query.end, false)?;
    Some(range)
}
