//! Many listeners that do not read: memory has a bound, who reads hears everything, and who does not is told why it ended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::{Duration, Instant};

use support::{Listening, Program, connect, from, int, query_target, set, text, write};
use tonic::Code;

const MB: usize = 1 << 20;
const DOCUMENTS: usize = 160;
const DOCUMENT_BYTES: usize = 100_000;
/// Were all of their results kept, they would take 640 MB.
const SLOW: usize = 40;
/// What waits at most, the results that are read meanwhile, and the program with its documents.
const MOST: usize = 500 * MB;

#[tokio::test(flavor = "multi_thread")]
async fn memory_has_a_bound_however_many_listeners_do_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(&directory.path().join("data.redb"));
    let client = connect(&program.address).await;
    let long = "x".repeat(DOCUMENT_BYTES);
    for number in 0..DOCUMENTS {
        write(&client, [set(&format!("c/{number}"), [("text", text(&long))])]).await;
    }
    let mut slow = Vec::new();
    for _ in 0..SLOW {
        // Each has a connection of its own, or one that does not read would hold up the others.
        let client = connect(&program.address).await;
        slow.push(Listening::start(&client, [query_target(1, from("c"))]).await);
    }
    // Those that read are served, as soon as those that do not were given up.
    let began = Instant::now();
    let mut brisk = Listening::start(&connect(&program.address).await, [query_target(1, from("c"))]).await;
    brisk.until(|seen| seen.shown[&1].len() == DOCUMENTS).await;
    let served = began.elapsed();
    // What happens meanwhile takes no room either.
    for number in 0..DOCUMENTS {
        let fields = [("text", text(&long)), ("n", int(1))];
        write(&client, [set(&format!("c/{number}"), fields)]).await;
    }
    brisk
        .until(|seen| {
            let mut shown = seen.shown[&1].values();
            shown.all(|document| document.fields.contains_key("n"))
        })
        .await;
    let mut let_go = 0;
    for listening in &mut slow {
        let_go += usize::from(was_let_go(listening).await);
    }
    println!("served after {served:?}; {let_go} of {SLOW} were let go");
    assert!(let_go >= SLOW / 4, "only {let_go} were let go");
    if let Some(peak) = program.peak_memory() {
        println!("{} MB at most", peak / MB);
        assert!(peak < MOST, "{} MB", peak / MB);
    }
}

/// Reads on until the stream ends, or until it has shown everything.
async fn was_let_go(listening: &mut Listening) -> bool {
    let reading = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            match listening.end().await {
                Err(error) => {
                    assert_eq!(error.code(), Code::ResourceExhausted, "{error}");
                    assert!(error.message().contains("reads too slowly"), "{error}");
                    return true;
                }
                Ok(message) => {
                    let message = message.expect("the stream ended without a word");
                    if Listening::is_current(&message) {
                        return false;
                    }
                }
            }
        }
    });
    reading.await.expect("neither shown nor let go")
}
