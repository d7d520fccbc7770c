//! How large Firestore takes a document to be (<https://firebase.google.com/docs/firestore/storage-size>).

use gcloud_sdk::google::firestore::v1::{Value, value::ValueType};

/// The most that a document may have: 1 MiB.
pub(super) const DOCUMENT_BYTES: usize = 1024 * 1024;

/// Returns the size of a document at the root of the database.
pub(super) fn document<'a>(
    collection: &str,
    id: &str,
    fields: impl IntoIterator<Item = (&'a String, &'a Value)>,
) -> usize {
    let name = text(collection) + text(id) + 16;
    name + 32 + map(fields)
}

fn map<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> usize {
    fields.into_iter().map(|(key, value)| text(key) + of(value)).sum()
}

fn of(value: &Value) -> usize {
    match &value.value_type {
        None | Some(ValueType::NullValue(_) | ValueType::BooleanValue(_)) => 1,
        Some(ValueType::IntegerValue(_) | ValueType::DoubleValue(_) | ValueType::TimestampValue(_)) => 8,
        Some(ValueType::GeoPointValue(_)) => 16,
        Some(ValueType::StringValue(value)) => text(value),
        Some(ValueType::BytesValue(value)) => value.len(),
        Some(ValueType::ReferenceValue(name)) => text(name) + 16,
        Some(ValueType::ArrayValue(array)) => array.values.iter().map(of).sum(),
        Some(ValueType::MapValue(value)) => map(&value.fields),
        // Parts of pipelines, which no document holds.
        Some(
            ValueType::FieldReferenceValue(_)
            | ValueType::VariableReferenceValue(_)
            | ValueType::FunctionValue(_)
            | ValueType::PipelineValue(_),
        ) => 0,
    }
}

fn text(text: &str) -> usize {
    text.len() + 1
}

#[cfg(test)]
mod tests {
    use super::super::Fields;

    #[test]
    fn the_example_of_the_documentation_has_the_size_it_says() {
        // The documentation's task, with its boolean, text and number, but at users/jeff/tasks/my_task_id (44 bytes
        // more than 16); at tasks/my_task_id the name has 33.
        let fields = Fields::from_json(
            br#"{"type": "Personal", "done": false, "priority": 1, "description": "Learn Cloud Firestore"}"#,
        )
        .unwrap();
        let of_fields = 14 + 6 + 17 + 34;
        assert_eq!(fields.document_bytes("tasks", "my_task_id"), of_fields + 33 + 32);
    }
}
