//! Write as a stream, PartitionQuery, missing documents, and the past.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use gcloud_sdk::google::firestore::v1::{
    BatchGetDocumentsRequest, ExplainOptions, GetDocumentRequest, ListDocumentsRequest,
    PartitionQueryRequest, RunAggregationQueryRequest, RunQueryRequest, StructuredAggregationQuery,
    StructuredQuery, TransactionOptions, WriteRequest, batch_get_documents_request, get_document_request,
    partition_query_request, run_aggregation_query_request,
    structured_aggregation_query::{self, aggregation},
    structured_query::CollectionSelector,
    transaction_options,
};
use support::{Client, DATABASE, ROOT, delete, exists, in_memory, int, order, set, write};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

async fn read_at(client: &Client, path: &str, time: prost_types::Timestamp) -> Result<i64, tonic::Status> {
    let request = GetDocumentRequest {
        name: format!("{ROOT}/{path}"),
        consistency_selector: Some(get_document_request::ConsistencySelector::ReadTime(time)),
        ..Default::default()
    };
    let found = client.clone().get_document(request).await?.into_inner();
    Ok((0..100).find(|n| found.fields["n"] == int(*n)).unwrap())
}

#[tokio::test]
async fn a_stream_of_writes_answers_each_in_turn_until_one_fails() {
    let (_server, mut client) = in_memory().await;
    let (requests, outgoing) = tokio::sync::mpsc::channel(8);
    let request = |writes| WriteRequest {
        writes,
        ..Default::default()
    };
    let first = WriteRequest {
        database: DATABASE.to_owned(),
        ..Default::default()
    };
    requests.send(first).await.unwrap();
    let mut answers = client
        .write(ReceiverStream::new(outgoing))
        .await
        .unwrap()
        .into_inner();
    let opened = answers.message().await.unwrap().unwrap();
    assert!(!opened.stream_id.is_empty() && !opened.stream_token.is_empty());
    let mut times = Vec::new();
    for n in 0..3 {
        requests
            .send(request(vec![
                set("c/a", [("n", int(n))]),
                set("c/b", [("n", int(n))]),
            ]))
            .await
            .unwrap();
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.write_results.len(), 2);
        let time = answer.commit_time.unwrap();
        times.push((time.seconds, time.nanos));
    }
    assert!(times.is_sorted());
    let failing = gcloud_sdk::google::firestore::v1::Write {
        current_document: exists(true),
        ..set("c/none", [])
    };
    requests.send(request(vec![failing])).await.unwrap();
    assert_eq!(answers.message().await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn partitions_come_in_pages() {
    let (_server, mut client) = in_memory().await;
    let writes: Vec<_> = (0..40)
        .map(|n| set(&format!("p/{}/group/{n}", n % 3), [("n", int(n))]))
        .collect();
    write(&client, writes).await;
    let query = StructuredQuery {
        from: vec![CollectionSelector {
            collection_id: "group".to_owned(),
            all_descendants: true,
        }],
        order_by: vec![order("__name__")],
        ..Default::default()
    };
    let mut request = PartitionQueryRequest {
        parent: ROOT.to_owned(),
        partition_count: 7,
        page_size: 3,
        query_type: Some(partition_query_request::QueryType::StructuredQuery(query)),
        ..Default::default()
    };
    let mut pages = Vec::new();
    loop {
        let page = client
            .partition_query(request.clone())
            .await
            .unwrap()
            .into_inner();
        pages.push(page.partitions.len());
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(pages, [3, 3, 1]);
}

#[tokio::test]
async fn missing_documents_are_listed_page_by_page() {
    let (_server, mut client) = in_memory().await;
    write(
        &client,
        [
            set("c/b", []),
            set("c/a/s/x", []),
            set("c/c/s/t/u/v", []),
            set("c/b/s/y", []),
        ],
    )
    .await;
    let mut request = ListDocumentsRequest {
        parent: ROOT.to_owned(),
        collection_id: "c".to_owned(),
        show_missing: true,
        page_size: 2,
        ..Default::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = client.list_documents(request.clone()).await.unwrap().into_inner();
        listed.extend(page.documents.into_iter().map(|document| {
            (
                document.name.rsplit('/').next().unwrap().to_owned(),
                document.create_time.is_some(),
            )
        }));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let expected = [("a", false), ("b", true), ("c", false)].map(|(id, there)| (id.to_owned(), there));
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn the_past_is_what_it_was_and_the_future_is_refused() {
    let (_server, mut client) = in_memory().await;
    let first = write(&client, [set("c/a", [("n", int(1))])]).await;
    let second = write(&client, [set("c/a", [("n", int(2))])]).await;
    write(&client, [delete("c/a")]).await;
    assert_eq!(read_at(&client, "c/a", first).await.unwrap(), 1);
    assert_eq!(read_at(&client, "c/a", second).await.unwrap(), 2);
    let long_ago = prost_types::Timestamp { seconds: 1, nanos: 0 };
    assert_eq!(
        read_at(&client, "c/a", long_ago).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    let future = prost_types::Timestamp {
        seconds: first.seconds + 1_000,
        nanos: 0,
    };
    assert_eq!(
        read_at(&client, "c/a", future).await.unwrap_err().code(),
        Code::InvalidArgument
    );

    // A read-only transaction that begins with its first read, in the past.
    let past = transaction_options::read_only::ConsistencySelector::ReadTime(first);
    let read_only = transaction_options::ReadOnly {
        consistency_selector: Some(past),
    };
    let options = TransactionOptions {
        mode: Some(transaction_options::Mode::ReadOnly(read_only)),
    };
    let request = BatchGetDocumentsRequest {
        database: DATABASE.to_owned(),
        documents: vec![format!("{ROOT}/c/a")],
        consistency_selector: Some(batch_get_documents_request::ConsistencySelector::NewTransaction(
            options,
        )),
        ..Default::default()
    };
    let mut answers = client.batch_get_documents(request).await.unwrap().into_inner();
    assert!(!answers.message().await.unwrap().unwrap().transaction.is_empty());
    let found = answers.message().await.unwrap().unwrap();
    assert_eq!(found.read_time, Some(first));
}

#[tokio::test]
async fn a_query_explains_itself_with_or_without_running() {
    let (_server, mut client) = in_memory().await;
    write(
        &client,
        [set("c/a", [("n", int(1))]), set("c/b", [("n", int(2))])],
    )
    .await;
    for analyze in [false, true] {
        let query = StructuredQuery {
            order_by: vec![order("n desc")],
            ..support::from("c")
        };
        let request = RunQueryRequest {
            explain_options: Some(ExplainOptions { analyze }),
            ..support::query_request(ROOT, query)
        };
        let mut answers = client.run_query(request).await.unwrap().into_inner();
        let mut all = Vec::new();
        while let Some(answer) = answers.message().await.unwrap() {
            all.push(answer);
        }
        let found = all.iter().filter(|answer| answer.document.is_some()).count();
        // Clients take each answer for a result: the explanation comes with the last one.
        assert_eq!(all.len(), found.max(1));
        let explained = all.pop().unwrap().explain_metrics.unwrap();
        assert!(all.iter().all(|answer| answer.explain_metrics.is_none()));
        let used = format!("{:?}", explained.plan_summary.unwrap().indexes_used);
        assert!(used.contains("(n DESC, __name__ DESC)"), "{used}");
        assert_eq!(found, if analyze { 2 } else { 0 });
        assert_eq!(
            explained.execution_stats.map(|stats| stats.results_returned),
            analyze.then_some(2)
        );
    }
}

#[tokio::test]
async fn an_aggregation_explains_itself_as_one_result() {
    let (_server, mut client) = in_memory().await;
    write(
        &client,
        [set("c/a", [("n", int(1))]), set("c/b", [("n", int(2))])],
    )
    .await;
    for analyze in [false, true] {
        let count = structured_aggregation_query::Aggregation {
            alias: "all".to_owned(),
            operator: Some(aggregation::Operator::Count(aggregation::Count { up_to: None })),
        };
        let request = RunAggregationQueryRequest {
            parent: ROOT.to_owned(),
            explain_options: Some(ExplainOptions { analyze }),
            query_type: Some(
                run_aggregation_query_request::QueryType::StructuredAggregationQuery(
                    StructuredAggregationQuery {
                        aggregations: vec![count],
                        query_type: Some(structured_aggregation_query::QueryType::StructuredQuery(
                            support::from("c"),
                        )),
                    },
                ),
            ),
            ..Default::default()
        };
        let mut answers = client.run_aggregation_query(request).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.result.is_some(), analyze);
        let explained = answer.explain_metrics.unwrap();
        assert_eq!(explained.plan_summary.unwrap().indexes_used.len(), 1);
        let stats = explained.execution_stats;
        assert_eq!(stats.is_some(), analyze);
        if let Some(stats) = stats {
            assert_eq!((stats.results_returned, stats.read_operations), (1, 1));
            let details: Vec<_> = stats.debug_stats.unwrap().fields.into_keys().collect();
            let expected = ["billing_details", "documents_scanned", "index_entries_scanned"];
            assert_eq!(details, expected);
        }
    }
}
