//! JSON from outside, read straight into Firestore's values.
//!
//! One pass checks the syntax and what Firestore demands of a document, so that every error can name its line and
//! column, and a large photo is copied once.

use super::{request, size};
use gcloud_sdk::google::firestore::v1::{ArrayValue, MapValue, Value, value::ValueType};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::{collections::HashMap, fmt};
use wire::limits::JSON_DEPTH;

/// The fields of a document, each of a name and a type that Firestore takes.
#[derive(Clone, Default, PartialEq)]
pub struct Fields(pub(super) HashMap<String, Value>);

/// Why a text does not give the fields of a document.
#[derive(Debug, thiserror::Error)]
pub enum BadFields {
    /// There was no text.
    #[error("the body is empty; a JSON object is expected")]
    Empty,
    /// It is not JSON.
    #[error("the body is not JSON: {0}")]
    Syntax(serde_json::Error),
    /// It is JSON that Firestore cannot hold.
    #[error("{0}")]
    Content(serde_json::Error),
}

/// The type of a field's value, as far as callers ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'a> {
    /// There is no such field.
    Absent,
    /// It is `null`.
    Null,
    /// It is a string.
    Text(&'a str),
    /// It is of any other type.
    Other,
}

impl Fields {
    /// Reads a JSON object.
    ///
    /// Integers outside of 64 bits with a sign become doubles, as they do in JavaScript.
    ///
    /// # Errors
    /// [`BadFields`], which names the place, if the text is not a JSON object, nests deeper than
    /// [`JSON_DEPTH`], holds an array directly in an array, or a field name that Firestore reserves.
    pub fn from_json(text: &[u8]) -> Result<Self, BadFields> {
        if text.iter().all(u8::is_ascii_whitespace) {
            return Err(BadFields::Empty);
        }
        let mut from = serde_json::Deserializer::from_slice(text);
        let fields = from.deserialize_map(Object { inside: 1 })?;
        from.end()?;
        Ok(Self(fields))
    }

    /// Returns the field of that name.
    pub fn get(&self, name: &str) -> Field<'_> {
        match self.0.get(name).map(|value| &value.value_type) {
            None => Field::Absent,
            Some(None | Some(ValueType::NullValue(_))) => Field::Null,
            Some(Some(ValueType::StringValue(text))) => Field::Text(text),
            Some(Some(_)) => Field::Other,
        }
    }

    /// Takes the field of that name out.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Returns the size in bytes that Firestore gives a document of these fields at `collection/id`.
    pub fn document_bytes(&self, collection: &str, id: &str) -> usize {
        size::document(collection, id, &self.0)
    }
}

/// Shows the names only: what people write does not belong into a log.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl From<serde_json::Error> for BadFields {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() {
            return Self::Content(error);
        }
        Self::Syntax(error)
    }
}

/// Reads the fields of an object that is the `inside`th from the outermost, which is the first.
struct Object {
    inside: usize,
}

/// Reads a value that lies within so many objects and arrays.
#[derive(Clone, Copy)]
struct Within {
    containers: usize,
    array: bool,
}

impl<'de> Visitor<'de> for Object {
    type Value = HashMap<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut fields = HashMap::new();
        let within = Within {
            containers: self.inside,
            array: false,
        };
        while let Some(name) = object.next_key::<String>()? {
            check_name(&name).map_err(A::Error::custom)?;
            let value = object.next_value_seed(within)?;
            fields.insert(name, value);
        }
        Ok(fields)
    }
}

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self).map(request::value)
    }
}

impl Within {
    fn deeper<E: Error>(self) -> Result<usize, E> {
        let containers = self.containers + 1;
        if containers > JSON_DEPTH {
            return Err(E::custom(format_args!(
                "the body must nest at most {JSON_DEPTH} objects and arrays"
            )));
        }
        Ok(containers)
    }
}

impl<'de> Visitor<'de> for Within {
    type Value = ValueType;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<ValueType, E> {
        Ok(ValueType::NullValue(0))
    }

    fn visit_bool<E>(self, value: bool) -> Result<ValueType, E> {
        Ok(ValueType::BooleanValue(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<ValueType, E> {
        Ok(ValueType::IntegerValue(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<ValueType, E> {
        Ok(i64::try_from(value).map_or(ValueType::DoubleValue(value as f64), ValueType::IntegerValue))
    }

    fn visit_f64<E>(self, value: f64) -> Result<ValueType, E> {
        Ok(ValueType::DoubleValue(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<ValueType, E> {
        Ok(ValueType::StringValue(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<ValueType, E> {
        Ok(ValueType::StringValue(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<ValueType, A::Error> {
        if self.array {
            return Err(A::Error::custom(
                "an array must not hold an array directly: the database cannot store that; put an object between",
            ));
        }
        let within = Within {
            containers: self.deeper()?,
            array: true,
        };
        let mut values = Vec::new();
        while let Some(value) = array.next_element_seed(within)? {
            values.push(value);
        }
        Ok(ValueType::ArrayValue(ArrayValue { values }))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<ValueType, A::Error> {
        let inside = self.deeper()?;
        let fields = Object { inside }.visit_map(object)?;
        Ok(ValueType::MapValue(MapValue { fields }))
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    const NAME_BYTES: usize = 1_500;
    if name.is_empty() {
        return Err("a field's name must not be empty");
    }
    if name.len() > NAME_BYTES {
        return Err("a field's name must have at most 1,500 bytes");
    }
    if name.len() >= 4 && name.starts_with("__") && name.ends_with("__") {
        return Err("a field's name must not begin and end with \"__\": such names are reserved");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Fields::from_json(text.as_bytes()).expect_err(text).to_string()
    }

    #[test]
    fn every_error_names_its_place() {
        assert_eq!(
            refusal("{\"a\": 1,\n}"),
            "the body is not JSON: trailing comma at line 2 column 1"
        );
        assert!(
            refusal("{\"a\": [[1]]}").ends_with("at line 1 column 8"),
            "{}",
            refusal("{\"a\": [[1]]}")
        );
        assert_eq!(
            refusal("[1]"),
            "invalid type: sequence, expected a JSON object at line 1 column 0"
        );
        assert_eq!(refusal(" \n"), "the body is empty; a JSON object is expected");
    }

    #[test]
    fn nesting_is_allowed_to_the_limit_and_no_deeper() {
        let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(Fields::from_json(nested(JSON_DEPTH).as_bytes()).is_ok());
        assert!(refusal(&nested(JSON_DEPTH + 1)).contains("at most 20"));
        assert!(refusal(&nested(100_000)).contains("at most 20"));
    }

    #[test]
    fn numbers_keep_their_kind() {
        let fields =
            Fields::from_json(b"{\"i\": -9223372036854775808, \"u\": 18446744073709551615, \"f\": 1.0}")
                .unwrap();
        assert_eq!(fields.0["i"].value_type, Some(ValueType::IntegerValue(i64::MIN)));
        assert_eq!(
            fields.0["u"].value_type,
            Some(ValueType::DoubleValue(u64::MAX as f64))
        );
        assert_eq!(fields.0["f"].value_type, Some(ValueType::DoubleValue(1.0)));
    }

    #[test]
    fn reserved_names_are_refused_at_every_depth() {
        for name in ["", "__x__", "____", &"x".repeat(1_501)] {
            assert!(Fields::from_json(format!("{{\"a\": [{{\"{name}\": 1}}]}}").as_bytes()).is_err());
        }
        for name in ["__", "___", "__x", "x__", "a.b", "月", "a`b"] {
            assert!(
                Fields::from_json(format!("{{\"{name}\": 1}}").as_bytes()).is_ok(),
                "{name}"
            );
        }
    }
}
