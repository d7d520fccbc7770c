//! RPCs of queries.

use prost::Message;

use super::{Service, documents::masked, explain::Explaining, message::RunQueryResponse, reading::Selector};
use crate::{
    error::{Error, Result},
    mask::Mask,
    path::ParentName,
    proto::{
        AggregationResult, RunAggregationQueryRequest, RunAggregationQueryResponse, RunQueryRequest,
        run_aggregation_query_request as aggregation_request, run_query_request as request,
        structured_aggregation_query,
    },
    query::{Aggregation, Query, aggregate},
    storage::Row,
};

impl Service {
    pub(super) async fn query(&self, query_request: RunQueryRequest) -> Result<Vec<RunQueryResponse>> {
        let parent = ParentName::parse(&query_request.parent)?;
        let Some(request::QueryType::StructuredQuery(structured)) = &query_request.query_type else {
            return Err(Error::invalid("The request must hold a structured query."));
        };
        let query = Query::parse(&parent, structured)?;
        let select = query.select().cloned();
        let selector = match query_request.consistency_selector {
            None => Selector::Newest,
            Some(request::ConsistencySelector::Transaction(id)) => Selector::Transaction(id),
            Some(request::ConsistencySelector::NewTransaction(options)) => Selector::NewTransaction(options),
            Some(request::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let mut reading = self.reading(&parent.database, selector)?;
        let explaining = Explaining::begin(query_request.explain_options.as_ref(), &query, &reading);
        let read_time = Some(reading.time());
        if let Some(explaining) = explaining.as_ref().filter(|explaining| !explaining.runs) {
            return Ok(vec![RunQueryResponse {
                transaction: std::mem::take(&mut reading.began),
                explain_metrics: Some(explaining.planned()),
                ..Default::default()
            }]);
        }
        let outcome = reading.query(query).await?;
        let explained = explaining.map(|explaining| explaining.found(&outcome));
        let mut responses = Vec::with_capacity(outcome.found.len() + 1);
        let began = std::mem::take(&mut reading.began);
        let skipped_results = i32::try_from(outcome.skipped).unwrap_or(i32::MAX);
        if !began.is_empty() {
            responses.push(RunQueryResponse {
                transaction: began,
                ..Default::default()
            });
        }
        // A query without results still tells when it found none.
        if skipped_results > 0 || outcome.found.is_empty() {
            responses.push(RunQueryResponse {
                read_time,
                skipped_results,
                ..Default::default()
            });
        }
        for found in outcome.found {
            let document = Some(selected(&found.row, select.as_ref())?);
            responses.push(RunQueryResponse {
                document,
                read_time,
                ..Default::default()
            });
        }
        // With the last answer, not after it: clients take each answer for a result.
        if let Some(last) = responses.last_mut() {
            last.explain_metrics = explained;
        }
        Ok(responses)
    }

    pub(super) async fn aggregation(
        &self,
        request: RunAggregationQueryRequest,
    ) -> Result<RunAggregationQueryResponse> {
        let parent = ParentName::parse(&request.parent)?;
        let Some(aggregation_request::QueryType::StructuredAggregationQuery(aggregation)) =
            request.query_type
        else {
            return Err(Error::invalid("The request must hold an aggregation query."));
        };
        let Some(structured_aggregation_query::QueryType::StructuredQuery(structured)) =
            aggregation.query_type
        else {
            return Err(Error::invalid("The aggregation must hold a structured query."));
        };
        let aggregations = Aggregation::parse(&aggregation.aggregations)?;
        let query = Query::parse(&parent, &structured)?.needing(&aggregations)?;
        let selector = match request.consistency_selector {
            None => Selector::Newest,
            Some(aggregation_request::ConsistencySelector::Transaction(id)) => Selector::Transaction(id),
            Some(aggregation_request::ConsistencySelector::NewTransaction(options)) => {
                Selector::NewTransaction(options)
            }
            Some(aggregation_request::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let mut reading = self.reading(&parent.database, selector)?;
        let explaining = Explaining::begin(request.explain_options.as_ref(), &query, &reading);
        if let Some(explaining) = explaining.as_ref().filter(|explaining| !explaining.runs) {
            return Ok(RunAggregationQueryResponse {
                transaction: std::mem::take(&mut reading.began),
                explain_metrics: Some(explaining.planned()),
                ..Default::default()
            });
        }
        let outcome = reading.query(query).await?;
        Ok(RunAggregationQueryResponse {
            result: Some(AggregationResult {
                aggregate_fields: aggregate(&aggregations, &outcome)?,
            }),
            transaction: std::mem::take(&mut reading.began),
            read_time: Some(reading.time()),
            explain_metrics: explaining.map(|explaining| explaining.aggregated(&outcome)),
        })
    }
}

fn selected(row: &Row, select: Option<&Mask>) -> Result<bytes::Bytes> {
    match select {
        None => Ok(row.body()),
        Some(mask) => Ok(masked(row, Some(mask))?.encode_to_vec().into()),
    }
}
