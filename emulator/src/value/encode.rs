//! Order-preserving bytes of values.
//!
//! The byte order of two encodings is the order of the values, and no encoding is the beginning of another, so that
//! encodings can be chained into keys of an index and of a sort. Values that are equal have equal bytes.

use super::{Fields, Kind, as_vector, kind, number::Number, order::sorted};
use crate::{
    path::key::{push_bytes, push_segment},
    proto::{Value, value::ValueType},
};

/// Closes arrays, maps and references; sorts before whatever may open their next part.
const CLOSE: u8 = 0x00;
/// Opens the next entry of a map or segment of a reference, either of which may begin with any byte.
const OPEN: u8 = 0x01;

/// Appends the value's bytes.
pub(crate) fn encode(value: &Value, out: &mut Vec<u8>) {
    out.push(tag(kind(value)));
    let Some(value_type) = &value.value_type else {
        return;
    };
    match value_type {
        ValueType::BooleanValue(boolean) => out.push(u8::from(*boolean)),
        ValueType::IntegerValue(integer) => push_number(Number::Integer(*integer), out),
        ValueType::DoubleValue(double) => push_number(Number::Double(*double), out),
        ValueType::TimestampValue(time) => {
            out.extend_from_slice(&order_i64(time.seconds).to_be_bytes());
            out.extend_from_slice(&time.nanos.to_be_bytes());
        }
        ValueType::StringValue(string) => push_bytes(out, string.as_bytes()),
        ValueType::BytesValue(bytes) => push_bytes(out, bytes),
        ValueType::ReferenceValue(name) => push_reference(name.split('/'), out),
        ValueType::GeoPointValue(point) => {
            out.extend_from_slice(&order_f64(Number::Double(point.latitude).parts().0).to_be_bytes());
            out.extend_from_slice(&order_f64(Number::Double(point.longitude).parts().0).to_be_bytes());
        }
        ValueType::ArrayValue(array) => push_elements(&array.values, out),
        ValueType::MapValue(map) => push_map(&map.fields, out),
        ValueType::NullValue(_)
        | ValueType::FieldReferenceValue(_)
        | ValueType::VariableReferenceValue(_)
        | ValueType::FunctionValue(_)
        | ValueType::PipelineValue(_) => {}
    }
}

/// Returns the value's bytes.
pub(crate) fn encoded(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    encode(value, &mut out);
    out
}

/// Returns the first byte of every value of a kind.
pub(crate) fn tag(kind: Kind) -> u8 {
    match kind {
        Kind::Null => 0x10,
        Kind::Boolean => 0x18,
        Kind::Number => 0x20,
        Kind::Timestamp => 0x28,
        Kind::String => 0x30,
        Kind::Bytes => 0x38,
        Kind::Reference => 0x40,
        Kind::GeoPoint => 0x48,
        Kind::Array => 0x50,
        Kind::Vector => 0x58,
        Kind::Map => 0x60,
    }
}

/// Appends the bytes of a reference, given by the segments of its name.
pub(crate) fn push_reference<'a>(segments: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    for segment in segments {
        out.push(OPEN);
        push_segment(out, segment);
    }
    out.push(CLOSE);
}

fn push_number(number: Number, out: &mut Vec<u8>) {
    let (floor, above) = number.parts();
    out.extend_from_slice(&order_f64(floor).to_be_bytes());
    out.extend_from_slice(&above.to_be_bytes());
}

fn push_elements(values: &[Value], out: &mut Vec<u8>) {
    for value in values {
        encode(value, out);
    }
    out.push(CLOSE);
}

fn push_map(fields: &Fields, out: &mut Vec<u8>) {
    if let Some(numbers) = as_vector(fields) {
        // Vectors sort by length first.
        out.extend_from_slice(&u32::try_from(numbers.len()).unwrap_or(u32::MAX).to_be_bytes());
        push_elements(numbers, out);
        return;
    }
    for (key, value) in sorted(fields) {
        out.push(OPEN);
        push_bytes(out, key.as_bytes());
        encode(value, out);
    }
    out.push(CLOSE);
}

/// Maps a double to an integer of the same order as `f64::total_cmp`.
fn order_f64(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn order_i64(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cmp::Ordering;

    use gcloud_sdk::google::r#type::LatLng;
    use proptest::prelude::*;

    use super::*;
    use crate::value::{array, map, null, order::compare, value};

    /// Any value that may be stored, three levels deep, with many near misses.
    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(null()),
            any::<bool>().prop_map(|b| value(ValueType::BooleanValue(b))),
            (-3_i64..3).prop_map(|i| value(ValueType::IntegerValue(i))),
            any::<i64>().prop_map(|i| value(ValueType::IntegerValue(i))),
            prop_oneof![
                Just(f64::NAN),
                Just(-0.0),
                Just(1.5),
                Just(f64::INFINITY),
                any::<f64>()
            ]
            .prop_map(|d| value(ValueType::DoubleValue(d))),
            (-2_i64..2, 0..3_i32).prop_map(|(seconds, nanos)| value(ValueType::TimestampValue(
                prost_types::Timestamp { seconds, nanos }
            ))),
            "[a\u{0}\u{1}月]{0,3}".prop_map(|s| value(ValueType::StringValue(s))),
            prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(255)], 0..4)
                .prop_map(|b| value(ValueType::BytesValue(b))),
            "[a-b](/([a-b]|__id-?[0-9]__)){0,2}".prop_map(|s| value(ValueType::ReferenceValue(s))),
            (-1.0..1.0_f64, -1.0..1.0_f64).prop_map(|(latitude, longitude)| value(ValueType::GeoPointValue(
                LatLng { latitude, longitude }
            ))),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(array),
                prop::collection::hash_map("[a-b\u{0}]{1,2}", inner, 0..3).prop_map(map),
                prop::collection::vec(-1.0..1.0_f64, 0..3).prop_map(|numbers| {
                    let numbers = numbers
                        .into_iter()
                        .map(|n| value(ValueType::DoubleValue(n)))
                        .collect();
                    map([
                        (
                            "__type__".to_owned(),
                            value(ValueType::StringValue("__vector__".to_owned())),
                        ),
                        ("value".to_owned(), array(numbers)),
                    ]
                    .into())
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn bytes_keep_the_order_of_values(a in any_value(), b in any_value()) {
            prop_assert_eq!(encoded(&a).cmp(&encoded(&b)), compare(&a, &b), "{:?} {:?}", a, b);
        }

        #[test]
        fn no_encoding_begins_another(a in any_value(), b in any_value()) {
            let (a, b) = (encoded(&a), encoded(&b));
            prop_assert!(a == b || !b.starts_with(&a));
        }
    }

    #[test]
    fn types_sort_as_firestore_documents_it() {
        let line = [
            null(),
            value(ValueType::BooleanValue(false)),
            value(ValueType::BooleanValue(true)),
            value(ValueType::DoubleValue(f64::NAN)),
            value(ValueType::DoubleValue(f64::NEG_INFINITY)),
            value(ValueType::IntegerValue(i64::MIN)),
            value(ValueType::IntegerValue(1)),
            value(ValueType::DoubleValue(1.5)),
            value(ValueType::DoubleValue(f64::INFINITY)),
            value(ValueType::TimestampValue(prost_types::Timestamp {
                seconds: 0,
                nanos: 0,
            })),
            value(ValueType::StringValue(String::new())),
            value(ValueType::StringValue("a".into())),
            value(ValueType::StringValue("é".into())),
            value(ValueType::BytesValue(vec![])),
            value(ValueType::ReferenceValue("projects/p".into())),
            value(ValueType::GeoPointValue(LatLng {
                latitude: 0.0,
                longitude: 0.0,
            })),
            array(vec![]),
            array(vec![null()]),
            map([
                (
                    "__type__".to_owned(),
                    value(ValueType::StringValue("__vector__".to_owned())),
                ),
                ("value".to_owned(), array(vec![])),
            ]
            .into()),
            map(Fields::new()),
            map([("a".to_owned(), null())].into()),
        ];
        for pair in line.windows(2) {
            assert_eq!(compare(&pair[0], &pair[1]), Ordering::Less, "{pair:?}");
        }
    }
}
