//! What is not there yet says so by its name, and never answers wrongly.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use gcloud_sdk::google::firestore::v1::{
    ExecutePipelineRequest, GetDocumentRequest, ListDocumentsRequest, ListenRequest, PartitionQueryRequest,
    StructuredQuery, WriteRequest, get_document_request::ConsistencySelector, structured_query::FindNearest,
};
use support::{ROOT, from, in_memory, query_request, set};
use tonic::{Code, Status};

fn names<T>(answer: Result<T, Status>, feature: &str) {
    let Err(status) = answer else {
        panic!("{feature} answered");
    };
    assert_eq!(status.code(), Code::Unimplemented, "{status}");
    assert!(status.message().contains(feature), "{status}");
}

#[tokio::test]
async fn each_lacking_feature_is_named() {
    let (_server, mut client) = in_memory().await;
    names(
        client.partition_query(PartitionQueryRequest::default()).await,
        "PartitionQuery",
    );
    names(
        client.execute_pipeline(ExecutePipelineRequest::default()).await,
        "ExecutePipeline",
    );
    names(
        client
            .listen(tokio_stream::iter([ListenRequest::default()]))
            .await,
        "Listen",
    );
    names(
        client.write(tokio_stream::iter([WriteRequest::default()])).await,
        "Write",
    );
    let nearest = StructuredQuery {
        find_nearest: Some(FindNearest::default()),
        ..from("c")
    };
    names(
        client.run_query(query_request(ROOT, nearest)).await,
        "FindNearest",
    );
    let missing = ListDocumentsRequest {
        parent: ROOT.to_owned(),
        collection_id: "c".to_owned(),
        show_missing: true,
        ..Default::default()
    };
    names(client.list_documents(missing).await, "show_missing");
}

#[tokio::test]
async fn the_past_is_not_made_up() {
    let (_server, mut client) = in_memory().await;
    let commit = |number: i64| gcloud_sdk::google::firestore::v1::CommitRequest {
        database: support::DATABASE.to_owned(),
        writes: vec![set("c/a", [("n", support::int(number))])],
        ..Default::default()
    };
    let first = client
        .commit(commit(1))
        .await
        .unwrap()
        .into_inner()
        .commit_time
        .unwrap();
    let second = client
        .commit(commit(2))
        .await
        .unwrap()
        .into_inner()
        .commit_time
        .unwrap();
    let at = |time| GetDocumentRequest {
        name: format!("{ROOT}/c/a"),
        consistency_selector: Some(ConsistencySelector::ReadTime(time)),
        ..Default::default()
    };
    names(client.get_document(at(first)).await, "read_time");
    assert_eq!(
        client.get_document(at(second)).await.unwrap().into_inner().fields["n"],
        support::int(2)
    );
}
