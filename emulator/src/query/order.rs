//! Orders: explicit, implied by inequalities, and by name at last.

use std::collections::BTreeSet;

use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    path::{DatabaseName, DocumentName},
    proto::structured_query::{Direction, Order},
    storage::invert,
    value::{
        Fields, Kind,
        encode::{encode, push_reference, tag},
    },
};

/// One level of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderBy {
    /// What is compared.
    pub(crate) field: FieldPath,
    /// Whether greater values come first.
    pub(crate) descending: bool,
}

/// Parses the explicit orders of a query.
pub(super) fn parse(orders: &[Order]) -> Result<Vec<OrderBy>> {
    orders
        .iter()
        .map(|order| {
            let Some(field) = &order.field else {
                return Err(Error::invalid("Each order must name a field."));
            };
            let descending = match Direction::try_from(order.direction) {
                Ok(Direction::Descending) => true,
                Ok(Direction::Ascending | Direction::Unspecified) => false,
                Err(_) => return Err(Error::invalid(format!("Invalid direction: {}.", order.direction))),
            };
            Ok(OrderBy {
                field: FieldPath::parse(&field.field_path)?,
                descending,
            })
        })
        .collect()
}

/// Parses the textual order of ListDocuments: `a desc, b, __name__`.
pub(crate) fn parse_order_text(text: &str) -> Result<Vec<OrderBy>> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|part| {
            let mut words = part.split_whitespace();
            let (field, direction, end) = (words.next(), words.next(), words.next());
            let descending = match direction.map(str::to_ascii_lowercase).as_deref() {
                None | Some("asc") => false,
                Some("desc") => true,
                Some(_) => return Err(Error::invalid(format!("Invalid order: \"{text}\"."))),
            };
            let field = field.filter(|_| end.is_none());
            let field = field.ok_or_else(|| Error::invalid(format!("Invalid order: \"{text}\".")))?;
            Ok(OrderBy {
                field: FieldPath::parse(field)?,
                descending,
            })
        })
        .collect()
}

/// Refuses orders that name a field twice or go on behind the name, which decides between any two documents.
pub(super) fn validate(orders: &[OrderBy], inequalities: &[FieldPath]) -> Result<()> {
    for (index, order) in orders.iter().enumerate() {
        if orders[..index].iter().any(|other| other.field == order.field) {
            return Err(Error::invalid(format!(
                "order by property \"{}\" is repeated.",
                order.field
            )));
        }
        if order.field.is_name() && index + 1 < orders.len() {
            return Err(Error::invalid("Order by __name__ must be the last order."));
        }
    }
    let named = orders.last().is_some_and(|order| order.field.is_name());
    let implied = |field: &FieldPath| orders.iter().all(|order| &order.field != field);
    if let Some(field) = inequalities.iter().find(|field| named && implied(field)) {
        return Err(Error::invalid(format!(
            "inequality filter property \"{field}\" must be ordered by before __name__."
        )));
    }
    Ok(())
}

/// Adds what Firestore adds: fields of inequalities by their names, and the document's name, in the last direction.
pub(super) fn normalize(mut orders: Vec<OrderBy>, inequalities: &[FieldPath]) -> Vec<OrderBy> {
    let descending = orders.last().is_some_and(|order| order.descending);
    // The name decides between any two documents, so that nothing implied matters behind it.
    if orders.iter().any(|order| order.field.is_name()) {
        return orders;
    }
    let implied: BTreeSet<&FieldPath> = inequalities.iter().collect();
    for field in implied {
        if !field.is_name() && orders.iter().all(|order| &order.field != field) {
            orders.push(OrderBy {
                field: field.clone(),
                descending,
            });
        }
    }
    orders.push(OrderBy {
        field: FieldPath::name(),
        descending,
    });
    orders
}

/// Returns the bytes by which a document sorts, or nothing if it lacks a field of the order.
pub(super) fn sort_key(orders: &[OrderBy], name: &DocumentName, fields: &Fields) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(64);
    for order in orders {
        let start = key.len();
        if order.field.is_name() {
            push_name(&name.database, name.segments.iter().map(String::as_str), &mut key);
        } else {
            encode(order.field.get(fields)?, &mut key);
        }
        invert(&mut key[start..], order.descending);
    }
    Some(key)
}

/// Appends a document's name as the reference to it would be encoded.
fn push_name<'a>(database: &'a DatabaseName, segments: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    out.push(tag(Kind::Reference));
    let root = [
        "projects",
        &database.project,
        "databases",
        &database.database,
        "documents",
    ];
    push_reference(root.into_iter().chain(segments), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str) -> Vec<OrderBy> {
        parse_order_text(text).unwrap()
    }

    fn field(name: &str) -> FieldPath {
        FieldPath::parse(name).unwrap()
    }

    #[test]
    fn the_name_comes_last_in_the_last_direction() {
        assert_eq!(normalize(order(""), &[]), order("__name__"));
        assert_eq!(normalize(order("a desc"), &[]), order("a desc, __name__ desc"));
        assert_eq!(
            normalize(order("a desc, b asc"), &[]),
            order("a desc, b, __name__")
        );
        assert_eq!(
            normalize(order("a desc, __name__"), &[]),
            order("a desc, __name__")
        );
    }

    #[test]
    fn inequalities_imply_orders_by_name() {
        assert_eq!(
            normalize(order(""), &[field("z"), field("a"), field("z")]),
            order("a, z, __name__")
        );
        assert_eq!(
            normalize(order("z desc"), &[field("a"), field("z")]),
            order("z desc, a desc, __name__ desc")
        );
        assert_eq!(normalize(order(""), &[field("__name__")]), order("__name__"));
    }

    #[test]
    fn textual_orders_that_make_no_sense_are_refused() {
        for wrong in ["a up", "a desc b", ",", "a,,b", "a..b"] {
            assert!(parse_order_text(wrong).is_err(), "{wrong}");
        }
    }
}
