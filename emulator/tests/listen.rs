//! Listen over the wire: several targets, limits, resuming over a restart, slow clients, and many of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use gcloud_sdk::google::firestore::v1::{
    ListenRequest, StructuredQuery, Target, listen_request::TargetChange,
    structured_query::field_filter::Operator, target::ResumeType,
};
use support::{
    Listening, Program, add_target, connect, delete, documents_target, filter, from, in_memory, int, order,
    query_target, set, text, write,
};
use tonic::Code;

fn first_two() -> StructuredQuery {
    StructuredQuery {
        order_by: vec![order("n")],
        limit: Some(2),
        ..from("c")
    }
}

fn below(most: i64) -> StructuredQuery {
    StructuredQuery {
        r#where: Some(filter("n", Operator::LessThan, int(most))),
        ..from("c")
    }
}

#[tokio::test]
async fn one_stream_shows_several_targets_in_consistent_snapshots() {
    let (_server, client) = in_memory().await;
    write(
        &client,
        [set("c/a", [("n", int(1))]), set("c/b", [("n", int(2))])],
    )
    .await;
    let targets = [
        query_target(1, from("c")),
        query_target(2, below(2)),
        documents_target(3, &["c/b", "c/none"]),
        query_target(4, first_two()),
    ];
    let mut listening = Listening::start(&client, targets).await;
    listening
        .until(|seen| seen.kinds.iter().filter(|kind| *kind == "CURRENT").count() == 4)
        .await;
    assert_eq!(
        (listening.paths(1), listening.paths(2)),
        (vec!["c/a", "c/b"], vec!["c/a"])
    );
    assert_eq!(
        (listening.paths(3), listening.paths(4)),
        (vec!["c/b"], vec!["c/a", "c/b"])
    );

    // One commit, and one snapshot in which all targets have it.
    write(
        &client,
        [
            set("c/a", [("n", int(9))]),
            set("c/0", [("n", int(0))]),
            delete("c/b"),
        ],
    )
    .await;
    listening.kinds.clear();
    listening.until(|_| true).await;
    assert_eq!(
        (listening.paths(1), listening.paths(2)),
        (vec!["c/0", "c/a"], vec!["c/0"])
    );
    assert_eq!(
        (listening.paths(3), listening.paths(4)),
        (vec![], vec!["c/0", "c/a"])
    );
    assert!(
        !listening.kinds.iter().any(|kind| kind == "RESET"),
        "{:?}",
        listening.kinds
    );
}

#[tokio::test]
async fn a_target_that_is_removed_is_silent_and_one_that_is_wanted_once_ends() {
    let (_server, client) = in_memory().await;
    let once = Target {
        once: true,
        ..query_target(7, from("c"))
    };
    let mut listening = Listening::start(&client, [query_target(1, from("c")), once]).await;
    listening
        .until(|seen| seen.kinds.iter().filter(|kind| *kind == "CURRENT").count() == 2)
        .await;
    let remove = ListenRequest {
        target_change: Some(TargetChange::RemoveTarget(1)),
        ..add_target(Target::default())
    };
    listening.send(remove).await;
    listening.send(add_target(query_target(2, from("c")))).await;
    listening
        .until(|seen| seen.kinds.iter().filter(|kind| *kind == "CURRENT").count() == 3)
        .await;
    assert_eq!(listening.kinds.iter().filter(|kind| *kind == "REMOVE").count(), 2);
    write(&client, [set("c/a", [("n", int(1))])]).await;
    listening.until(|seen| !seen.shown[&2].is_empty()).await;
    assert!(listening.paths(1).is_empty() && listening.paths(7).is_empty());
}

#[tokio::test]
async fn a_token_holds_over_a_restart_after_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let program = Program::start(&data);
    let client = connect(&program.address).await;
    for id in ["a", "b", "c", "d"] {
        write(&client, [set(&format!("c/{id}"), [("n", int(1))])]).await;
    }
    let mut before = Listening::start(
        &client,
        [query_target(1, from("c")), query_target(2, first_two())],
    )
    .await;
    before
        .until(|seen| seen.shown[&1].len() == 4 && seen.shown[&2].len() == 2)
        .await;
    // What happens after the token that the client has.
    write(&client, [delete("c/a"), set("c/b", [("n", int(5))])]).await;
    program.kill();

    let program = Program::start(&data);
    let client = connect(&program.address).await;
    write(&client, [set("c/e", [("n", int(0))])]).await;
    let resumed = |target: Target| Target {
        resume_type: Some(ResumeType::ResumeToken(before.token.clone())),
        ..target
    };
    let targets = [
        resumed(query_target(1, from("c"))),
        resumed(query_target(2, first_two())),
    ];
    let mut after = Listening::start(&client, targets).await;
    after.shown.clone_from(&before.shown);
    after
        .until(|seen| seen.kinds.iter().filter(|kind| *kind == "CURRENT").count() == 2)
        .await;
    assert_eq!(after.paths(1), ["c/b", "c/c", "c/d", "c/e"]);
    assert_eq!(after.shown[&1]["c/b"].fields["n"], int(5));
    assert_eq!(after.paths(2), ["c/c", "c/e"]);
    // The difference was sent, not everything: c and d did not change.
    assert!(
        !after.kinds.iter().any(|kind| kind == "RESET"),
        "{:?}",
        after.kinds
    );
    assert_eq!(after.kinds.iter().filter(|kind| *kind == "filter").count(), 2);
    assert_eq!(
        after.kinds.iter().filter(|kind| *kind == "change").count(),
        4,
        "{:?}",
        after.kinds
    );
}

#[tokio::test]
async fn a_token_of_another_file_begins_anew() {
    let (_server, client) = in_memory().await;
    let (_other, elsewhere) = in_memory().await;
    write(&client, [set("c/a", [("n", int(1))])]).await;
    let mut before = Listening::start(&elsewhere, [query_target(1, from("c"))]).await;
    before.until(|seen| !seen.token.is_empty()).await;
    let target = Target {
        resume_type: Some(ResumeType::ResumeToken(before.token)),
        ..query_target(1, from("c"))
    };
    let mut listening = Listening::start(&client, [target]).await;
    listening.until(|seen| seen.shown[&1].len() == 1).await;
    assert!(listening.kinds.iter().any(|kind| kind == "RESET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_hears_the_outcome_and_holds_up_nobody() {
    let (_server, client) = in_memory().await;
    let mut slow = Listening::start(
        &client,
        [query_target(1, from("c")), query_target(2, first_two())],
    )
    .await;
    slow.until(|seen| seen.kinds.iter().filter(|kind| *kind == "CURRENT").count() == 2)
        .await;
    // More than all buffers on the way hold: 12 MB, while nobody reads.
    let long = "x".repeat(20_000);
    for round in 0..6 {
        for id in 0..100 {
            let fields = [("n", int(round * 1_000 - id)), ("text", text(&long))];
            write(&client, [set(&format!("c/{id}"), fields)]).await;
        }
    }
    write(&client, [delete("c/99"), set("c/end", [("n", int(-1))])]).await;
    slow.until(|seen| seen.shown[&1].contains_key("c/end") && seen.shown[&1].len() == 100)
        .await;
    for id in 0..99 {
        assert_eq!(slow.shown[&1][&format!("c/{id}")].fields["n"], int(5_000 - id));
    }
    assert_eq!(slow.paths(2), ["c/98", "c/end"]);
}

#[tokio::test]
async fn flushing_a_database_empties_its_listeners() {
    let (server, client) = in_memory().await;
    write(&client, [set("c/a", [("n", int(1))])]).await;
    let mut listening = Listening::start(
        &client,
        [query_target(1, from("c")), query_target(2, first_two())],
    )
    .await;
    listening
        .until(|seen| seen.shown.values().all(|shown| shown.len() == 1))
        .await;
    support::clear(&server.grpc_addr().to_string()).await;
    listening
        .until(|seen| seen.shown.values().all(std::collections::BTreeMap::is_empty))
        .await;
    write(&client, [set("c/b", [("n", int(1))])]).await;
    listening
        .until(|seen| seen.paths(1) == ["c/b"] && seen.paths(2) == ["c/b"])
        .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_the_rest_goes_on() {
    let (_server, client) = in_memory().await;
    let wrong = StructuredQuery {
        offset: -1,
        ..from("c")
    };
    let mut listening = Listening::start(&client, [query_target(1, wrong), query_target(2, from("c"))]).await;
    listening.until(|_| true).await;
    assert_eq!(listening.kinds, ["REMOVE", "ADD", "CURRENT", "NO_CHANGE"]);
    // An id that is taken would make two targets one.
    listening.send(add_target(query_target(2, from("d")))).await;
    assert_eq!(listening.end().await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_closes_ends_its_streams_at_once() {
    let (server, client) = in_memory().await;
    let mut listening = Listening::start(&client, [query_target(1, from("c"))]).await;
    listening.until(|_| true).await;
    let began = std::time::Instant::now();
    let closing = tokio::spawn(server.shutdown());
    assert_eq!(listening.end().await.unwrap_err().code(), Code::Unavailable);
    drop((listening, client));
    closing.await.unwrap();
    assert!(
        began.elapsed() < std::time::Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
}
