//! Says along which index a query goes.

use super::{
    Query, Scope,
    access::{self, Table, first_operands},
};
use crate::storage::Composites;

/// An index, as Query explain describes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// `Collection` or `Collection group`.
    pub(crate) scope: &'static str,
    /// Fields with their directions, such as `(a ASC, __name__ ASC)`.
    pub(crate) properties: String,
}

impl Query {
    /// Returns what the query would be run along.
    pub(crate) fn plan(&self, composites: &Composites) -> Plan {
        let one = match &self.scope {
            Scope::Collection(_) => self.clone(),
            Scope::Children(parent) | Scope::Descendants(parent, _) => Self {
                // Each collection is asked by itself; which one makes no difference to the fields.
                scope: Scope::Collection(parent.collection("any")),
                ..self.clone()
            },
        };
        let direction = |descends: bool| if descends { "DESC" } else { "ASC" };
        let name_descends = self.order.last().is_some_and(|order| order.descending);
        let orders = self
            .order
            .iter()
            .map(|order| (order.field.to_string(), direction(order.descending)));
        let equal = || {
            first_operands(self)
                .into_keys()
                .map(|field| (field.to_string(), "ASC"))
        };
        let name = || [("__name__".to_owned(), direction(name_descends))];
        let access = access::choose(&one, composites);
        let fields: Vec<_> = match access.table {
            Table::Documents => name().to_vec(),
            Table::Composite(..) => equal().chain(orders).collect(),
            Table::Index(_) => match equal().next() {
                Some(first) => std::iter::once(first).chain(name()).collect(),
                None => orders.collect(),
            },
        };
        let fields: Vec<String> = fields
            .iter()
            .map(|(field, direction)| format!("{field} {direction}"))
            .collect();
        Plan {
            scope: match self.scope {
                Scope::Collection(_) => "Collection",
                Scope::Children(_) | Scope::Descendants(..) => "Collection group",
            },
            properties: format!("({})", fields.join(", ")),
        }
    }
}
