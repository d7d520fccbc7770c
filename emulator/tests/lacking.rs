//! What is not there yet says so by its name, and never answers wrongly.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use gcloud_sdk::google::firestore::v1::{
    ExecutePipelineRequest, StructuredQuery, structured_query::FindNearest,
};
use support::{ROOT, from, in_memory, query_request};
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
        client.execute_pipeline(ExecutePipelineRequest::default()).await,
        "ExecutePipeline",
    );
    let nearest = StructuredQuery {
        find_nearest: Some(FindNearest::default()),
        ..from("c")
    };
    names(
        client.run_query(query_request(ROOT, nearest)).await,
        "FindNearest",
    );
}
