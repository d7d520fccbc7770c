//! Cursors: positions between documents, as beginnings of sort keys.

use super::order::OrderBy;
use crate::{
    error::{Error, Result},
    path::{CollectionName, DocumentName},
    proto::{Cursor, Value, value::ValueType},
    storage::{ENTRY_LIMIT, invert},
    value::{encode::encoded, validate},
};

/// A position right before or right after all documents whose sort key begins with some bytes.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    values: Vec<Value>,
    key: Vec<u8>,
    before: bool,
}

impl Bound {
    /// Parses a cursor against the orders that it is a position in.
    pub(super) fn parse(cursor: &Cursor, orders: &[OrderBy]) -> Result<Self> {
        if cursor.values.len() > orders.len() {
            return Err(Error::invalid("Cursor has too many values."));
        }
        let mut key = Vec::new();
        for (value, order) in cursor.values.iter().zip(orders) {
            validate::value(value)?;
            if order.field.is_name() && !matches!(value.value_type, Some(ValueType::ReferenceValue(_))) {
                return Err(Error::invalid(
                    "Cursor value for __name__ must be a document's name.",
                ));
            }
            let mut bytes = encoded(value);
            invert(&mut bytes, order.descending);
            key.append(&mut bytes);
        }
        Ok(Self {
            values: cursor.values.clone(),
            key,
            before: cursor.before,
        })
    }

    /// Tells whether a document lies behind this position, where results begin.
    pub(super) fn is_before(&self, sort_key: &[u8]) -> bool {
        if sort_key.starts_with(&self.key) {
            self.before
        } else {
            sort_key > self.key.as_slice()
        }
    }

    /// Tells whether a document lies in front of this position, where results end.
    pub(super) fn is_after(&self, sort_key: &[u8]) -> bool {
        if sort_key.starts_with(&self.key) {
            !self.before
        } else {
            sort_key < self.key.as_slice()
        }
    }

    /// Returns the bytes of the position in keys of the values of `order`, those inverted that descend other than the
    /// whole, and at last the id of a document of `collection`; nothing if it cannot be expressed so.
    pub(super) fn key_in_order(
        &self,
        order: &[OrderBy],
        reverse: bool,
        collection: &CollectionName,
    ) -> Option<Vec<u8>> {
        let mut key = Vec::new();
        for (value, order) in self.values.iter().zip(order) {
            let start = key.len();
            if order.field.is_name() {
                let Some(ValueType::ReferenceValue(name)) = &value.value_type else {
                    return None;
                };
                let name = DocumentName::parse(name).ok()?;
                if &name.collection() != collection {
                    return None;
                }
                crate::path::key::push_segment(&mut key, name.id());
            } else {
                let value = encoded(value);
                if value.len() > ENTRY_LIMIT {
                    return None;
                }
                key.extend(value);
            }
            invert(&mut key[start..], order.descending != reverse);
        }
        Some(key)
    }

    /// Tells whether the position is before the documents that are equal to its values.
    pub(super) fn before(&self) -> bool {
        self.before
    }

    /// Returns the bytes of the position in keys that consist of `fields` values and the id of a document of
    /// `collection`, or nothing if it cannot be expressed so.
    pub(super) fn key_within(&self, fields: usize, collection: &CollectionName) -> Option<Vec<u8>> {
        let mut key: Vec<u8> = self.values.iter().take(fields).flat_map(encoded).collect();
        let Some(last) = self.values.get(fields) else {
            return Some(key);
        };
        let Some(ValueType::ReferenceValue(name)) = &last.value_type else {
            return None;
        };
        let name = DocumentName::parse(name)
            .ok()
            .filter(|name| &name.collection() == collection)?;
        crate::path::key::push_segment(&mut key, name.id());
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{query::order::parse_order_text, value::value};

    fn bound(order: &str, number: i64, before: bool) -> Bound {
        let values = vec![value(ValueType::IntegerValue(number))];
        Bound::parse(&Cursor { values, before }, &parse_order_text(order).unwrap()).unwrap()
    }

    fn sort_key(order: &str, number: i64) -> Vec<u8> {
        let name = DocumentName::parse("projects/p/databases/d/documents/c/x").unwrap();
        let fields = [("a".to_owned(), value(ValueType::IntegerValue(number)))].into();
        super::super::order::sort_key(&parse_order_text(order).unwrap(), &name, &fields).unwrap()
    }

    #[test]
    fn a_cursor_takes_or_leaves_the_documents_that_equal_it() {
        for order in ["a, __name__", "a desc, __name__ desc"] {
            assert!(bound(order, 5, true).is_before(&sort_key(order, 5)));
            assert!(!bound(order, 5, false).is_before(&sort_key(order, 5)));
            assert!(!bound(order, 5, true).is_after(&sort_key(order, 5)));
            assert!(bound(order, 5, false).is_after(&sort_key(order, 5)));
        }
    }

    #[test]
    fn a_descending_order_turns_the_cursor_round() {
        assert!(bound("a, __name__", 5, true).is_before(&sort_key("a, __name__", 6)));
        let order = "a desc, __name__ desc";
        assert!(bound(order, 5, true).is_before(&sort_key(order, 4)));
        assert!(!bound(order, 5, true).is_before(&sort_key(order, 6)));
        assert!(bound(order, 5, true).is_after(&sort_key(order, 6)));
    }

    #[test]
    fn cursors_of_the_wrong_shape_are_refused() {
        let orders = parse_order_text("__name__").unwrap();
        let number = value(ValueType::IntegerValue(1));
        for values in [vec![number.clone()], vec![number.clone(), number]] {
            assert!(Bound::parse(&Cursor { values, before: true }, &orders).is_err());
        }
    }
}
