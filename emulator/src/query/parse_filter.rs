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
    value::{as_array, null, validate},
};

/// Values that IN and ARRAY_CONTAINS_ANY may have.
const MAX_DISJUNCTIONS: usize = 30;
/// Values that NOT_IN may have.
const MAX_NOT_IN: usize = 10;
/// Bytes that a string or bytes in a filter may have.
const MAX_OPERAND_BYTES: usize = 1_500;
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

            match composite_filter::Operator::try_from(composite.op) {
                Ok(composite_filter::Operator::And) => Ok(Filter::And(filters)),
                Ok(composite_filter::Operator::Or) if filters.is_empty() => {
                    Err(Error::invalid("OR must hold at least one filter."))
                }
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
    let most = match operator {
        Operator::In | Operator::ArrayContainsAny => Some(MAX_DISJUNCTIONS),
        Operator::NotIn => Some(MAX_NOT_IN),
        Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Equal
        | Operator::NotEqual
        | Operator::ArrayContains
        | Operator::IsNull
        | Operator::IsNotNull
        | Operator::IsNan
        | Operator::IsNotNan => None,
    };
    let operands = match most {
        Some(most) => check_list(operand, most, filter.op)?,
        None => std::slice::from_ref(operand),
    };
    // Unlike a stored array, a list of operands may hold arrays.
    operands.iter().try_for_each(check_operand)?;
    if field.is_name() {
        check_names(operator, operands, scope)?;
    }
    Ok(Filter::Field(field, operator, operand.clone()))
}

/// Refuses operands that cannot be stored, or that are longer than what is indexed of a value.
fn check_operand(operand: &Value) -> Result<()> {
    validate::value(operand)?;
    let length = match &operand.value_type {
        Some(ValueType::StringValue(string)) => string.len(),
        Some(ValueType::BytesValue(bytes)) => bytes.len(),
        Some(_) | None => 0,
    };
    if length > MAX_OPERAND_BYTES {
        return Err(Error::invalid(format!(
            "The value of a filter is longer than {MAX_OPERAND_BYTES} bytes."
        )));
    }
    Ok(())
}

/// Returns the operands of an operator that takes several.
fn check_list(operand: &Value, most: usize, operator: i32) -> Result<&[Value]> {
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
    Ok(values)
}

/// Refuses to compare the name of a document with anything but names of documents that the query could find.
fn check_names(operator: Operator, names: &[Value], scope: &Scope) -> Result<()> {
    if matches!(operator, Operator::ArrayContains | Operator::ArrayContainsAny) {
        return Err(Error::invalid("Array filters cannot be applied to __name__."));
    }
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
    let (mut not_in, mut negations, mut disjunctions) = (0, 0, 0);
    filter.visit(&mut |_, operator, _| {
        not_in += u32::from(operator == Operator::NotIn);
        negations += u32::from(matches!(
            operator,
            Operator::NotIn | Operator::NotEqual | Operator::IsNotNull | Operator::IsNotNan
        ));
        disjunctions += u32::from(matches!(operator, Operator::In | Operator::ArrayContainsAny));
    });
    if negations > 1 {
        return Err(Error::invalid(
            "Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.",
        ));
    }
    if not_in > 0 && disjunctions > 0 {
        return Err(Error::invalid(
            "Cannot use 'NOT_IN' with 'IN' or 'ARRAY_CONTAINS_ANY' in the same query.",
        ));
    }
    let of_arrays = |operator| matches!(operator, Operator::ArrayContains | Operator::ArrayContainsAny);
    if filter
        .conjuncts()
        .into_iter()
        .filter(|(_, operator, _)| of_arrays(*operator))
        .count()
        > 1
    {
        return Err(Error::invalid(
            "A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.",
        ));
    }
    Ok(())
}
