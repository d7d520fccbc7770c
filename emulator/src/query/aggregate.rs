//! Aggregations over what a query finds: count, sum and average with Firestore's rules for numbers.

use super::{Query, run::Outcome};
use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    proto::{
        Value,
        structured_aggregation_query::{self as proto, aggregation::Operator},
        structured_query::FieldReference,
        value::ValueType,
    },
    value::{Fields, null, number::Number, validate, value},
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
        if aggregations.is_empty() {
            return Err(Error::invalid("Aggregations can not be empty."));
        }
        if aggregations.len() > MAX_AGGREGATIONS {
            return Err(Error::invalid(format!(
                "The maximum number of aggregations allowed in an aggregation query is {MAX_AGGREGATIONS}. Received: {}.",
                aggregations.len()
            )));
        }
        let mut parsed: Vec<Self> = Vec::new();
        let mut nameless = 0;
        for aggregation in aggregations {
            let what = What::parse(aggregation.operator.as_ref())?;
            let alias = match aggregation.alias.as_str() {
                "" => {
                    nameless += 1;
                    format!("field_{nameless}")
                }
                alias => alias.to_owned(),
            };
            validate::field_name(&alias)?;
            if parsed.iter().any(|other| other.alias == alias) {
                return Err(Error::invalid(format!(
                    "Aggregation aliases contain duplicate alias: {alias}."
                )));
            }
            parsed.push(Self { alias, what });
        }
        Ok(parsed)
    }
}

impl What {
    fn parse(operator: Option<&Operator>) -> Result<Self> {
        let field = |field: &Option<FieldReference>| {
            let path = field.as_ref().map_or("", |field| field.field_path.as_str());
            let field = FieldPath::parse(path)?;
            if field.is_name() {
                return Err(Error::invalid(format!(
                    "Aggregations are not supported for the property: {field}"
                )));
            }
            Ok(field)
        };
        match operator {
            None => Err(Error::invalid("Operator field in Aggregation is not set.")),
            Some(Operator::Count(count)) => match count.up_to {
                Some(..0) => Err(Error::invalid(
                    "The `up_to` value in a COUNT aggregation must be greater than or equal to zero.",
                )),
                up_to => Ok(Self::Count(up_to)),
            },
            Some(Operator::Sum(sum)) => Ok(Self::Sum(field(&sum.field)?)),
            Some(Operator::Avg(average)) => Ok(Self::Average(field(&average.field)?)),
        }
    }

    fn field(&self) -> Option<&FieldPath> {
        match self {
            Self::Count(_) => None,
            Self::Sum(field) | Self::Average(field) => Some(field),
        }
    }
}

impl Query {
    /// Adds what aggregations ask for: where not all documents are taken, those that lack a field that is summed or
    /// averaged do not count, and the others are taken in the order of those fields.
    pub(crate) fn needing(mut self, aggregations: &[Aggregation]) -> Result<Self> {
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
        let fields = aggregations
            .iter()
            .filter_map(|aggregation| aggregation.what.field());
        self.then_ordered_by(fields)
    }
}

/// Computes the aggregations of what was found.
pub(crate) fn aggregate(aggregations: &[Aggregation], outcome: &Outcome) -> Result<Fields> {
    let fields: Vec<&FieldPath> = aggregations
        .iter()
        .filter_map(|aggregation| aggregation.what.field())
        .collect();
    // The numbers of each field, of documents that have something in all of them.
    let mut numbers: Vec<Vec<Number>> = fields.iter().map(|_| Vec::new()).collect();
    let mut count = outcome.found.len();
    if !fields.is_empty() {
        count = 0;
        for found in &outcome.found {
            let document = found.row.decode()?;
            let values: Option<Vec<&Value>> =
                fields.iter().map(|field| field.get(&document.fields)).collect();
            let Some(values) = values else { continue };
            count += 1;
            for (numbers, value) in numbers.iter_mut().zip(values) {
                numbers.extend(Number::of(value));
            }
        }
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut numbers = numbers.into_iter();
    let mut compute = |what: &What| match what {
        What::Count(up_to) => value(ValueType::IntegerValue(
            up_to.map_or(count, |up_to| count.min(up_to)),
        )),
        What::Sum(_) => sum(&numbers.next().unwrap_or_default()),
        What::Average(_) => average(&numbers.next().unwrap_or_default()),
    };
    Ok(aggregations
        .iter()
        .map(|aggregation| (aggregation.alias.clone(), compute(&aggregation.what)))
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
    fn what_is_wrong_is_told_in_google_s_words() {
        let sum = |alias: &str| proto::Aggregation {
            alias: alias.to_owned(),
            operator: Some(Operator::Count(proto::aggregation::Count { up_to: None })),
        };
        let refusal =
            |aggregations: &[proto::Aggregation]| Aggregation::parse(aggregations).unwrap_err().to_string();
        assert_eq!(refusal(&[]), "Aggregations can not be empty.");
        assert_eq!(
            refusal(&[sum("a"), sum("a")]),
            "Aggregation aliases contain duplicate alias: a."
        );
        let six: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(sum).into();
        assert!(refusal(&six).ends_with("is 5. Received: 6."), "{}", refusal(&six));
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
