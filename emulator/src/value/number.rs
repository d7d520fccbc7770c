//! Numbers: integers and doubles on one line, compared exactly.

use std::cmp::Ordering;

use crate::proto::{Value, value::ValueType};

/// An integer or a double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// 64 bits, signed.
    Integer(i64),
    /// IEEE 754.
    Double(f64),
}

/// Two to the 63rd: the least double above every integer.
const ABOVE_INTEGERS: f64 = 9_223_372_036_854_775_808.0;

impl Number {
    /// Reads a number from a value.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value.value_type {
            Some(ValueType::IntegerValue(integer)) => Some(Self::Integer(integer)),
            Some(ValueType::DoubleValue(double)) => Some(Self::Double(double)),
            Some(_) | None => None,
        }
    }

    /// Makes a value of the number.
    pub(crate) fn into_value(self) -> Value {
        super::value(match self {
            Self::Integer(integer) => ValueType::IntegerValue(integer),
            Self::Double(double) => ValueType::DoubleValue(double),
        })
    }

    /// Tells whether this is not a number.
    pub(crate) fn is_nan(self) -> bool {
        matches!(self, Self::Double(double) if double.is_nan())
    }

    /// Returns the nearest double.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest double is what is asked for"
    )]
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Double(double) => double,
        }
    }

    /// Adds as Firestore does: integers saturate, anything with a double is a double.
    pub(crate) fn add(self, other: Self) -> Self {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Self::Integer(a.saturating_add(b)),
            (a, b) => Self::Double(a.to_f64() + b.to_f64()),
        }
    }

    /// Compares by value: NaN first and equal to itself, zero equal to negative zero, no rounding of integers.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        let ((a, a_above), (b, b_above)) = (self.parts(), other.parts());
        a.total_cmp(&b).then(a_above.cmp(&b_above))
    }

    /// Splits the number into a double not above it and what is missing to it. NaN becomes the least of all doubles.
    pub(crate) fn parts(self) -> (f64, u16) {
        match self {
            Self::Double(double) if double.is_nan() => (-f64::NAN.abs(), 0),
            // Adding zero makes a positive zero of a negative one.
            Self::Double(double) => (double + 0.0, 0),
            Self::Integer(integer) => split_integer(integer),
        }
    }
}

/// Splits an integer into the greatest double not above it and the rest, which is below 1,024.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the rounding is what is computed, and the rest fits"
)]
fn split_integer(integer: i64) -> (f64, u16) {
    let mut floor = integer as f64;
    if floor >= ABOVE_INTEGERS || (floor as i64) > integer {
        floor = floor.next_down();
    }
    (floor, (integer - floor as i64) as u16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_beyond_two_to_the_53rd_differ() {
        let big = 1_i64 << 53;
        assert_eq!(
            Number::Integer(big + 1).compare(Number::Integer(big)),
            Ordering::Greater
        );
        assert_eq!(
            Number::Integer(big + 1).compare(Number::Double(9_007_199_254_740_992.0)),
            Ordering::Greater
        );
        assert_eq!(
            Number::Integer(i64::MAX).compare(Number::Double(ABOVE_INTEGERS)),
            Ordering::Less
        );
        assert_eq!(
            Number::Integer(i64::MIN).compare(Number::Double(-ABOVE_INTEGERS)),
            Ordering::Equal
        );
    }

    #[test]
    fn nan_is_first_and_equal_to_itself() {
        let nan = Number::Double(f64::NAN);
        assert_eq!(nan.compare(Number::Double(-f64::NAN)), Ordering::Equal);
        assert_eq!(nan.compare(Number::Double(f64::NEG_INFINITY)), Ordering::Less);
        assert_eq!(Number::Double(-0.0).compare(Number::Integer(0)), Ordering::Equal);
    }

    #[test]
    fn integers_saturate_when_added() {
        assert_eq!(
            Number::Integer(i64::MAX).add(Number::Integer(1)),
            Number::Integer(i64::MAX)
        );
        assert_eq!(
            Number::Integer(i64::MIN).add(Number::Integer(-1)),
            Number::Integer(i64::MIN)
        );
        assert_eq!(Number::Integer(1).add(Number::Double(0.5)), Number::Double(1.5));
    }

    proptest! {
        #[test]
        fn integers_compare_as_integers(a: i64, b: i64) {
            prop_assert_eq!(Number::Integer(a).compare(Number::Integer(b)), a.cmp(&b));
        }

        #[test]
        fn an_integer_and_a_double_compare_exactly(a: i64, b in -1.0e19..1.0e19_f64) {
            let exact = (i128::from(a) * 2).cmp(&((b.floor() as i128) * 2 + i128::from(b.fract() != 0.0)));
            prop_assert_eq!(Number::Integer(a).compare(Number::Double(b)), exact);
        }
    }
}
