//! REST v1 and the endpoints of emulators.
//!
//! `cases.rs` are requests that Google's emulator was asked as well; `expected.txt` holds what it answered, and where it is
//! installed it is asked again. `UPDATE_EXPECTED=1` writes the file anew. What Google's lacks or has otherwise than the
//! documentation is tested in `documented.rs`. Answers that differ on purpose are in `differences.txt` with the reason.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod cases;
mod documented;
mod origin;
#[path = "../support/mod.rs"]
mod support;
mod transfer;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use support::{google, http};

/// Starts Google's emulator, where it is installed. It listens before it knows its own endpoints.
async fn start_google() -> Option<google::Google> {
    let google = google::Google::start()?;
    drop(support::connect(&google.address).await);
    let deadline = Instant::now() + Duration::from_secs(30);
    let target = "/emulator/v1/projects/test/databases/(default)/documents";
    // Until then it may also close the connection without a word.
    while http::try_ask(&google.address, "DELETE", target, &[], "")
        .await
        .is_none_or(|answer| answer.status != 200)
    {
        assert!(Instant::now() < deadline, "Google's emulator is not ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Some(google)
}

fn expected() -> BTreeMap<String, String> {
    parse(include_str!("expected.txt"))
}

fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" => "))
        .map(|(question, answer)| (question.to_owned(), answer.to_owned()))
        .collect()
}

fn compare(ours: &BTreeMap<String, String>, theirs: &BTreeMap<String, String>) {
    let differences: Vec<String> = theirs
        .iter()
        .filter(|(question, answer)| ours.get(*question) != Some(answer))
        .map(|(question, answer)| {
            format!(
                "{question}\n  expected: {answer}\n  found:    {:?}",
                ours.get(question)
            )
        })
        .collect();
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert_eq!(ours.len(), theirs.len(), "some questions were not expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_answers_as_google_s_did() {
    let (server, _) = support::in_memory().await;
    let ours = cases::run(&server.grpc_addr().to_string()).await;
    let mut theirs = expected();
    for (question, answer) in parse(include_str!("differences.txt")) {
        let replaced = theirs.insert(question.clone(), answer.clone());
        assert!(
            replaced.is_some_and(|google| google != answer),
            "no difference any more: {question}"
        );
    }
    compare(&ours, &theirs);
}

#[tokio::test(flavor = "multi_thread")]
async fn google_s_still_answers_as_expected() {
    let Some(google) = start_google().await else {
        println!(
            "\n*** SKIPPED: Google's Firestore emulator is not installed, only its recorded answers were used ***\n"
        );
        return;
    };
    let theirs = cases::run(&google.address).await;
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        let text: String = theirs
            .iter()
            .map(|(question, answer)| format!("{question} => {answer}\n"))
            .collect();
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rest/expected.txt"),
            text,
        )
        .unwrap();
        return;
    }
    compare(&theirs, &expected());
}
