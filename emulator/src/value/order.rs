//! The order of values across types, as queries sort and compare them.

use std::cmp::Ordering;

use super::{Fields, as_vector, kind, number::Number};
use crate::{
    path::key::numeric_id,
    proto::{Value, value::ValueType},
};

/// Compares two values: by type first, then within the type.
pub(crate) fn compare(a: &Value, b: &Value) -> Ordering {
    kind(a).cmp(&kind(b)).then_with(|| within_kind(a, b))
}

/// Tells whether two values are equal as filters and array transforms see it: `1` equals `1.0`, NaN equals NaN.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    compare(a, b) == Ordering::Equal
}

fn within_kind(a: &Value, b: &Value) -> Ordering {
    use ValueType as T;
    let (Some(a_type), Some(b_type)) = (&a.value_type, &b.value_type) else {
        return Ordering::Equal;
    };
    match (a_type, b_type) {
        (T::BooleanValue(a), T::BooleanValue(b)) => a.cmp(b),
        (T::TimestampValue(a), T::TimestampValue(b)) => (a.seconds, a.nanos).cmp(&(b.seconds, b.nanos)),
        (T::StringValue(a), T::StringValue(b)) => a.as_bytes().cmp(b.as_bytes()),
        (T::BytesValue(a), T::BytesValue(b)) => a.cmp(b),
        (T::ReferenceValue(a), T::ReferenceValue(b)) => compare_names(a, b),
        (T::GeoPointValue(a), T::GeoPointValue(b)) => {
            compare_doubles(a.latitude, b.latitude).then_with(|| compare_doubles(a.longitude, b.longitude))
        }
        (T::ArrayValue(a), T::ArrayValue(b)) => compare_elements(&a.values, &b.values),
        (T::MapValue(a), T::MapValue(b)) => match (as_vector(&a.fields), as_vector(&b.fields)) {
            (Some(a), Some(b)) => a.len().cmp(&b.len()).then_with(|| compare_elements(a, b)),
            _ => compare_maps(&a.fields, &b.fields),
        },
        _ => match (Number::of(a), Number::of(b)) {
            (Some(a), Some(b)) => a.compare(b),
            _ => Ordering::Equal,
        },
    }
}

/// Compares names segment by segment; numeric ids come first.
fn compare_names(a: &str, b: &str) -> Ordering {
    let segments = |name: &str| -> Vec<_> {
        name.split('/')
            .map(|segment| {
                (
                    numeric_id(segment).is_none(),
                    numeric_id(segment),
                    segment.to_owned(),
                )
            })
            .collect()
    };
    if a.contains("/__id") || b.contains("/__id") {
        return segments(a).cmp(&segments(b));
    }
    a.split('/').cmp(b.split('/'))
}

fn compare_doubles(a: f64, b: f64) -> Ordering {
    Number::Double(a).compare(Number::Double(b))
}

fn compare_elements(a: &[Value], b: &[Value]) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| compare(a, b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn compare_maps(a: &Fields, b: &Fields) -> Ordering {
    let (a, b) = (sorted(a), sorted(b));
    a.iter()
        .zip(&b)
        .map(|((a_key, a), (b_key, b))| a_key.as_bytes().cmp(b_key.as_bytes()).then_with(|| compare(a, b)))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Lists a map's entries in the order of their keys.
pub(super) fn sorted(fields: &Fields) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = fields.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}
