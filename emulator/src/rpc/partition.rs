//! PartitionQuery: names that cut a collection group into parts of about the same size.

use prost::Message;

use super::{Service, reading::Selector};
use crate::{
    error::{Error, Result},
    path::ParentName,
    proto::{
        Cursor, PartitionQueryRequest, PartitionQueryResponse, StructuredQuery, Value,
        partition_query_request as request, value::ValueType,
    },
    query::Query,
};

impl Service {
    /// Finds the cursors. A part holds at least one document, so that there may be fewer than asked for.
    pub(crate) async fn partition(&self, request: PartitionQueryRequest) -> Result<PartitionQueryResponse> {
        let parent = ParentName::parse(&request.parent)?;
        let Some(request::QueryType::StructuredQuery(structured)) = &request.query_type else {
            return Err(Error::invalid("The request must hold a structured query."));
        };
        check(structured)?;
        let wanted = usize::try_from(request.partition_count)
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| Error::invalid("partition_count must be greater than zero."))?;
        let page = usize::try_from(request.page_size)
            .map_err(|_| Error::invalid("page_size must not be negative."))?;
        let selector = match request.consistency_selector {
            None => Selector::Newest,
            Some(request::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let reading = self.reading(&parent.database, selector)?;
        let found = reading.query(Query::parse(&parent, structured)?).await?.found;
        // A page's token counts the cursors of the pages before.
        let told = match request.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| Error::invalid("Invalid page token."))?,
        };
        let cuts: Vec<usize> = cuts(found.len(), wanted).collect();
        let page = if page == 0 { cuts.len() } else { page };
        let mut response = PartitionQueryResponse::default();
        for at in cuts.iter().skip(told).take(page) {
            response.partitions.push(cursor(found[*at].row.decode()?.name));
        }
        if cuts.len() > told.saturating_add(page) {
            response.next_page_token = (told + page).to_string();
        }
        Ok(response)
    }
}

/// Places at which `count` documents fall into `cuts + 1` parts that differ by one at most.
fn cuts(count: usize, cuts: usize) -> impl Iterator<Item = usize> {
    let parts = cuts.saturating_add(1).min(count.max(1));
    (1..parts).map(move |part| (part * count) / parts)
}

/// Refuses whatever cannot be cut by names alone.
fn check(query: &StructuredQuery) -> Result<()> {
    let bare = StructuredQuery {
        from: query.from.clone(),
        order_by: query.order_by.clone(),
        ..Default::default()
    };
    let by_name = match query.order_by.as_slice() {
        [] => true,
        [order] => {
            let ascending = order.direction != crate::proto::structured_query::Direction::Descending as i32;
            ascending
                && order
                    .field
                    .as_ref()
                    .is_some_and(|field| field.field_path == "__name__")
        }
        _ => false,
    };
    let group = query.from.iter().all(|from| from.all_descendants) && query.from.len() == 1;
    if query.encode_to_vec() != bare.encode_to_vec() || !by_name || !group {
        return Err(Error::invalid(
            "Only a query of one collection group, ordered by __name__ ascending, without filters, cursors, offset and limit can be partitioned.",
        ));
    }
    Ok(())
}

fn cursor(name: String) -> Cursor {
    Cursor {
        values: vec![Value {
            value_type: Some(ValueType::ReferenceValue(name)),
        }],
        before: true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_not_empty_and_differ_by_one_at_most(count in 0_usize..500, wanted in 1_usize..60) {
            let mut edges = vec![0];
            edges.extend(cuts(count, wanted));
            edges.push(count);
            let sizes: Vec<usize> = edges.windows(2).map(|edge| edge[1] - edge[0]).collect();
            prop_assert!(sizes.len() <= wanted + 1);
            if count > 0 {
                let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
                prop_assert!(*least > 0 && most - least <= 1, "{:?}", sizes);
            }
        }
    }
}
