//! Transactions under contention.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::{Duration, Instant};

use gcloud_sdk::google::firestore::v1::{
    BatchGetDocumentsRequest, BeginTransactionRequest, CommitRequest, GetDocumentRequest, RollbackRequest,
    RunQueryRequest, TransactionOptions, Value, batch_get_documents_request, batch_get_documents_response,
    get_document_request, run_query_request, transaction_options, value::ValueType,
};
use support::{Client, DATABASE, ROOT, from, in_memory, int, query_request, set};
use tonic::{Code, Status};

async fn begin(client: &mut Client) -> Vec<u8> {
    let request = BeginTransactionRequest {
        database: DATABASE.to_owned(),
        ..Default::default()
    };
    client
        .begin_transaction(request)
        .await
        .unwrap()
        .into_inner()
        .transaction
}

async fn begin_pessimistic(client: &mut Client) -> Vec<u8> {
    let read_write = transaction_options::ReadWrite {
        concurrency_mode: transaction_options::ConcurrencyMode::Pessimistic.into(),
        ..Default::default()
    };
    let request = BeginTransactionRequest {
        database: DATABASE.to_owned(),
        options: Some(TransactionOptions {
            mode: Some(transaction_options::Mode::ReadWrite(read_write)),
        }),
        ..Default::default()
    };
    let began = client.begin_transaction(request).await.unwrap();
    began.into_inner().transaction
}

async fn rollback(client: &mut Client, transaction: Vec<u8>) {
    let request = RollbackRequest {
        database: DATABASE.to_owned(),
        transaction,
        ..Default::default()
    };
    client.rollback(request).await.unwrap();
}

async fn read(client: &mut Client, path: &str, transaction: &[u8]) -> Result<i64, Status> {
    let request = GetDocumentRequest {
        name: format!("{ROOT}/{path}"),
        consistency_selector: (!transaction.is_empty())
            .then(|| get_document_request::ConsistencySelector::Transaction(transaction.to_vec())),
        ..Default::default()
    };
    let found = client.get_document(request).await?.into_inner();
    let Some(Value {
        value_type: Some(ValueType::IntegerValue(number)),
    }) = found.fields.get("n")
    else {
        panic!("no number in {found:?}");
    };
    Ok(*number)
}

async fn commit(client: &mut Client, path: &str, number: i64, transaction: Vec<u8>) -> Result<(), Status> {
    let writes = vec![set(path, [("n", int(number))])];
    client
        .commit(CommitRequest {
            database: DATABASE.to_owned(),
            writes,
            transaction,
            ..Default::default()
        })
        .await
        .map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_loses_no_update() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/counter", 0, Vec::new()).await.unwrap();
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let mut client = client.clone();
            tokio::spawn(async move {
                let (mut done, mut aborted) = (0, 0);
                while done < 25 {
                    let transaction = begin(&mut client).await;
                    let number = read(&mut client, "c/counter", &transaction).await.unwrap();
                    match commit(&mut client, "c/counter", number + 1, transaction).await {
                        Ok(()) => done += 1,
                        Err(error) if error.code() == Code::Aborted => aborted += 1,
                        Err(error) => panic!("{error}"),
                    }
                }
                aborted
            })
        })
        .collect();
    let mut aborted = 0;
    for worker in workers {
        aborted += worker.await.unwrap();
    }
    assert_eq!(read(&mut client, "c/counter", &[]).await.unwrap(), 200);
    assert!(aborted > 0, "there was no contention");
}

#[tokio::test]
async fn a_transaction_sees_one_state_and_aborts_when_it_has_changed() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/a", 1, Vec::new()).await.unwrap();
    let transaction = begin(&mut client).await;
    assert_eq!(read(&mut client, "c/a", &transaction).await.unwrap(), 1);
    commit(&mut client, "c/a", 2, Vec::new()).await.unwrap();
    assert_eq!(read(&mut client, "c/a", &transaction).await.unwrap(), 1);
    let error = commit(&mut client, "c/b", 3, transaction).await.unwrap_err();
    assert_eq!(error.code(), Code::Aborted);
    assert_eq!(
        read(&mut client, "c/b", &[]).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn a_document_that_appears_aborts_whoever_found_it_missing() {
    let (_server, mut client) = in_memory().await;
    let transaction = begin(&mut client).await;
    assert_eq!(
        read(&mut client, "c/a", &transaction).await.unwrap_err().code(),
        Code::NotFound
    );
    commit(&mut client, "c/a", 1, Vec::new()).await.unwrap();
    assert_eq!(
        commit(&mut client, "c/a", 2, transaction)
            .await
            .unwrap_err()
            .code(),
        Code::Aborted
    );
}

#[tokio::test]
async fn write_skew_over_a_query_does_not_happen() {
    let (_server, mut client) = in_memory().await;
    let mut transactions = Vec::new();
    for _ in 0..2 {
        let request = RunQueryRequest {
            consistency_selector: Some(run_query_request::ConsistencySelector::NewTransaction(
                TransactionOptions::default(),
            )),
            ..query_request(ROOT, from("c"))
        };
        let mut answers = client.run_query(request).await.unwrap().into_inner();
        let transaction = answers.message().await.unwrap().unwrap().transaction;
        assert!(!transaction.is_empty());
        transactions.push(transaction);
    }
    // Both saw an empty collection; only one may act on that.
    let second = transactions.pop().unwrap();
    commit(&mut client, "c/a", 1, transactions.pop().unwrap())
        .await
        .unwrap();
    assert_eq!(
        commit(&mut client, "c/b", 2, second).await.unwrap_err().code(),
        Code::Aborted
    );
}

#[tokio::test]
async fn a_finished_transaction_cannot_be_used_again() {
    let (_server, mut client) = in_memory().await;
    let transaction = begin(&mut client).await;
    let request = RollbackRequest {
        database: DATABASE.to_owned(),
        transaction: transaction.clone(),
        ..Default::default()
    };
    client.rollback(request).await.unwrap();
    assert_eq!(
        commit(&mut client, "c/a", 1, transaction.clone())
            .await
            .unwrap_err()
            .code(),
        Code::InvalidArgument
    );
    assert_eq!(
        read(&mut client, "c/a", &transaction).await.unwrap_err().code(),
        Code::InvalidArgument
    );
}

#[tokio::test]
async fn a_read_only_transaction_cannot_write() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/a", 1, Vec::new()).await.unwrap();
    let read_only = transaction_options::Mode::ReadOnly(transaction_options::ReadOnly::default());
    let request = BatchGetDocumentsRequest {
        database: DATABASE.to_owned(),
        documents: vec![format!("{ROOT}/c/a"), format!("{ROOT}/c/missing")],
        consistency_selector: Some(batch_get_documents_request::ConsistencySelector::NewTransaction(
            TransactionOptions {
                mode: Some(read_only),
            },
        )),
        ..Default::default()
    };
    let mut answers = client.batch_get_documents(request).await.unwrap().into_inner();
    let transaction = answers.message().await.unwrap().unwrap().transaction;
    let found = answers.message().await.unwrap().unwrap().result.unwrap();
    assert!(matches!(found, batch_get_documents_response::Result::Found(_)));
    let missing = answers.message().await.unwrap().unwrap().result.unwrap();
    assert!(matches!(
        missing,
        batch_get_documents_response::Result::Missing(_)
    ));
    assert!(answers.message().await.unwrap().is_none());
    assert_eq!(
        commit(&mut client, "c/a", 2, transaction)
            .await
            .unwrap_err()
            .code(),
        Code::InvalidArgument
    );
}

#[tokio::test]
async fn a_write_waits_until_a_pessimistic_transaction_that_has_read_ends() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/a", 1, Vec::new()).await.unwrap();
    for commits in [true, false] {
        let transaction = begin_pessimistic(&mut client).await;
        let before = read(&mut client, "c/a", &transaction).await.unwrap();
        let mut writer = client.clone();
        let mut outside = tokio::spawn(async move { commit(&mut writer, "c/a", 100, Vec::new()).await });
        // It would be there long since if it did not wait.
        let waited = tokio::time::timeout(Duration::from_millis(500), &mut outside).await;
        assert!(waited.is_err(), "the write did not wait");
        assert_eq!(read(&mut client, "c/a", &[]).await.unwrap(), before);
        // What nobody has read can be written meanwhile.
        commit(&mut client, "c/b", 1, Vec::new()).await.unwrap();
        if commits {
            commit(&mut client, "c/a", before + 1, transaction).await.unwrap();
        } else {
            rollback(&mut client, transaction).await;
        }
        outside.await.unwrap().unwrap();
        assert_eq!(read(&mut client, "c/a", &[]).await.unwrap(), 100);
    }
}

#[tokio::test]
async fn a_write_that_waits_too_long_is_aborted_and_the_transaction_goes_on() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/a", 1, Vec::new()).await.unwrap();
    let transaction = begin_pessimistic(&mut client).await;
    // A transaction begins with what it reads first, not with its own beginning.
    commit(&mut client, "c/a", 2, Vec::new()).await.unwrap();
    assert_eq!(read(&mut client, "c/a", &transaction).await.unwrap(), 2);
    let began = Instant::now();
    let error = commit(&mut client, "c/a", 3, Vec::new()).await.unwrap_err();
    assert_eq!(error.code(), Code::Aborted, "{error}");
    assert_eq!(error.message(), "Transaction lock timeout.");
    let waited = began.elapsed();
    assert!(
        (Duration::from_secs(2)..Duration::from_secs(8)).contains(&waited),
        "{waited:?}"
    );
    commit(&mut client, "c/a", 4, transaction).await.unwrap();
    assert_eq!(read(&mut client, "c/a", &[]).await.unwrap(), 4);
}

#[tokio::test]
async fn of_two_pessimistic_transactions_that_wait_for_each_other_one_is_aborted_at_once() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/a", 1, Vec::new()).await.unwrap();
    commit(&mut client, "c/b", 1, Vec::new()).await.unwrap();
    let (first, second) = (
        begin_pessimistic(&mut client).await,
        begin_pessimistic(&mut client).await,
    );
    // Each writes what the other has read.
    read(&mut client, "c/a", &first).await.unwrap();
    read(&mut client, "c/b", &second).await.unwrap();
    let began = Instant::now();
    let [one, other] = [("c/b", first), ("c/a", second)].map(|(path, transaction)| {
        let mut client = client.clone();
        tokio::spawn(async move { commit(&mut client, path, 2, transaction).await })
    });
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert!(
        began.elapsed() < Duration::from_millis(1_500),
        "{:?}",
        began.elapsed()
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?}, {other:?}");
    assert_eq!(one.and(other).unwrap_err().code(), Code::Aborted);
}

#[tokio::test(flavor = "multi_thread")]
async fn pessimistic_contention_loses_no_update_and_comes_to_an_end() {
    let (_server, mut client) = in_memory().await;
    commit(&mut client, "c/counter", 0, Vec::new()).await.unwrap();
    let workers: Vec<_> = (0..6)
        .map(|_| {
            let mut client = client.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while done < 20 {
                    let transaction = begin_pessimistic(&mut client).await;
                    let number = read(&mut client, "c/counter", &transaction).await.unwrap();
                    match commit(&mut client, "c/counter", number + 1, transaction).await {
                        Ok(()) => done += 1,
                        Err(error) => assert_eq!(error.code(), Code::Aborted, "{error}"),
                    }
                }
            })
        })
        .collect();
    let all = futures::future::join_all(workers);
    let ended = tokio::time::timeout(Duration::from_secs(60), all).await;
    ended
        .expect("it does not end")
        .into_iter()
        .for_each(Result::unwrap);
    assert_eq!(read(&mut client, "c/counter", &[]).await.unwrap(), 120);
}
