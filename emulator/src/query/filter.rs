//! Filters: whether a document matches.

use std::cmp::Ordering;

use crate::{
    field_path::FieldPath,
    proto::{Document, Value, value::ValueType},
    value::{
        as_array, is_nan, is_null, kind,
        order::{compare, equal},
    },
};

/// A condition on a document.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// All must hold.
    And(Vec<Filter>),
    /// One must hold.
    Or(Vec<Filter>),
    /// A field against a value.
    Field(FieldPath, Operator, Value),
}

/// What a field filter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    ArrayContains,
    ArrayContainsAny,
    In,
    NotIn,
    IsNull,
    IsNotNull,
    IsNan,
    IsNotNan,
}

impl Operator {
    /// Tells whether the field becomes part of the order.
    pub(super) fn is_inequality(self) -> bool {
        match self {
            Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::NotEqual
            | Self::NotIn
            | Self::IsNotNull
            | Self::IsNotNan => true,
            Self::Equal
            | Self::ArrayContains
            | Self::ArrayContainsAny
            | Self::In
            | Self::IsNull
            | Self::IsNan => false,
        }
    }
}

impl Filter {
    /// Tells whether the document matches.
    pub(super) fn matches(&self, document: &Document) -> bool {
        match self {
            Self::And(filters) => filters.iter().all(|filter| filter.matches(document)),
            Self::Or(filters) => filters.iter().any(|filter| filter.matches(document)),
            Self::Field(field, operator, operand) if field.is_name() => {
                let name = Value {
                    value_type: Some(ValueType::ReferenceValue(document.name.clone())),
                };
                holds(&name, *operator, operand)
            }
            Self::Field(field, operator, operand) => field
                .get(&document.fields)
                .is_some_and(|value| holds(value, *operator, operand)),
        }
    }

    /// Lists the field filters which every match fulfils.
    pub(super) fn conjuncts(&self) -> Vec<(&FieldPath, Operator, &Value)> {
        match self {
            Self::And(filters) => filters.iter().flat_map(Self::conjuncts).collect(),
            Self::Or(filters) => {
                if let [only] = filters.as_slice() {
                    only.conjuncts()
                } else {
                    Vec::new()
                }
            }
            Self::Field(field, operator, operand) => vec![(field, *operator, operand)],
        }
    }

    /// Returns the one field filter that this is, if it is only one.
    pub(super) fn sole(&self) -> Option<(&FieldPath, Operator, &Value)> {
        match self {
            Self::And(filters) | Self::Or(filters) => {
                if let [only] = filters.as_slice() {
                    only.sole()
                } else {
                    None
                }
            }
            Self::Field(field, operator, operand) => Some((field, *operator, operand)),
        }
    }

    /// Calls `visit` for every field filter.
    pub(super) fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a FieldPath, Operator, &'a Value)) {
        match self {
            Self::And(filters) | Self::Or(filters) => filters.iter().for_each(|filter| filter.visit(visit)),
            Self::Field(field, operator, operand) => visit(field, *operator, operand),
        }
    }
}

fn holds(value: &Value, operator: Operator, operand: &Value) -> bool {
    let elements = || as_array(operand).unwrap_or_default();
    match operator {
        Operator::Less => ordered(value, operand, Ordering::is_lt),
        Operator::LessOrEqual => ordered(value, operand, Ordering::is_le),
        Operator::Greater => ordered(value, operand, Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(value, operand, Ordering::is_ge),
        Operator::Equal => matches(value, operand),
        Operator::NotEqual => !is_null(value) && !is_null(operand) && !matches(value, operand),
        Operator::ArrayContains => contains(value, operand),
        Operator::ArrayContainsAny => elements().iter().any(|element| contains(value, element)),
        Operator::In => elements().iter().any(|element| matches(value, element)),
        // What is compared with null is undefined, and so no match.
        Operator::NotIn => {
            !is_null(value)
                && !elements()
                    .iter()
                    .any(|element| is_null(element) || matches(value, element))
        }
        Operator::IsNull => is_null(value),
        Operator::IsNotNull => !is_null(value),
        Operator::IsNan => is_nan(value),
        Operator::IsNotNan => !is_null(value) && !is_nan(value),
    }
}

/// Ranges hold within one type only, and NaN is on neither side of anything.
fn ordered(value: &Value, operand: &Value, wanted: fn(Ordering) -> bool) -> bool {
    kind(value) == kind(operand)
        && is_comparable(value)
        && is_comparable(operand)
        && wanted(compare(value, operand))
}

/// Null and NaN equal nothing, not even themselves; unary filters ask for them.
fn matches(value: &Value, operand: &Value) -> bool {
    is_comparable(operand) && equal(value, operand)
}

fn is_comparable(value: &Value) -> bool {
    !is_null(value) && !is_nan(value)
}

fn contains(value: &Value, element: &Value) -> bool {
    as_array(value).is_some_and(|elements| elements.iter().any(|own| matches(own, element)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{array, null, value};

    fn int(number: i64) -> Value {
        value(ValueType::IntegerValue(number))
    }

    fn text(text: &str) -> Value {
        value(ValueType::StringValue(text.to_owned()))
    }

    #[test]
    fn ranges_stay_within_a_type() {
        assert!(holds(&int(5), Operator::Greater, &int(4)));
        assert!(!holds(&text("a"), Operator::Greater, &int(4)));
        assert!(!holds(&null(), Operator::Less, &int(4)));
        assert!(!holds(
            &value(ValueType::DoubleValue(f64::NAN)),
            Operator::Less,
            &int(4)
        ));
    }

    #[test]
    fn negations_leave_out_null() {
        assert!(holds(&text("a"), Operator::NotEqual, &int(4)));
        assert!(!holds(&null(), Operator::NotEqual, &int(4)));
        assert!(!holds(&null(), Operator::NotIn, &array(vec![int(4)])));
        assert!(!holds(&int(5), Operator::NotIn, &array(vec![int(4), null()])));
        assert!(holds(&int(5), Operator::NotIn, &array(vec![int(4)])));
    }

    #[test]
    fn null_and_nan_are_found_by_unary_filters_only() {
        let nan = value(ValueType::DoubleValue(f64::NAN));
        for (odd, unary) in [(null(), Operator::IsNull), (nan, Operator::IsNan)] {
            assert!(!holds(&odd, Operator::Equal, &odd));
            assert!(!holds(&odd, Operator::GreaterOrEqual, &odd));
            assert!(!holds(&array(vec![odd.clone()]), Operator::ArrayContains, &odd));
            assert!(holds(&odd, unary, &null()));
        }
    }

    #[test]
    fn arrays_contain_by_value() {
        let numbers = array(vec![int(1), int(2)]);
        assert!(holds(
            &numbers,
            Operator::ArrayContains,
            &value(ValueType::DoubleValue(2.0))
        ));
        assert!(holds(
            &numbers,
            Operator::ArrayContainsAny,
            &array(vec![int(9), int(1)])
        ));
        assert!(!holds(&int(1), Operator::ArrayContains, &int(1)));
    }
}
