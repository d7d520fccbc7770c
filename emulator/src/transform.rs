//! Transforms: changes that the server computes from what is stored.

use prost_types::Timestamp;

use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    proto::{
        Value,
        document_transform::{FieldTransform, field_transform::ServerValue, field_transform::TransformType},
        value::ValueType,
    },
    time::Micros,
    value::{Fields, array, as_array, null, number::Number, order::equal, validate, value},
};

/// One change of one field.
#[derive(Clone, Debug)]
pub struct Transform {
    path: FieldPath,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    RequestTime,
    Increment(Number),
    Maximum(Number),
    Minimum(Number),
    Append(Vec<Value>),
    Remove(Vec<Value>),
}

impl Transform {
    /// Parses and validates a transform.
    pub fn parse(transform: FieldTransform) -> Result<Self> {
        let path = FieldPath::parse(&transform.field_path)?;
        if path.is_name() {
            return Err(Error::invalid("Cannot transform __name__."));
        }
        let Some(kind) = transform.transform_type else {
            return Err(Error::invalid("A field transform must say what to do."));
        };
        let change = match kind {
            TransformType::SetToServerValue(server_value) => match ServerValue::try_from(server_value) {
                Ok(ServerValue::RequestTime) => Change::RequestTime,
                Ok(ServerValue::Unspecified) | Err(_) => {
                    return Err(Error::invalid(format!("Invalid server value: {server_value}.")));
                }
            },
            TransformType::Increment(operand) => Change::Increment(number(&operand, "increment")?),
            TransformType::Maximum(operand) => Change::Maximum(number(&operand, "maximum")?),
            TransformType::Minimum(operand) => Change::Minimum(number(&operand, "minimum")?),
            TransformType::AppendMissingElements(elements) => Change::Append(validated(elements.values)?),
            TransformType::RemoveAllFromArray(elements) => Change::Remove(validated(elements.values)?),
        };
        Ok(Self { path, change })
    }

    /// Tells whether one of both changes a part of what the other changes.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        self.path != other.path && (self.path.holds(&other.path) || other.path.holds(&self.path))
    }

    /// Changes the field and returns what the client is told: the new value, or null for arrays.
    pub(crate) fn apply(&self, fields: &mut Fields, now: Micros) -> Value {
        let stored = self.path.get(fields);
        let (new, told) = match &self.change {
            Change::RequestTime => both(value(ValueType::TimestampValue(Timestamp::from(now.to_millis())))),
            Change::Increment(operand) => both(combine(stored, *operand, Number::add)),
            Change::Maximum(operand) => both(extreme(stored, *operand, std::cmp::Ordering::is_gt)),
            Change::Minimum(operand) => both(extreme(stored, *operand, std::cmp::Ordering::is_lt)),
            Change::Append(elements) => (append_missing(stored, elements), null()),
            Change::Remove(elements) => (remove_all(stored, elements), null()),
        };
        self.path.set(fields, new);
        told
    }
}

impl std::fmt::Display for Transform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.fmt(f)
    }
}

fn both(new: Value) -> (Value, Value) {
    (new.clone(), new)
}

fn number(operand: &Value, what: &str) -> Result<Number> {
    Number::of(operand).ok_or_else(|| {
        Error::invalid(format!(
            "Cannot apply {what}: its operand must be an integer or a double."
        ))
    })
}

fn validated(elements: Vec<Value>) -> Result<Vec<Value>> {
    let whole = array(elements);
    validate::value(&whole)?;
    let Some(ValueType::ArrayValue(elements)) = whole.value_type else {
        return Ok(Vec::new());
    };
    Ok(elements.values)
}

/// A field that is missing or no number takes the operand as it is.
fn combine(stored: Option<&Value>, operand: Number, with: impl Fn(Number, Number) -> Number) -> Value {
    match stored.and_then(Number::of) {
        Some(stored) => with(stored, operand),
        None => operand,
    }
    .into_value()
}

/// Keeps the stored number where both are equal, so that `3` does not become `3.0`; with NaN the outcome is NaN.
fn extreme(stored: Option<&Value>, operand: Number, wins: fn(std::cmp::Ordering) -> bool) -> Value {
    combine(stored, operand, |stored, operand| {
        if operand.is_nan() || (!stored.is_nan() && wins(operand.compare(stored))) {
            operand
        } else {
            stored
        }
    })
}

fn append_missing(stored: Option<&Value>, elements: &[Value]) -> Value {
    let mut values = stored.and_then(as_array).unwrap_or_default().to_vec();
    for element in elements {
        if !values.iter().any(|value| equal(value, element)) {
            values.push(element.clone());
        }
    }
    array(values)
}

fn remove_all(stored: Option<&Value>, elements: &[Value]) -> Value {
    let mut values = stored.and_then(as_array).unwrap_or_default().to_vec();
    values.retain(|value| !elements.iter().any(|element| equal(value, element)));
    array(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ArrayValue;

    fn int(number: i64) -> Value {
        value(ValueType::IntegerValue(number))
    }

    fn double(number: f64) -> Value {
        value(ValueType::DoubleValue(number))
    }

    fn run(stored: Option<Value>, kind: TransformType) -> (Value, Value) {
        let mut fields: Fields = stored.map(|value| ("f".to_owned(), value)).into_iter().collect();
        let transform = Transform::parse(FieldTransform {
            field_path: "f".to_owned(),
            transform_type: Some(kind),
        })
        .unwrap();
        let told = transform.apply(&mut fields, Micros(1_234_567));
        (fields.remove("f").unwrap(), told)
    }

    #[test]
    fn increments_saturate_and_replace_what_is_no_number() {
        assert_eq!(
            run(Some(int(i64::MAX)), TransformType::Increment(int(1))),
            both(int(i64::MAX))
        );
        assert_eq!(
            run(Some(int(1)), TransformType::Increment(double(0.5))),
            both(double(1.5))
        );
        assert_eq!(run(None, TransformType::Increment(int(3))), both(int(3)));
        assert_eq!(
            run(Some(array(vec![])), TransformType::Increment(int(3))),
            both(int(3))
        );
    }

    #[test]
    fn extremes_keep_the_stored_number_when_equal() {
        assert_eq!(
            run(Some(int(3)), TransformType::Maximum(double(3.0))),
            both(int(3))
        );
        assert_eq!(run(Some(int(3)), TransformType::Maximum(int(4))), both(int(4)));
        assert_eq!(run(Some(int(3)), TransformType::Minimum(int(4))), both(int(3)));
        assert!(crate::value::is_nan(
            &run(Some(int(3)), TransformType::Maximum(double(f64::NAN))).0
        ));
        assert!(crate::value::is_nan(
            &run(Some(double(f64::NAN)), TransformType::Minimum(int(1))).0
        ));
    }

    #[test]
    fn arrays_take_missing_elements_once_and_lose_all_that_are_equal() {
        let elements = |values: &[Value]| ArrayValue {
            values: values.to_vec(),
        };
        let append = TransformType::AppendMissingElements(elements(&[double(1.0), int(2), int(2)]));
        assert_eq!(
            run(Some(array(vec![int(1)])), append.clone()),
            (array(vec![int(1), int(2)]), null())
        );
        assert_eq!(
            run(Some(int(7)), append),
            (array(vec![double(1.0), int(2)]), null())
        );
        let remove = TransformType::RemoveAllFromArray(elements(&[double(1.0)]));
        assert_eq!(
            run(Some(array(vec![int(1), int(2), int(1)])), remove),
            (array(vec![int(2)]), null())
        );
    }

    #[test]
    fn the_server_time_has_milliseconds() {
        let expected = value(ValueType::TimestampValue(Timestamp {
            seconds: 1,
            nanos: 234_000_000,
        }));
        assert_eq!(run(None, TransformType::SetToServerValue(1)), both(expected));
    }

    #[test]
    fn operands_that_are_no_numbers_are_refused() {
        let kind = TransformType::Increment(array(vec![]));
        assert!(
            Transform::parse(FieldTransform {
                field_path: "f".into(),
                transform_type: Some(kind)
            })
            .is_err()
        );
        let kind = TransformType::SetToServerValue(0);
        assert!(
            Transform::parse(FieldTransform {
                field_path: "f".into(),
                transform_type: Some(kind)
            })
            .is_err()
        );
        assert!(
            Transform::parse(FieldTransform {
                field_path: "f".into(),
                transform_type: None
            })
            .is_err()
        );
    }
}
