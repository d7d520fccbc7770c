//! Queries: parsed and validated once, then run over any state of the data.
//!
//! Order-preserving bytes carry the semantics of order: a document's sort key is the chain of its encoded values (each
//! inverted where the order descends), a cursor is the beginning of such a key, and comparing bytes is all that sorting
//! and cursors need.

mod access;
mod aggregate;
mod cursor;
mod filter;
mod order;
mod parse;
mod parse_filter;
mod run;

pub(crate) use self::{
    aggregate::{Aggregation, aggregate},
    order::{OrderBy, parse_order_text},
    run::{Found, Outcome},
};
use self::{cursor::Bound, filter::Filter};
use crate::{
    mask::Mask,
    path::{CollectionName, ParentName},
    proto::{Cursor, Value, value::ValueType},
};

/// A validated query.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    scope: Scope,
    filter: Option<Filter>,
    /// Normalised: implicit orders are there, and the name comes last.
    order: Vec<OrderBy>,
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
    /// Those at any depth below a parent, in collections of one id or in all.
    Descendants(ParentName, Option<String>),
}

impl Query {
    /// Makes a query that lists a collection.
    pub(crate) fn list(collection: CollectionName, order: Vec<OrderBy>) -> Self {
        Self {
            scope: Scope::Collection(collection),
            filter: None,
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

    /// Begins behind a cursor.
    pub(crate) fn after(mut self, cursor: &Cursor) -> crate::error::Result<Self> {
        self.start = Some(Bound::parse(cursor, &self.order)?);
        Ok(self)
    }

    /// Returns the cursor right behind a document that this query found.
    pub(crate) fn cursor_after(&self, found: &Found) -> crate::error::Result<Cursor> {
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

    /// Returns the projection.
    pub(crate) fn select(&self) -> Option<&Mask> {
        self.select.as_ref()
    }
}
