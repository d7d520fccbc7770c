//! Firestore's values: their order across types, equality, order-preserving bytes, and what may be stored.

pub mod encode;
pub mod number;
pub mod order;
pub mod validate;

use std::collections::HashMap;

use crate::proto::{ArrayValue, MapValue, Value, value::ValueType};

/// Fields of a document or a map.
pub type Fields = HashMap<String, Value>;

/// Key by which a map says that it is something else.
const TYPE_KEY: &str = "__type__";
/// The one thing that a map may say that it is.
const VECTOR_TYPE: &str = "__vector__";
/// Key of a vector's numbers.
const VECTOR_KEY: &str = "value";

/// A value's type, in the order in which types sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Null, and a value that says nothing.
    Null,
    /// False or true.
    Boolean,
    /// Integers and doubles, which compare with each other.
    Number,
    /// Microseconds since the epoch.
    Timestamp,
    /// UTF-8.
    String,
    /// Bytes.
    Bytes,
    /// A document's name.
    Reference,
    /// Latitude and longitude.
    GeoPoint,
    /// An array.
    Array,
    /// A vector: a map in disguise.
    Vector,
    /// A map.
    Map,
}

/// Wraps a value type.
pub(crate) fn value(value_type: ValueType) -> Value {
    Value {
        value_type: Some(value_type),
    }
}

/// Makes an array.
pub(crate) fn array(values: Vec<Value>) -> Value {
    value(ValueType::ArrayValue(ArrayValue { values }))
}

/// Makes a map.
pub(crate) fn map(fields: Fields) -> Value {
    value(ValueType::MapValue(MapValue { fields }))
}

/// Makes null.
pub(crate) fn null() -> Value {
    value(ValueType::NullValue(0))
}

/// Returns the elements of an array.
pub(crate) fn as_array(value: &Value) -> Option<&[Value]> {
    if let Some(ValueType::ArrayValue(array)) = &value.value_type {
        Some(&array.values)
    } else {
        None
    }
}

/// Returns the fields of a map.
pub(crate) fn as_map(value: &Value) -> Option<&Fields> {
    if let Some(ValueType::MapValue(map)) = &value.value_type {
        Some(&map.fields)
    } else {
        None
    }
}

/// Returns the numbers of a vector.
pub(crate) fn as_vector(fields: &Fields) -> Option<&[Value]> {
    let Some(ValueType::StringValue(kind)) = fields.get(TYPE_KEY).and_then(|value| value.value_type.as_ref())
    else {
        return None;
    };
    if kind != VECTOR_TYPE {
        return None;
    }
    fields.get(VECTOR_KEY).and_then(as_array)
}

/// Returns the value's type. Kinds that only queries of pipelines know were refused by validation and count as null.
pub(crate) fn kind(value: &Value) -> Kind {
    let Some(value_type) = &value.value_type else {
        return Kind::Null;
    };
    match value_type {
        ValueType::NullValue(_)
        | ValueType::FieldReferenceValue(_)
        | ValueType::VariableReferenceValue(_)
        | ValueType::FunctionValue(_)
        | ValueType::PipelineValue(_) => Kind::Null,
        ValueType::BooleanValue(_) => Kind::Boolean,
        ValueType::IntegerValue(_) | ValueType::DoubleValue(_) => Kind::Number,
        ValueType::TimestampValue(_) => Kind::Timestamp,
        ValueType::StringValue(_) => Kind::String,
        ValueType::BytesValue(_) => Kind::Bytes,
        ValueType::ReferenceValue(_) => Kind::Reference,
        ValueType::GeoPointValue(_) => Kind::GeoPoint,
        ValueType::ArrayValue(_) => Kind::Array,
        ValueType::MapValue(map) => {
            if as_vector(&map.fields).is_some() {
                Kind::Vector
            } else {
                Kind::Map
            }
        }
    }
}

/// Tells whether the value is null.
pub(crate) fn is_null(value: &Value) -> bool {
    kind(value) == Kind::Null
}

/// Tells whether the value is a double that is not a number.
pub(crate) fn is_nan(value: &Value) -> bool {
    matches!(value.value_type, Some(ValueType::DoubleValue(number)) if number.is_nan())
}
