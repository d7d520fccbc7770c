//! Which index of several fields a query would walk along, and where.

use super::{
    OrderBy, Query, Scope,
    access::{Access, Table, first_operands},
};
use crate::{
    path::{CollectionName, key},
    storage::{Composites, Shape},
    value::encode::encoded,
};

/// Fields that such an index may have.
const MAX_FIELDS: usize = 6;

impl Query {
    /// Returns the index that has what the query wants side by side and in order, and whether it is walked backwards.
    /// There is none where an index of one field does.
    pub(crate) fn shape(&self) -> Option<(Shape, bool)> {
        let Scope::Collection(collection) = &self.scope else {
            return None;
        };
        let (name, order) = self.order.split_last()?;
        if !name.field.is_name() || order.iter().any(|order| order.field.is_name()) {
            return None;
        }
        let equal: Vec<_> = first_operands(self).into_keys().cloned().collect();
        let fields = equal.len() + order.len();
        if !(2..=MAX_FIELDS).contains(&fields) {
            return None;
        }
        // One index serves an order and its opposite.
        let reverse = order.first().unwrap_or(name).descending;
        let directed = |order: &OrderBy| (order.field.clone(), order.descending != reverse);
        let shape = Shape::new(
            collection,
            equal,
            order.iter().map(directed).collect(),
            name.descending != reverse,
        );
        Some((shape, reverse))
    }
}

/// Chooses a finished index of several fields.
pub(super) fn by_composite(
    query: &Query,
    collection: &CollectionName,
    composites: &Composites,
) -> Option<Access> {
    let (shape, reverse) = query.shape()?;
    let mut prefix = composites.prefix(&shape)?;
    let operands = first_operands(query);
    for operand in operands.values() {
        prefix.extend(encoded(operand));
    }
    let mut range = prefix.clone()..key::after(&prefix);
    for (bound, is_start) in [(&query.start, true), (&query.end, false)] {
        let Some(bound) = bound else {
            continue;
        };
        let at = [
            prefix.as_slice(),
            &bound.key_in_order(&query.order, reverse, collection)?,
        ]
        .concat();
        let takes_equals = bound.before() == is_start;
        if is_start == reverse {
            range.end = if takes_equals { key::after(&at) } else { at };
        } else {
            range.start = if takes_equals { at } else { key::after(&at) };
        }
    }
    if let Some(first) = shape.order.first() {
        super::access::narrow_by_ranges(query, &first.0, &prefix, &mut range)?;
    }
    let conditions = query.filter.as_ref().map_or(0, |filter| {
        let mut count = 0;
        filter.visit(&mut |_, _, _| count += 1);
        count
    });
    Some(Access {
        table: Table::Composite(collection.clone(), shape.name_descends),
        range,
        reverse,
        ordered: true,
        covered: conditions == operands.len(),
    })
}
