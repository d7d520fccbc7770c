//! Answers as short text: names without the database, times without their values.

use gcloud_sdk::google::firestore::v1::{Document, Value, value::ValueType};
use prost_types::Timestamp;
use tonic::Status;

use super::support::ROOT;

pub fn name(name: &str) -> &str {
    name.strip_prefix(ROOT)
        .map_or(name, |path| path.trim_start_matches('/'))
}

pub fn error(status: &Status) -> String {
    format!("{:?}", status.code())
}

pub fn outcome<T>(result: Result<T, Status>, show: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(found) => show(found),
        Err(status) => error(&status),
    }
}

pub fn document(document: &Document) -> String {
    format!("{} {}", name(&document.name), fields(&document.fields))
}

pub fn fields<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> String {
    let mut entries: Vec<String> = fields
        .into_iter()
        .map(|(k, v)| format!("{k}: {}", value(v)))
        .collect();
    entries.sort();
    format!("{{{}}}", entries.join(", "))
}

pub fn value(value: &Value) -> String {
    match &value.value_type {
        None => "nothing".to_owned(),
        Some(ValueType::NullValue(_)) => "null".to_owned(),
        Some(ValueType::BooleanValue(boolean)) => boolean.to_string(),
        Some(ValueType::IntegerValue(integer)) => integer.to_string(),
        Some(ValueType::DoubleValue(double)) => format!("{double:?}d"),
        Some(ValueType::TimestampValue(time)) => timestamp(time),
        Some(ValueType::StringValue(text)) if text.len() > 100 => format!("text of {}", text.len()),
        Some(ValueType::StringValue(text)) => format!("{text:?}"),
        Some(ValueType::BytesValue(bytes)) => format!("{bytes:?}b"),
        Some(ValueType::ReferenceValue(path)) => format!("->{}", name(path)),
        Some(ValueType::GeoPointValue(point)) => format!("@{},{}", point.latitude, point.longitude),
        Some(ValueType::ArrayValue(array)) => {
            format!(
                "[{}]",
                array
                    .values
                    .iter()
                    .map(self::value)
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Some(ValueType::MapValue(map)) => fields(&map.fields),
        Some(other) => format!("{other:?}"),
    }
}

/// Times of this century are those of the test itself; only how fine they are can be compared.
fn timestamp(time: &Timestamp) -> String {
    if time.seconds < 1_500_000_000 {
        return format!("{}.{:09}", time.seconds, time.nanos);
    }
    let precision = if time.nanos % 1_000_000 == 0 {
        "milliseconds"
    } else {
        "finer than milliseconds"
    };
    format!("now in {precision}")
}
