//! What the page reads, by the same RPCs as everybody.

use futures::StreamExt;
use prost::Message as _;
use tonic::{Code, Request, Status};

use crate::{
    error::{Error, Result},
    path::{DatabaseName, ParentName, key},
    proto::{
        Document, GetDocumentRequest, ListCollectionIdsRequest, RunAggregationQueryRequest, RunQueryRequest,
        StructuredAggregationQuery, StructuredQuery, Value, run_aggregation_query_request,
        run_query_request::QueryType, structured_aggregation_query, structured_query::CollectionSelector,
        value::ValueType,
    },
    rpc::{Firestore, Service},
    storage::State,
};

/// Lists the databases in which something is stored, leaping from one to the next.
pub(super) fn databases(service: &Service) -> Result<Vec<DatabaseName>> {
    let snapshot = service.storage.snapshot();
    let mut databases = Vec::new();
    let mut from = Vec::new();
    // No key of ours begins with this byte: it is not UTF-8.
    while let Some(found) = snapshot.first_key(&from, &[0xff])? {
        let name = key::decode(&found)?.database;
        from = key::after(&key::database(&name));
        databases.push(name);
    }
    Ok(databases)
}

/// Lists collections right below a parent, and tells whether there are more.
pub(super) async fn collections(
    service: &Service,
    parent: &ParentName,
    limit: i32,
) -> Result<(Vec<String>, bool)> {
    let request = ListCollectionIdsRequest {
        parent: parent.to_string(),
        page_size: limit,
        ..Default::default()
    };
    let found = Firestore::list_collection_ids(service, Request::new(request)).await;
    let found = found.map_err(refused)?.into_inner();
    Ok((found.collection_ids, !found.next_page_token.is_empty()))
}

/// Reads a document, if it is there.
pub(super) async fn document(service: &Service, name: &str) -> Result<Option<Document>> {
    let request = GetDocumentRequest {
        name: name.to_owned(),
        ..Default::default()
    };
    match Firestore::get_document(service, Request::new(request)).await {
        Ok(found) => Ok(Some(found.into_inner())),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(refused(status)),
    }
}

/// Runs a query.
pub(super) async fn query(
    service: &Service,
    parent: &ParentName,
    query: StructuredQuery,
) -> Result<Vec<Document>> {
    let request = RunQueryRequest {
        parent: parent.to_string(),
        query_type: Some(QueryType::StructuredQuery(query)),
        ..Default::default()
    };
    let answers = Firestore::run_query(service, Request::new(request)).await;
    let mut answers = answers.map_err(refused)?.into_inner();
    let mut documents = Vec::new();
    while let Some(answer) = answers.next().await {
        if let Some(document) = answer.map_err(refused)?.document {
            documents.push(
                Document::decode(document)
                    .map_err(|error| Error::Damaged(format!("a document cannot be decoded: {error}")))?,
            );
        }
    }
    Ok(documents)
}

/// Counts the documents of a collection, up to a limit.
pub(super) async fn count(service: &Service, parent: &ParentName, id: &str, limit: i64) -> Result<i64> {
    use structured_aggregation_query::{Aggregation, QueryType, aggregation};
    let count = aggregation::Count { up_to: Some(limit) };
    let aggregation = StructuredAggregationQuery {
        aggregations: vec![Aggregation {
            alias: "count".to_owned(),
            operator: Some(aggregation::Operator::Count(count)),
        }],
        query_type: Some(QueryType::StructuredQuery(from(id))),
    };
    let request = RunAggregationQueryRequest {
        parent: parent.to_string(),
        query_type: Some(run_aggregation_query_request::QueryType::StructuredAggregationQuery(aggregation)),
        ..Default::default()
    };
    let answers = Firestore::run_aggregation_query(service, Request::new(request)).await;
    let answer = answers.map_err(refused)?.into_inner().next().await;
    let result = answer
        .transpose()
        .map_err(refused)?
        .and_then(|answer| answer.result);
    let count = result.and_then(|mut result| result.aggregate_fields.remove("count"));
    match count {
        Some(Value {
            value_type: Some(ValueType::IntegerValue(count)),
        }) => Ok(count),
        _ => Ok(0),
    }
}

/// Begins a query of a collection.
pub(super) fn from(collection: &str) -> StructuredQuery {
    StructuredQuery {
        from: vec![CollectionSelector {
            collection_id: collection.to_owned(),
            all_descendants: false,
        }],
        ..Default::default()
    }
}

/// Turns a status back into what the page tells apart.
fn refused(status: Status) -> Error {
    let message = status.message().to_owned();
    if status.code() == Code::InvalidArgument {
        return Error::InvalidArgument(message);
    }
    if status.code() == Code::DataLoss {
        return Error::Damaged(message);
    }
    Error::Storage(message)
}
