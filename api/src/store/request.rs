//! Firestore's requests in few words.

use gcloud_sdk::{
    google::firestore::v1::{
        Cursor, Document, DocumentMask, Precondition, StructuredQuery, Value, Write,
        document_transform::{
            FieldTransform,
            field_transform::{ServerValue, TransformType},
        },
        precondition::ConditionType,
        structured_query::{
            CollectionSelector, Direction, FieldFilter, FieldReference, Filter, Order, field_filter,
            filter::FilterType,
        },
        value::ValueType,
        write::Operation,
    },
    prost_types::Timestamp,
};
use std::collections::HashMap;

/// The field that stands for a document's own name in an order.
const NAME: &str = "__name__";

/// Writes a document that must not be there yet.
pub(super) fn create(name: String, fields: HashMap<String, Value>) -> Write {
    let document = Document {
        name,
        fields,
        ..Document::default()
    };
    Write {
        operation: Some(Operation::Update(document)),
        current_document: exists(false),
        ..Write::default()
    }
}

/// Writes the given fields of a document that must be there, and no others.
pub(super) fn merge(name: String, fields: HashMap<String, Value>) -> Write {
    let field_paths = fields.keys().map(|name| field_path(name)).collect();
    let document = Document {
        name,
        fields,
        ..Document::default()
    };
    Write {
        operation: Some(Operation::Update(document)),
        update_mask: Some(DocumentMask { field_paths }),
        current_document: exists(true),
        ..Write::default()
    }
}

/// Writes the given fields of a document that must be as it was at that time, and no others.
pub(super) fn merge_unchanged(
    name: String,
    fields: HashMap<String, Value>,
    since: Option<Timestamp>,
) -> Write {
    Write {
        current_document: since.map(|since| Precondition {
            condition_type: Some(ConditionType::UpdateTime(since)),
        }),
        ..merge(name, fields)
    }
}

/// Deletes a document that must be there.
pub(super) fn delete(name: String) -> Write {
    Write {
        operation: Some(Operation::Delete(name)),
        current_document: exists(true),
        ..Write::default()
    }
}

/// Deletes a document that must be as it was at that time.
pub(super) fn delete_unchanged(name: String, since: Option<Timestamp>) -> Write {
    Write {
        current_document: since.map(|since| Precondition {
            condition_type: Some(ConditionType::UpdateTime(since)),
        }),
        ..delete(name)
    }
}

/// Lets Firestore put the time of the commit into these fields, in this order of results.
pub(super) fn stamped(mut write: Write, fields: &[&str]) -> Write {
    write.update_transforms = fields
        .iter()
        .map(|field| FieldTransform {
            field_path: (*field).to_owned(),
            transform_type: Some(TransformType::SetToServerValue(ServerValue::RequestTime.into())),
        })
        .collect();
    write
}

/// Asks for all documents of a collection.
pub(super) fn all_of(collection: &str) -> StructuredQuery {
    StructuredQuery {
        from: vec![CollectionSelector {
            collection_id: collection.to_owned(),
            all_descendants: false,
        }],
        ..StructuredQuery::default()
    }
}

/// Asks for the documents of a collection by a field, the greatest first, and by name where that is equal.
pub(super) fn newest_first(collection: &str, field: &str, limit: usize) -> StructuredQuery {
    let by = |field: &str| Order {
        field: reference(field),
        direction: Direction::Descending.into(),
    };
    StructuredQuery {
        from: vec![CollectionSelector {
            collection_id: collection.to_owned(),
            all_descendants: false,
        }],
        order_by: vec![by(field), by(NAME)],
        limit: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
        ..StructuredQuery::default()
    }
}

/// Leaves out everything up to and including the place that the values name in the query's order.
pub(super) fn after(mut query: StructuredQuery, values: Vec<Value>) -> StructuredQuery {
    query.start_at = Some(Cursor {
        values,
        before: false,
    });
    query
}

/// Leaves out everything behind the place that the values name in the query's order.
pub(super) fn up_to(mut query: StructuredQuery, values: Vec<Value>) -> StructuredQuery {
    query.end_at = Some(Cursor {
        values,
        before: false,
    });
    query
}

/// Leaves only the documents in which the field has that value.
pub(super) fn equal(mut query: StructuredQuery, field: &str, value: Value) -> StructuredQuery {
    query.r#where = Some(Filter {
        filter_type: Some(FilterType::FieldFilter(FieldFilter {
            field: reference(field),
            op: field_filter::Operator::Equal.into(),
            value: Some(value),
        })),
    });
    query
}

pub(super) fn value(value_type: ValueType) -> Value {
    Value {
        value_type: Some(value_type),
    }
}

pub(super) fn text(text: impl Into<String>) -> Value {
    value(ValueType::StringValue(text.into()))
}

/// Milliseconds since 1970, as Firestore's time. What lies beyond the year 9999 is its last second.
pub(super) fn time(millis: u64) -> Value {
    const LAST_SECOND: i64 = 253_402_300_799;
    let seconds = i64::try_from(millis / 1_000).unwrap_or(i64::MAX).min(LAST_SECOND);
    let nanos = i32::try_from(millis % 1_000).unwrap_or_default() * 1_000_000;
    value(ValueType::TimestampValue(Timestamp { seconds, nanos }))
}

/// Quotes a field's name where Firestore's paths ask for it: "simple" names are `[a-zA-Z_][a-zA-Z_0-9]*`.
fn field_path(name: &str) -> String {
    let mut chars = name.chars();
    let simple = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if simple {
        return name.to_owned();
    }
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

fn exists(yes: bool) -> Option<Precondition> {
    Some(Precondition {
        condition_type: Some(ConditionType::Exists(yes)),
    })
}

fn reference(field: &str) -> Option<FieldReference> {
    Some(FieldReference {
        field_path: field.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_simple_field_names_go_unquoted() {
        for (name, path) in [
            ("title", "title"),
            ("_a1", "_a1"),
            ("1a", "`1a`"),
            ("a.b", "`a.b`"),
            ("月", "`月`"),
            ("a`b\\c", "`a\\`b\\\\c`"),
        ] {
            assert_eq!(field_path(name), path);
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_is_its_end() {
        let ValueType::TimestampValue(end) = time(u64::MAX).value_type.unwrap() else {
            panic!("not a time")
        };
        assert_eq!(end.seconds, 253_402_300_799);
    }
}
