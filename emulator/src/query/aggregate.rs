//! Aggregations over what a query finds: count, sum and average with Firestore's rules for numbers.

use super::{Query, run::Outcome};
use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    proto::{
        Value,
        structured_aggregation_query::{self as proto, aggregation::Operator},
        value::ValueType,
    },
    value::{Fields, null, number::Number, value},
};

/// Aggregations that one query may have.
const MAX_AGGREGATIONS: usize = 5;

/// One aggregation under its name.
#[derive(Debug)]
pub(crate) struct Aggregation {
    alias: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Count(Option<i64>),
    Sum(FieldPath),
    Average(FieldPath),
}

impl Aggregation {
    /// Parses the aggregations of a query; those without a name are given one.
    pub(crate) fn parse(aggregations: &[proto::Aggregation]) -> Result<Vec<Self>> {
        if aggregations.is_empty() || aggregations.len() > MAX_AGGREGATIONS {
            return Err(Error::invalid(
                "An aggregation query must have between 1 and 5 aggregations.",
            ));
        }
        let mut parsed: Vec<Self> = Vec::new();
        for (index, aggregation) in aggregations.iter().enumerate() {
            let field = |field: &Option<crate::proto::structured_query::FieldReference>| {
                field
                    .as_ref()
                    .ok_or_else(|| Error::invalid("Each sum and average must name a field."))
                    .and_then(|field| FieldPath::parse(&field.field_path))
            };
            let what = match &aggregation.operator {
                None => return Err(Error::invalid("Each aggregation must say what it computes.")),
                Some(Operator::Count(count)) => {
                    if count.up_to.is_some_and(|up_to| up_to < 0) {
                        return Err(Error::invalid("The limit of a count must not be negative."));
                    }
                    What::Count(count.up_to)
                }
                Some(Operator::Sum(sum)) => What::Sum(field(&sum.field)?),
                Some(Operator::Avg(average)) => What::Average(field(&average.field)?),
            };
            let alias = match aggregation.alias.as_str() {
                "" => format!("field_{}", index + 1),
                alias => alias.to_owned(),
            };
            if parsed.iter().any(|other| other.alias == alias) {
                return Err(Error::invalid(format!(
                    "Duplicate aggregation alias: \"{alias}\"."
                )));
            }
            parsed.push(Self { alias, what });
        }
        Ok(parsed)
    }
}

impl Query {
    /// Adds what aggregations ask for: documents that lack a field that is summed are not found at all.
    pub(crate) fn needing(mut self, aggregations: &[Aggregation]) -> Self {
        self.select = None;
        if let [
            Aggregation {
                what: What::Count(Some(up_to)),
                ..
            },
        ] = aggregations
        {
            let most = usize::try_from(*up_to).unwrap_or(usize::MAX);
            self = self.with_limit(most);
        }
        self
    }
}

/// Computes the aggregations of what was found.
pub(crate) fn aggregate(aggregations: &[Aggregation], outcome: &Outcome) -> Result<Fields> {
    let needs_fields = aggregations
        .iter()
        .any(|aggregation| !matches!(aggregation.what, What::Count(_)));
    let documents = if needs_fields {
        outcome
            .found
            .iter()
            .map(|found| found.row.decode())
            .collect::<Result<Vec<_>>>()?
    } else {
        Vec::new()
    };
    let numbers = |field: &FieldPath| -> Vec<Number> {
        documents
            .iter()
            .filter_map(|document| field.get(&document.fields).and_then(Number::of))
            .collect()
    };
    Ok(aggregations
        .iter()
        .map(|aggregation| {
            let result = match &aggregation.what {
                What::Count(up_to) => {
                    let count = i64::try_from(outcome.found.len()).unwrap_or(i64::MAX);
                    value(ValueType::IntegerValue(
                        up_to.map_or(count, |up_to| count.min(up_to)),
                    ))
                }
                What::Sum(field) => sum(&numbers(field)),
                What::Average(field) => average(&numbers(field)),
            };
            (aggregation.alias.clone(), result)
        })
        .collect())
}

/// Sums integers exactly; what leaves their range, or meets a double, is a double.
fn sum(numbers: &[Number]) -> Value {
    let mut integers: i128 = 0;
    let mut doubles: Option<f64> = None;
    for number in numbers {
        match number {
            Number::Integer(integer) => integers += i128::from(*integer),
            Number::Double(double) => *doubles.get_or_insert(0.0) += double,
        }
    }
    match (doubles, i64::try_from(integers)) {
        (None, Ok(sum)) => Number::Integer(sum),
        (doubles, _) => Number::Double(nearest(integers) + doubles.unwrap_or(0.0)),
    }
    .into_value()
}

/// Averages to a double; of nothing, null.
#[expect(
    clippy::cast_precision_loss,
    reason = "a count of documents is far below 2^53"
)]
fn average(numbers: &[Number]) -> Value {
    if numbers.is_empty() {
        return null();
    }
    let Some(sum) = Number::of(&sum(numbers)) else {
        return null();
    };
    Number::Double(sum.to_f64() / numbers.len() as f64).into_value()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest double is what is asked for"
)]
fn nearest(integer: i128) -> f64 {
    integer as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_sum_exactly_until_they_overflow() {
        assert_eq!(sum(&[]), value(ValueType::IntegerValue(0)));
        let max = Number::Integer(i64::MAX);
        assert_eq!(
            sum(&[max, Number::Integer(1), Number::Integer(-1)]),
            value(ValueType::IntegerValue(i64::MAX))
        );
        assert_eq!(sum(&[max, max]), value(ValueType::DoubleValue(2.0_f64.powi(64))));
        assert_eq!(
            sum(&[Number::Integer(1), Number::Double(0.5)]),
            value(ValueType::DoubleValue(1.5))
        );
    }

    #[test]
    fn nothing_has_no_average() {
        assert_eq!(average(&[]), null());
        assert_eq!(
            average(&[Number::Integer(1), Number::Integer(2)]),
            value(ValueType::DoubleValue(1.5))
        );
    }
}
