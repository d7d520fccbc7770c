//! What may be stored: limits of size, depth and names as Firestore documents them.

use super::{Fields, as_vector};
use crate::{
    error::{Error, Result},
    path::DocumentName,
    proto::{Value, value::ValueType},
};

/// Bytes that one document may have, name and fields together.
const MAX_DOCUMENT_BYTES: usize = 1_048_576;
/// Bytes that one string or byte value may have: a document less 89 bytes.
const MAX_PROPERTY_BYTES: usize = 1_048_487;
/// Levels of maps and arrays that may be nested.
const MAX_DEPTH: usize = 20;
/// Bytes of UTF-8 that a field's name, and the path to a field, may have.
const MAX_FIELD_NAME_BYTES: usize = 1_500;

/// Refuses fields that no document may hold.
pub(crate) fn fields(fields: &Fields) -> Result<()> {
    map(fields, 1, 0)
}

/// Refuses a value that no field may hold.
pub(crate) fn value(value: &Value) -> Result<()> {
    nested(value, 1, 0)
}

/// Refuses a document that is too large.
pub(crate) fn document_size(name: &DocumentName, fields: &Fields) -> Result<()> {
    let size = name_size(name) + 32 + map_size(fields);
    if size > MAX_DOCUMENT_BYTES {
        return Err(Error::invalid(format!(
            "Document '{name}' cannot be written because its size ({size} bytes) exceeds the maximum allowed size \
             of {MAX_DOCUMENT_BYTES} bytes."
        )));
    }
    Ok(())
}

/// `path` is how many bytes the path to these fields has, its last dot included.
fn map(fields: &Fields, depth: usize, path: usize) -> Result<()> {
    for (name, value) in fields {
        field_name(name)?;
        if path + name.len() > MAX_FIELD_NAME_BYTES {
            return Err(Error::invalid(
                "The path to a property is longer than 1500 bytes.",
            ));
        }
        nested(value, depth, path + name.len() + 1)?;
    }
    Ok(())
}

fn nested(value: &Value, depth: usize, path: usize) -> Result<()> {
    let Some(value_type) = &value.value_type else {
        return Err(Error::invalid("Value must have a value type."));
    };
    match value_type {
        ValueType::StringValue(string) => property_size(string.len()),
        ValueType::BytesValue(bytes) => property_size(bytes.len()),
        ValueType::ReferenceValue(name) => DocumentName::parse(name).map(drop),
        ValueType::TimestampValue(time) => timestamp(time),
        ValueType::GeoPointValue(point) => {
            if !(-90.0..=90.0).contains(&point.latitude) {
                return Err(Error::invalid(format!(
                    "Latitude {} must be between -90 and 90.",
                    point.latitude
                )));
            }
            if !(-180.0..=180.0).contains(&point.longitude) {
                return Err(Error::invalid(format!(
                    "Longitude {} must be between -180 and 180.",
                    point.longitude
                )));
            }
            Ok(())
        }
        ValueType::ArrayValue(array) => {
            too_deep(depth)?;
            array.values.iter().try_for_each(|element| {
                if matches!(element.value_type, Some(ValueType::ArrayValue(_))) {
                    return Err(Error::invalid("Cannot convert an array value in an array value."));
                }
                nested(element, depth + 1, path)
            })
        }
        ValueType::MapValue(inner) => {
            too_deep(depth)?;
            if let Some(numbers) = as_vector(&inner.fields) {
                return vector(numbers);
            }
            map(&inner.fields, depth + 1, path)
        }
        ValueType::NullValue(_)
        | ValueType::BooleanValue(_)
        | ValueType::IntegerValue(_)
        | ValueType::DoubleValue(_) => Ok(()),
        ValueType::FieldReferenceValue(_)
        | ValueType::VariableReferenceValue(_)
        | ValueType::FunctionValue(_)
        | ValueType::PipelineValue(_) => Err(Error::invalid("Expressions cannot be stored.")),
    }
}

fn vector(numbers: &[Value]) -> Result<()> {
    let all_doubles = numbers
        .iter()
        .all(|number| matches!(number.value_type, Some(ValueType::DoubleValue(_))));
    if numbers.is_empty() || numbers.len() > 2_048 || !all_doubles {
        return Err(Error::invalid("Vectors must hold 1 to 2048 doubles."));
    }
    Ok(())
}

fn timestamp(time: &prost_types::Timestamp) -> Result<()> {
    // Years 1 to 9999.
    let seconds = -62_135_596_800..=253_402_300_799_i64;
    if !seconds.contains(&time.seconds) || !(0..1_000_000_000).contains(&time.nanos) {
        return Err(Error::invalid(
            "Timestamp is out of range: it must lie within the years 1 to 9999.",
        ));
    }
    Ok(())
}

fn too_deep(depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Error::invalid(format!(
            "Property contains an entity nested deeper than {MAX_DEPTH} levels."
        )));
    }
    Ok(())
}

fn property_size(bytes: usize) -> Result<()> {
    if bytes > MAX_PROPERTY_BYTES {
        return Err(Error::invalid(format!(
            "The value of a property is longer than {MAX_PROPERTY_BYTES} bytes."
        )));
    }
    Ok(())
}

/// Refuses names of fields that are empty, reserved or too long.
pub(crate) fn field_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid("The property name must not be empty."));
    }
    if name.len() > MAX_FIELD_NAME_BYTES {
        return Err(Error::invalid("The property name is longer than 1500 bytes."));
    }
    if name.len() >= 4 && name.starts_with("__") && name.ends_with("__") {
        return Err(Error::invalid(format!("The property \"{name}\" is reserved.")));
    }
    Ok(())
}

fn name_size(name: &DocumentName) -> usize {
    16 + name
        .segments
        .iter()
        .map(|segment| segment.len() + 1)
        .sum::<usize>()
}

fn map_size(fields: &Fields) -> usize {
    fields
        .iter()
        .map(|(name, value)| name.len() + 1 + value_size(value))
        .sum()
}

fn value_size(value: &Value) -> usize {
    let Some(value_type) = &value.value_type else {
        return 1;
    };
    match value_type {
        ValueType::BooleanValue(_) | ValueType::NullValue(_) => 1,
        ValueType::IntegerValue(_) | ValueType::DoubleValue(_) | ValueType::TimestampValue(_) => 8,
        ValueType::GeoPointValue(_) => 16,
        ValueType::StringValue(string) => string.len() + 1,
        ValueType::BytesValue(bytes) => bytes.len(),
        ValueType::ReferenceValue(name) => {
            DocumentName::parse(name).map_or(name.len(), |name| name_size(&name))
        }
        ValueType::ArrayValue(array) => array.values.iter().map(value_size).sum(),
        ValueType::MapValue(map) => map_size(&map.fields),
        ValueType::FieldReferenceValue(_)
        | ValueType::VariableReferenceValue(_)
        | ValueType::FunctionValue(_)
        | ValueType::PipelineValue(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{array, map as map_value, null, value as wrap};

    fn string(bytes: usize) -> Value {
        wrap(ValueType::StringValue("x".repeat(bytes)))
    }

    fn maps(depth: usize) -> Value {
        (0..depth).fold(null(), |inner, _| map_value([("m".to_owned(), inner)].into()))
    }

    #[test]
    fn a_property_ends_at_its_limit() {
        assert!(value(&string(MAX_PROPERTY_BYTES)).is_ok());
        assert!(value(&string(MAX_PROPERTY_BYTES + 1)).is_err());
    }

    #[test]
    fn nesting_ends_at_twenty() {
        assert!(value(&maps(20)).is_ok());
        assert!(value(&maps(21)).is_err());
    }

    #[test]
    fn an_array_holds_no_array_but_a_map_with_one() {
        assert!(value(&array(vec![array(vec![])])).is_err());
        assert!(value(&array(vec![map_value([("a".to_owned(), array(vec![]))].into())])).is_ok());
    }

    #[test]
    fn reserved_and_empty_field_names_are_refused_at_any_depth() {
        for name in ["", "__x__", &"x".repeat(1501)] {
            let inner: Fields = [(name.to_owned(), null())].into();
            assert!(fields(&inner).is_err());
            assert!(fields(&[("a".to_owned(), map_value(inner))].into()).is_err());
        }
    }

    #[test]
    fn the_size_of_a_document_counts_its_name() {
        let name = DocumentName::parse("projects/p/databases/d/documents/users/jeff").unwrap();
        // 16 + "users" 6 + "jeff" 5, 32 for the document, "f" 2, and the string with its end.
        let room = MAX_DOCUMENT_BYTES - 27 - 32 - 2 - 1;
        assert!(document_size(&name, &[("f".to_owned(), string(room))].into()).is_ok());
        assert!(document_size(&name, &[("f".to_owned(), string(room + 1))].into()).is_err());
    }
}
