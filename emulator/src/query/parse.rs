//! Parses and validates a StructuredQuery.

use super::{Query, Scope, cursor::Bound, order, parse_filter};
use crate::{
    error::{Error, Result},
    field_path::FieldPath,
    mask::Mask,
    path::{CollectionName, ParentName, validate_id},
    proto::StructuredQuery,
};

impl Query {
    /// Parses a query below `parent`.
    pub(crate) fn parse(parent: &ParentName, query: &StructuredQuery) -> Result<Self> {
        if query.find_nearest.is_some() {
            return Err(Error::unimplemented("FindNearest (vector search)"));
        }
        let scope = parse_scope(parent, query)?;
        let filter = query
            .r#where
            .as_ref()
            .map(|filter| parse_filter::parse(filter, &scope))
            .transpose()?;
        let mut inequalities: Vec<FieldPath> = Vec::new();
        if let Some(filter) = &filter {
            parse_filter::check_limits(filter)?;
            filter.visit(&mut |field, operator, _| {
                if operator.is_inequality() {
                    inequalities.push(field.clone());
                }
            });
        }
        let explicit = order::parse(&query.order_by)?;
        order::validate(&explicit, &inequalities)?;
        // Cursors count on what the client said, not on what is added to it.
        let bound = |cursor: &Option<_>| {
            cursor
                .as_ref()
                .map(|cursor| Bound::parse(cursor, &explicit))
                .transpose()
        };
        let (start, end) = (bound(&query.start_at)?, bound(&query.end_at)?);
        let named = explicit.last().is_some_and(|order| order.field.is_name())
            || inequalities.iter().any(FieldPath::is_name);
        let order = order::normalize(explicit, &inequalities);
        let offset = usize::try_from(query.offset)
            .map_err(|_| Error::invalid(format!("Offset must not be negative: {}.", query.offset)))?;
        let limit = query
            .limit
            .map(|limit| {
                usize::try_from(limit)
                    .map_err(|_| Error::invalid(format!("Limit must not be negative: {limit}.")))
            })
            .transpose()?;
        let select = query.select.as_ref().map(|select| {
            // Nothing selected means everything that the document holds would be too much: only its name.
            Mask::of(select.fields.iter().map(|field| field.field_path.as_str()))
        });
        Ok(Self {
            scope,
            filter,
            order,
            named,
            start,
            end,
            offset,
            limit,
            select: select.transpose()?,
        })
    }
}

fn parse_scope(parent: &ParentName, query: &StructuredQuery) -> Result<Scope> {
    let [from] = query.from.as_slice() else {
        if query.from.is_empty() {
            return Ok(Scope::Descendants(parent.clone(), None));
        }
        return Err(Error::invalid("A query must name one collection."));
    };
    let id = (!from.collection_id.is_empty()).then_some(&from.collection_id);
    if let Some(id) = id {
        validate_id(id, "Collection")?;
    }
    match (id, from.all_descendants) {
        (id, true) => Ok(Scope::Descendants(parent.clone(), id.cloned())),
        (Some(id), false) => Ok(Scope::Collection(CollectionName::new(parent, id)?)),
        (None, false) => Ok(Scope::Children(parent.clone())),
    }
}
