//! 200 rounds of load and `kill -9`: every acknowledged commit is there, and none by half.
//!
//! `TSUKIYO_CRASH_ROUNDS` chooses another number.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use gcloud_sdk::google::firestore::v1::{CommitRequest, Document, ListDocumentsRequest};
use support::{Client, DATABASE, Program, ROOT, connect, int, set};

const WRITERS: i64 = 8;

/// What each writer was told last: its number, in both of its documents.
type Acknowledged = Arc<Mutex<BTreeMap<i64, i64>>>;

async fn write_until_it_breaks(
    mut client: Client,
    writer: i64,
    from: i64,
    acknowledged: Acknowledged,
    count: Arc<AtomicUsize>,
) {
    for number in from.. {
        let writes = ["left", "right"].map(|side| set(&format!("{side}/{writer}"), [("n", int(number))]));
        let request = CommitRequest {
            database: DATABASE.to_owned(),
            writes: writes.to_vec(),
            ..Default::default()
        };
        if client.commit(request).await.is_err() {
            return;
        }
        acknowledged.lock().unwrap().insert(writer, number);
        count.fetch_add(1, Ordering::Relaxed);
    }
}

async fn numbers(client: &mut Client, side: &str) -> BTreeMap<i64, i64> {
    let request = ListDocumentsRequest {
        parent: ROOT.to_owned(),
        collection_id: side.to_owned(),
        ..Default::default()
    };
    let listed = client.list_documents(request).await.unwrap().into_inner();
    let number = |document: &Document| (0..).map(int).position(|n| n == document.fields["n"]).unwrap();
    listed
        .documents
        .iter()
        .map(|document| {
            let writer = document.name.rsplit('/').next().unwrap().parse().unwrap();
            (writer, i64::try_from(number(document)).unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kill_loses_or_halves_a_commit() {
    let rounds: usize = std::env::var("TSUKIYO_CRASH_ROUNDS").map_or(200, |rounds| rounds.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let acknowledged = Acknowledged::default();
    let mut total = 0;
    for round in 0..=rounds {
        let program = Program::start(&data);
        let mut client = connect(&program.address).await;
        let (left, right) = (
            numbers(&mut client, "left").await,
            numbers(&mut client, "right").await,
        );
        assert_eq!(left, right, "round {round}: a commit is there by half");
        for (writer, told) in acknowledged.lock().unwrap().iter_mut() {
            // One more may have been written than was acknowledged.
            assert!(
                (*told..=*told + 1).contains(&left[writer]),
                "round {round}: {writer} was told {told}, there is {left:?}"
            );
            *told = left[writer];
        }
        if round == rounds {
            break;
        }
        let count = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let from = left.get(&writer).map_or(0, |last| last + 1);
                let work = write_until_it_breaks(
                    client.clone(),
                    writer,
                    from,
                    Arc::clone(&acknowledged),
                    Arc::clone(&count),
                );
                tokio::spawn(work)
            })
            .collect();
        // Each round dies at another place.
        while count.load(Ordering::Relaxed) < 3 + round * 7 % 41 {
            tokio::task::yield_now().await;
        }
        program.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        total += count.load(Ordering::Relaxed);
    }
    println!("{total} commits in {rounds} rounds");
}
