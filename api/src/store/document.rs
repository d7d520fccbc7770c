//! Firestore's values as JSON: what the API answers.

use gcloud_sdk::google::firestore::v1::{Value, value::ValueType};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::HashMap;

/// A value as JSON. What JSON has no type for becomes text: times as RFC 3339, references as resource names; bytes
/// become an array of numbers, and a place on earth an object.
pub(super) struct Json<'a>(pub(super) &'a Value);

/// An object whose first fields come in the given order, and the others by name.
pub(super) struct Object<'a> {
    pub(super) fields: &'a HashMap<String, Value>,
    pub(super) first: &'a [&'a str],
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Some(value) = &self.0.value_type else {
            return to.serialize_unit();
        };
        match value {
            ValueType::NullValue(_) => to.serialize_unit(),
            ValueType::BooleanValue(value) => to.serialize_bool(*value),
            ValueType::IntegerValue(value) => to.serialize_i64(*value),
            // JSON has neither NaN nor infinity: serde_json writes null.
            ValueType::DoubleValue(value) => to.serialize_f64(*value),
            ValueType::TimestampValue(value) => to.collect_str(value),
            ValueType::StringValue(value) | ValueType::ReferenceValue(value) => to.serialize_str(value),
            ValueType::BytesValue(value) => to.serialize_bytes(value),
            ValueType::GeoPointValue(place) => {
                let mut object = to.serialize_map(Some(2))?;
                object.serialize_entry("latitude", &place.latitude)?;
                object.serialize_entry("longitude", &place.longitude)?;
                object.end()
            }
            ValueType::ArrayValue(array) => to.collect_seq(array.values.iter().map(Json)),
            ValueType::MapValue(map) => Object {
                fields: &map.fields,
                first: &[],
            }
            .serialize(to),
            // Parts of pipelines, which no document holds.
            ValueType::FieldReferenceValue(_)
            | ValueType::VariableReferenceValue(_)
            | ValueType::FunctionValue(_)
            | ValueType::PipelineValue(_) => to.serialize_unit(),
        }
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = to.serialize_map(Some(self.fields.len()))?;
        for name in self.first {
            if let Some(value) = self.fields.get(*name) {
                object.serialize_entry(name, &Json(value))?;
            }
        }
        let mut others: Vec<_> = self
            .fields
            .iter()
            .filter(|(name, _)| !self.first.contains(&name.as_str()))
            .collect();
        others.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in others {
            object.serialize_entry(name, &Json(value))?;
        }
        object.end()
    }
}
