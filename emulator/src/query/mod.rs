//! Queries: parsed and validated once, then run over any state of the data.
//!
//! Order-preserving bytes carry the semantics of order: a document's sort key is the chain of its encoded values (each
//! inverted where the order descends), a cursor is the beginning of such a key, and comparing bytes is all that sorting
//! and cursors need.

mod access;
mod aggregate;
mod composite;
mod cursor;
mod explain;
mod filter;
mod order;
mod parse;
mod parse_filter;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    aggregate::{Aggregation, aggregate},
    order::{OrderBy, parse_order_text},
    run::{Found, Outcome, collection_ids},
};
use std::collections::BTreeSet;

use self::{cursor::Bound, filter::Filter};
use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    mask::Mask,
    path::{CollectionName, ParentName},
    proto::{Cursor, Value, value::ValueType},
    storage::Topic,
};

/// A validated query.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    scope: Scope,
    filter: Option<Filter>,
    /// Normalised: implicit orders are there, and the name comes last.
    order: Vec<OrderBy>,
    /// Whether the client asks for the order by name, so that nothing can come behind it.
    named: bool,
    start: Option<Bound>,
    end: Option<Bound>,
    offset: usize,
    limit: Option<usize>,
    select: Option<Mask>,
}

/// Which documents a query looks at.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    /// Those directly in one collection.
    Collection(CollectionName),
    /// Those directly in any collection of a parent.
    Children(ParentName),
    /// Those at any depth below a parent, in collections of one id or in all.
    Descendants(ParentName, Option<String>),
}

impl Query {
    /// Makes a query that lists a collection.
    pub(crate) fn list(collection: CollectionName, order: Vec<OrderBy>) -> Self {
        Self::of(Scope::Collection(collection), order)
    }

    /// Makes a query that lists all collections of a parent.
    pub(crate) fn list_children(parent: ParentName, order: Vec<OrderBy>) -> Self {
        Self::of(Scope::Children(parent), order)
    }

    fn of(scope: Scope, order: Vec<OrderBy>) -> Self {
        Self {
            scope,
            filter: None,
            named: order.last().is_some_and(|order| order.field.is_name()),
            order: order::normalize(order, &[]),
            start: None,
            end: None,
            offset: 0,
            limit: None,
            select: None,
        }
    }

    /// Finds at most so many documents.
    pub(crate) fn with_limit(mut self, limit: usize) -> Self {
        self.limit = Some(self.limit.map_or(limit, |own| own.min(limit)));
        self
    }

    /// Orders by fields behind what the client ordered by, if it is not all documents that are taken.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if the client ordered by the name, behind which nothing can come.
    pub(crate) fn then_ordered_by<'a>(mut self, fields: impl Iterator<Item = &'a FieldPath>) -> Result<Self> {
        let ordered = |field: &FieldPath| self.order.iter().any(|order| &order.field == field);
        let lacking: BTreeSet<FieldPath> = fields.filter(|field| !ordered(field)).cloned().collect();
        if lacking.is_empty() {
            return Ok(self);
        }
        if self.named {
            let lacking: Vec<String> = lacking.iter().map(ToString::to_string).collect();
            return Err(Error::invalid(format!(
                "This query requires an index that has fields [{}] after __name__ and Firestore does not currently \
                 support such an index. Please try the query again with additional ordering on those fields.",
                lacking.join(", ")
            )));
        }
        if !self.is_windowed() {
            // All are taken, in whatever order they lie.
            return Ok(self);
        }
        let name = self.order.len().saturating_sub(1);
        let descending = self.order.last().is_some_and(|order| order.descending);
        let orders = lacking.into_iter().map(|field| OrderBy { field, descending });
        self.order.splice(name..name, orders);
        Ok(self)
    }

    /// Begins behind a cursor.
    pub(crate) fn after(mut self, cursor: &Cursor) -> Result<Self> {
        self.start = Some(Bound::parse(cursor, &self.order)?);
        Ok(self)
    }

    /// Returns the cursor right behind a document that this query found.
    pub(crate) fn cursor_after(&self, found: &Found) -> Result<Cursor> {
        let document = found.row.decode()?;
        let values = self
            .order
            .iter()
            .map(|order| match order.field.get(&document.fields) {
                Some(value) if !order.field.is_name() => value.clone(),
                _ => Value {
                    value_type: Some(ValueType::ReferenceValue(document.name.clone())),
                },
            })
            .collect();
        Ok(Cursor {
            values,
            before: false,
        })
    }

    /// Returns what happens to which this query must hear of.
    pub(crate) fn topic(&self) -> Topic {
        match &self.scope {
            Scope::Collection(collection) => Topic::collection(collection),
            Scope::Children(parent) => Topic::descendants(parent, None),
            Scope::Descendants(parent, id) => Topic::descendants(parent, id.as_ref()),
        }
    }

    /// Tells whether what the query finds hangs on more than each document by itself.
    pub(crate) fn is_windowed(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    /// Tells whether so many documents are all that the query would show.
    pub(crate) fn is_filled_by(&self, count: usize) -> bool {
        self.limit.is_some_and(|limit| count >= limit)
    }

    /// Returns the projection.
    pub(crate) fn select(&self) -> Option<&Mask> {
        self.select.as_ref()
    }
}
