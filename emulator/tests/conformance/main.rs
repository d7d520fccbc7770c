//! The same cases against this server and against Google's emulator, answer by answer.
//!
//! `expected.txt` holds what Google's emulator answered, so that every run compares ours with it. Where Google's is
//! installed, the file is compared with that, too; `UPDATE_EXPECTED=1` writes it anew. Places where we differ on purpose
//! are listed in `differences.txt` with the reason.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod documents;
mod queries;
mod show;
mod writes;

use std::collections::BTreeMap;

use support::{Client, clear, google::Google, in_memory};

/// Answers by question.
type Transcript = BTreeMap<String, String>;

async fn run_all(client: &Client, address: &str) -> Transcript {
    let mut transcript = Transcript::new();
    clear(address).await;
    queries::run(client.clone(), &mut transcript).await;
    clear(address).await;
    documents::run(client.clone(), &mut transcript).await;
    clear(address).await;
    writes::run(client.clone(), &mut transcript).await;
    transcript
}

fn expected() -> Transcript {
    parse(include_str!("expected.txt"))
}

fn parse(text: &str) -> Transcript {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" => "))
        .map(|(question, answer)| (question.to_owned(), answer.to_owned()))
        .collect()
}

fn compare(ours: &Transcript, theirs: &Transcript, whose: &str) {
    let differences: Vec<String> = theirs
        .iter()
        .filter(|(question, answer)| ours.get(*question) != Some(answer))
        .map(|(question, answer)| {
            format!(
                "{question}\n  {whose}: {answer}\n  here: {:?}",
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
    let (server, client) = in_memory().await;
    let ours = run_all(&client, &server.grpc_addr().to_string()).await;
    let mut theirs = expected();
    for (question, answer) in parse(include_str!("differences.txt")) {
        let replaced = theirs.insert(question.clone(), answer.clone());
        assert!(
            replaced.is_some_and(|google| google != answer),
            "no difference any more: {question}"
        );
    }
    compare(&ours, &theirs, "google");
}

#[tokio::test(flavor = "multi_thread")]
async fn google_s_still_answers_as_expected() {
    let Some(google) = Google::start() else {
        println!(
            "\n*** SKIPPED: Google's Firestore emulator is not installed, only its recorded answers were used ***\n"
        );
        return;
    };
    let client = support::connect(&google.address).await;
    let theirs = run_all(&client, &google.address).await;
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        let text: String = theirs
            .iter()
            .map(|(question, answer)| format!("{question} => {answer}\n"))
            .collect();
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/expected.txt"),
            text,
        )
        .unwrap();
        return;
    }
    compare(&expected(), &theirs, "google now");
}
