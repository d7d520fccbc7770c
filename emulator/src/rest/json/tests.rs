//! Both ways, against the types of `gcloud-sdk`.

use std::collections::HashMap;

use proptest::prelude::*;
use prost::Message as _;
use serde_json::json;

use super::{values::VALUE, *};
use crate::{
    proto::{self, value::ValueType},
    value::{array, map, null, value},
};

fn json_of(value: &proto::Value) -> serde_json::Value {
    let text = to_json(&VALUE, &value.encode_to_vec(), true).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn refused(json: serde_json::Value) -> String {
    from_json::<proto::Document>(&DOCUMENT, &json)
        .unwrap_err()
        .to_string()
}

#[test]
fn each_type_has_the_form_that_the_documentation_gives() {
    let time = prost_types::Timestamp {
        seconds: 1_577_836_800,
        nanos: 123_456_000,
    };
    let point = gcloud_sdk::google::r#type::LatLng {
        latitude: 0.0,
        longitude: -1.5,
    };
    let cases = [
        (ValueType::NullValue(0), json!({"nullValue": null})),
        (ValueType::BooleanValue(false), json!({"booleanValue": false})),
        (
            ValueType::IntegerValue(i64::MIN),
            json!({"integerValue": "-9223372036854775808"}),
        ),
        (ValueType::DoubleValue(f64::NAN), json!({"doubleValue": "NaN"})),
        (
            ValueType::DoubleValue(f64::NEG_INFINITY),
            json!({"doubleValue": "-Infinity"}),
        ),
        (ValueType::DoubleValue(1e300), json!({"doubleValue": 1e300})),
        (
            ValueType::TimestampValue(time),
            json!({"timestampValue": "2020-01-01T00:00:00.123456Z"}),
        ),
        (
            ValueType::StringValue("\"\u{0}月".into()),
            json!({"stringValue": "\"\u{0}月"}),
        ),
        (ValueType::BytesValue(vec![0, 255]), json!({"bytesValue": "AP8="})),
        (
            ValueType::ReferenceValue("a/b".into()),
            json!({"referenceValue": "a/b"}),
        ),
        (
            ValueType::GeoPointValue(point),
            json!({"geoPointValue": {"longitude": -1.5}}),
        ),
    ];
    for (case, expected) in cases {
        let case = value(case);
        assert_eq!(json_of(&case), expected);
        let back: proto::Value = from_json(&VALUE, &expected).unwrap();
        // NaN equals nothing, not even itself.
        assert_eq!(format!("{back:?}"), format!("{case:?}"));
    }
    assert_eq!(json_of(&array(vec![])), json!({"arrayValue": {}}));
    assert_eq!(json_of(&map(HashMap::new())), json!({"mapValue": {}}));
}

#[test]
fn numbers_and_bytes_are_understood_in_all_their_forms() {
    let integer = |json| from_json::<proto::Value>(&VALUE, &json!({ "integerValue": json })).ok();
    for json in [json!(12), json!("12"), json!(12.0), json!(1.2e1)] {
        assert_eq!(integer(json), Some(value(ValueType::IntegerValue(12))));
    }
    for json in [
        json!(1.5),
        json!("1.5"),
        json!("x"),
        json!(true),
        json!(1e19),
        json!("9223372036854775808"),
    ] {
        assert_eq!(integer(json.clone()), None, "{json}");
    }
    for text in ["-_8", "+/8", "+/8="] {
        let bytes: proto::Value = from_json(&VALUE, &json!({ "bytesValue": text })).unwrap();
        assert_eq!(bytes, value(ValueType::BytesValue(vec![251, 255])));
    }
    for text in ["inf", "nan", "infinity", ""] {
        assert!(
            from_json::<proto::Value>(&VALUE, &json!({ "doubleValue": text })).is_err(),
            "{text}"
        );
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert_eq!(
        refused(json!({"fields": {"a": {"arrayValue": {"values": [{}, {"integerVal": 1}]}}}})),
        "Invalid JSON payload received. Unknown name \"integerVal\" at 'fields[0].value.array_value.values[1]': \
         Cannot find field."
    );
    assert_eq!(
        refused(json!({"fields": {"a": {"integerValue": "x"}}})),
        "Invalid value at 'fields[0].value.integer_value' (TYPE_INT64), \"x\""
    );
    assert_eq!(
        refused(json!({"fields": {"a": {"integerValue": "1", "stringValue": "x"}}})),
        "Invalid value at 'fields[0].value' (oneof), oneof field 'value_type' is already set. Cannot set 'stringValue'"
    );
    for wrong in [
        json!([]),
        json!({"fields": []}),
        json!({"createTime": "yesterday"}),
        json!({"name": 1}),
    ] {
        assert!(refused(wrong).starts_with("Invalid value at '"));
    }
}

#[test]
fn parameters_of_an_address_fill_a_request() {
    let mut request = serde_json::Map::new();
    for (name, text) in [
        ("mask.fieldPaths", "a"),
        ("mask.field_paths", "b.c"),
        ("currentDocument.exists", "true"),
        ("currentDocument.exists", "false"),
    ] {
        parameter(&UPDATE_DOCUMENT_REQUEST, &mut request, name, text).unwrap();
    }
    assert_eq!(
        serde_json::Value::Object(request.clone()),
        json!({"mask": {"fieldPaths": ["a", "b.c"]}, "currentDocument": {"exists": false}})
    );
    for name in ["nope", "mask", "mask.nope", "mask.fieldPaths.x", ""] {
        assert!(
            parameter(&UPDATE_DOCUMENT_REQUEST, &mut request, name, "x").is_err(),
            "{name}"
        );
    }
}

fn any_value() -> impl Strategy<Value = proto::Value> {
    let time = (-62_135_596_800_i64..253_402_300_800, 0..1_000_000_000)
        .prop_map(|(seconds, nanos)| prost_types::Timestamp { seconds, nanos });
    let leaf = prop_oneof![
        Just(null()),
        any::<bool>().prop_map(|boolean| value(ValueType::BooleanValue(boolean))),
        any::<i64>().prop_map(|number| value(ValueType::IntegerValue(number))),
        prop::num::f64::NORMAL.prop_map(|number| value(ValueType::DoubleValue(number))),
        time.prop_map(|time| value(ValueType::TimestampValue(time))),
        any::<String>().prop_map(|text| value(ValueType::StringValue(text))),
        any::<Vec<u8>>().prop_map(|bytes| value(ValueType::BytesValue(bytes))),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(array),
            prop::collection::hash_map(any::<String>(), inner, 0..4).prop_map(map),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_survives_the_way_through_json(value in any_value()) {
        let back: proto::Value = from_json(&VALUE, &json_of(&value)).unwrap();
        prop_assert_eq!(back, value);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        drop(to_json(&DOCUMENT, &bytes, false));
    }
}
