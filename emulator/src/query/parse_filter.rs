//! Parses and validates the filters of a query.

use super::{
    Scope,
    filter::{Filter, Operator},
};
use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    path::DocumentName,
    proto::{
        Value,
        structured_query::{self as proto, composite_filter, field_filter, filter::FilterType, unary_filter},
        value::ValueType,
    },
    value::{as_array, is_nan, is_null, null, validate},
};

/// Values that IN and ARRAY_CONTAINS_ANY may have.
const MAX_DISJUNCTIONS: usize = 30;
/// Values that NOT_IN may have.
const MAX_NOT_IN: usize = 10;
/// Levels that composite filters may be nested.
const MAX_DEPTH: usize = 100;

/// Parses a filter.
pub(super) fn parse(filter: &proto::Filter, scope: &Scope) -> Result<Filter> {
    parse_nested(filter, scope, 0)
}

fn parse_nested(filter: &proto::Filter, scope: &Scope, depth: usize) -> Result<Filter> {
    if depth > MAX_DEPTH {
        return Err(Error::invalid("Filters are nested too deeply."));
    }
    match &filter.filter_type {
        None => Err(Error::invalid("Each filter must say what it asks for.")),
        Some(FilterType::CompositeFilter(composite)) => {
            let filters: Vec<Filter> = composite
                .filters
                .iter()
                .map(|filter| parse_nested(filter, scope, depth + 1))
                .collect::<Result<_>>()?;
            if filters.is_empty() {
                return Err(Error::invalid(
                    "A composite filter must hold at least one filter.",
                ));
            }
            match composite_filter::Operator::try_from(composite.op) {
                Ok(composite_filter::Operator::And) => Ok(Filter::And(filters)),
                Ok(composite_filter::Operator::Or) => Ok(Filter::Or(filters)),
                Ok(composite_filter::Operator::Unspecified) | Err(_) => {
                    Err(Error::invalid("A composite filter must be AND or OR."))
                }
            }
        }
        Some(FilterType::FieldFilter(field)) => parse_field(field, scope),
        Some(FilterType::UnaryFilter(unary)) => parse_unary(unary),
    }
}

fn parse_unary(unary: &proto::UnaryFilter) -> Result<Filter> {
    let operator = match unary_filter::Operator::try_from(unary.op) {
        Ok(unary_filter::Operator::IsNan) => Operator::IsNan,
        Ok(unary_filter::Operator::IsNull) => Operator::IsNull,
        Ok(unary_filter::Operator::IsNotNan) => Operator::IsNotNan,
        Ok(unary_filter::Operator::IsNotNull) => Operator::IsNotNull,
        Ok(unary_filter::Operator::Unspecified) | Err(_) => {
            return Err(Error::invalid("A unary filter must say what it asks for."));
        }
    };
    let Some(unary_filter::OperandType::Field(field)) = &unary.operand_type else {
        return Err(Error::invalid("A unary filter must name a field."));
    };
    let field = FieldPath::parse(&field.field_path)?;
    if field.is_name() {
        return Err(Error::invalid("Unary filters cannot be applied to __name__."));
    }
    Ok(Filter::Field(field, operator, null()))
}

fn parse_field(filter: &proto::FieldFilter, scope: &Scope) -> Result<Filter> {
    let (Some(field), Some(operand)) = (&filter.field, &filter.value) else {
        return Err(Error::invalid("A field filter must hold a field and a value."));
    };
    let field = FieldPath::parse(&field.field_path)?;
    use field_filter::Operator as Proto;
    let operator = match Proto::try_from(filter.op) {
        Ok(Proto::LessThan) => Operator::Less,
        Ok(Proto::LessThanOrEqual) => Operator::LessOrEqual,
        Ok(Proto::GreaterThan) => Operator::Greater,
        Ok(Proto::GreaterThanOrEqual) => Operator::GreaterOrEqual,
        Ok(Proto::Equal) => Operator::Equal,
        Ok(Proto::NotEqual) => Operator::NotEqual,
        Ok(Proto::ArrayContains) => Operator::ArrayContains,
        Ok(Proto::In) => Operator::In,
        Ok(Proto::ArrayContainsAny) => Operator::ArrayContainsAny,
        Ok(Proto::NotIn) => Operator::NotIn,
        Ok(Proto::Unspecified) | Err(_) => {
            return Err(Error::invalid("A field filter must say how it compares."));
        }
    };
    match operator {
        Operator::In | Operator::ArrayContainsAny => check_list(operand, MAX_DISJUNCTIONS, filter.op)?,
        Operator::NotIn => check_list(operand, MAX_NOT_IN, filter.op)?,
        _ => validate::value(operand)?,
    }
    if field.is_name() {
        check_names(operator, operand, scope)?;
    }
    Ok(match operator {
        Operator::Equal if is_null(operand) => Filter::Field(field, Operator::IsNull, null()),
        Operator::Equal if is_nan(operand) => Filter::Field(field, Operator::IsNan, null()),
        Operator::NotEqual if is_null(operand) => Filter::Field(field, Operator::IsNotNull, null()),
        Operator::NotEqual if is_nan(operand) => Filter::Field(field, Operator::IsNotNan, null()),
        operator => Filter::Field(field, operator, operand.clone()),
    })
}

fn check_list(operand: &Value, most: usize, operator: i32) -> Result<()> {
    let name = field_filter::Operator::try_from(operator).map_or("", |operator| operator.as_str_name());
    let Some(values) = as_array(operand) else {
        return Err(Error::invalid(format!("'{name}' requires an array value.")));
    };
    if values.is_empty() {
        return Err(Error::invalid(format!(
            "'{name}' requires an non-empty ArrayValue."
        )));
    }
    if values.len() > most {
        return Err(Error::invalid(format!(
            "'{name}' supports up to {most} comparison values."
        )));
    }
    // Unlike a stored array, this one may hold arrays.
    values.iter().try_for_each(validate::value)
}

/// Refuses to compare the name of a document with anything but names of documents that the query could find.
fn check_names(operator: Operator, operand: &Value, scope: &Scope) -> Result<()> {
    let names = match operator {
        Operator::ArrayContains | Operator::ArrayContainsAny => {
            return Err(Error::invalid("Array filters cannot be applied to __name__."));
        }
        Operator::In | Operator::NotIn => as_array(operand).unwrap_or_default(),
        _ => std::slice::from_ref(operand),
    };
    for name in names {
        let Some(ValueType::ReferenceValue(name)) = &name.value_type else {
            return Err(Error::invalid("__key__ filter value must be a Key."));
        };
        let name = DocumentName::parse(name)?;
        if let Scope::Collection(collection) = scope
            && name.database != collection.database
        {
            return Err(Error::invalid(
                "__key__ filter value must be of the same database.",
            ));
        }
    }
    Ok(())
}

/// Refuses combinations that Firestore refuses.
pub(super) fn check_limits(filter: &Filter) -> Result<()> {
    let (mut not_in, mut not_equal, mut disjunctive) = (0, 0, 0);
    filter.visit(&mut |_, operator, _| match operator {
        Operator::NotIn => not_in += 1,
        Operator::NotEqual | Operator::IsNotNull | Operator::IsNotNan => not_equal += 1,
        Operator::In | Operator::ArrayContainsAny => disjunctive += 1,
        _ => {}
    });
    if not_in > 1 {
        return Err(Error::invalid("Only a single 'NOT_IN' is allowed in a query."));
    }
    if not_in > 0 && not_equal > 0 {
        return Err(Error::invalid(
            "Cannot use 'NOT_IN' and 'NOT_EQUAL' in the same query.",
        ));
    }
    if not_in > 0 && disjunctive > 0 {
        return Err(Error::invalid(
            "Cannot use 'NOT_IN' with 'IN' or 'ARRAY_CONTAINS_ANY' in the same query.",
        ));
    }
    Ok(())
}
