//! What the data file promises: acknowledged writes survive a kill, and one process at a time has the file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    collections::BTreeMap,
    process::Stdio,
    sync::{Arc, Mutex},
};

use gcloud_sdk::google::firestore::v1::{
    CommitRequest, CreateDocumentRequest, GetDocumentRequest, Value, value::ValueType, write::Operation,
};
use support::{DATABASE, Program, ROOT, connect, document, int, set};

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_write_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let acknowledged: Arc<Mutex<BTreeMap<String, i64>>> = Arc::default();
    for round in 0..5_i64 {
        let program = Program::start(&data);
        let client = connect(&program.address).await;
        let writers: Vec<_> = (0..16_i64)
            .map(|writer| {
                let (mut client, acknowledged) = (client.clone(), Arc::clone(&acknowledged));
                tokio::spawn(async move {
                    for number in 0.. {
                        let id = format!("{round}-{writer}-{number}");
                        let request = CreateDocumentRequest {
                            parent: ROOT.to_owned(),
                            collection_id: "c".to_owned(),
                            document_id: id.clone(),
                            document: Some(document("", [("n", int(number))])),
                            ..Default::default()
                        };
                        if client.create_document(request).await.is_err() {
                            return;
                        }
                        acknowledged.lock().unwrap().insert(id, number);
                    }
                })
            })
            .collect();
        // The kill comes in the middle of the writing, once there is something to lose.
        let before = usize::try_from(round).unwrap() * 200;
        while acknowledged.lock().unwrap().len() < before + 200 {
            tokio::task::yield_now().await;
        }
        program.kill();
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let program = Program::start(&data);
    let mut client = connect(&program.address).await;
    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    assert!(acknowledged.len() >= 1_000);
    for (id, number) in acknowledged {
        let request = GetDocumentRequest {
            name: format!("{ROOT}/c/{id}"),
            ..Default::default()
        };
        let found = client
            .get_document(request)
            .await
            .unwrap_or_else(|error| panic!("{id} is lost: {error}"));
        assert_eq!(found.into_inner().fields["n"], int(number));
    }
}

#[tokio::test]
async fn a_commit_is_there_whole_or_not_at_all_after_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let program = Program::start(&data);
    let client = connect(&program.address).await;
    let writer = tokio::spawn({
        let mut client = client.clone();
        async move {
            for number in 0.. {
                let writes = vec![
                    set("pair/a", [("n", int(number))]),
                    set("pair/b", [("n", int(number))]),
                ];
                let request = CommitRequest {
                    database: DATABASE.to_owned(),
                    writes,
                    ..Default::default()
                };
                if client.commit(request).await.is_err() {
                    return number - 1;
                }
            }
            0
        }
    });
    let read = |mut client: support::Client, path: &'static str| async move {
        let request = GetDocumentRequest {
            name: format!("{ROOT}/{path}"),
            ..Default::default()
        };
        client
            .get_document(request)
            .await
            .map(|found| found.into_inner().fields["n"].clone())
    };
    let far_enough = |found: Result<Value, tonic::Status>| {
        found.is_ok_and(|number| matches!(number.value_type, Some(ValueType::IntegerValue(20..))))
    };
    while !far_enough(read(client.clone(), "pair/b").await) && !writer.is_finished() {
        tokio::task::yield_now().await;
    }
    program.kill();
    let last = writer.await.unwrap();
    let program = Program::start(&data);
    let client = connect(&program.address).await;
    let (a, b) = (
        read(client.clone(), "pair/a").await.unwrap(),
        read(client, "pair/b").await.unwrap(),
    );
    assert_eq!(a, b);
    // The one that was under way may have been written or not.
    assert!(a == int(last) || a == int(last + 1), "{a:?} after {last}");
    drop(program);
}

#[tokio::test]
async fn a_second_process_is_told_that_the_file_is_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let _first = Program::start(&data);
    let second = Program::command(&data).stdout(Stdio::null()).output().unwrap();
    assert!(!second.status.success());
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(message.contains("in use by another process"), "{message}");
    assert!(message.contains("data.redb"), "{message}");
}

#[tokio::test]
async fn a_damaged_file_is_told_as_such() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    std::fs::write(&data, b"this was a photo once".repeat(10_000)).unwrap();
    let output = Program::command(&data).stdout(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("is damaged or not a data file"), "{message}");
}

#[tokio::test]
async fn a_graceful_end_and_a_new_start_keep_everything_and_times_rise() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let mut last = None;
    for round in 0..3 {
        let config = emulator::Config {
            data: Some(data.clone()),
            ..Default::default()
        };
        let server = emulator::Emulator::start(config).await.unwrap();
        let mut client = connect(&server.grpc_addr().to_string()).await;
        let writes = vec![set(&format!("c/{round}"), [("n", int(round))])];
        let request = CommitRequest {
            database: DATABASE.to_owned(),
            writes,
            ..Default::default()
        };
        let time = client
            .commit(request)
            .await
            .unwrap()
            .into_inner()
            .commit_time
            .unwrap();
        let time = (time.seconds, time.nanos);
        assert!(last.is_none_or(|last| last < time));
        last = Some(time);
        for earlier in 0..=round {
            let request = GetDocumentRequest {
                name: format!("{ROOT}/c/{earlier}"),
                ..Default::default()
            };
            client.get_document(request).await.unwrap();
        }
        drop(client);
        server.shutdown().await;
    }
}

#[tokio::test]
async fn a_file_of_which_little_is_used_is_smaller_after_the_next_start() {
    const COUNT: i64 = 100;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data.redb");
    let length = || std::fs::metadata(&data).unwrap().len();
    let name =
        |database: &str, number: i64| format!("projects/test/databases/{database}/documents/c/{number}");
    let program = Program::start(&data);
    let mut client = connect(&program.address).await;
    for number in 0..COUNT {
        // Small documents that stay lie between large ones that go.
        for (database, bytes) in [("stays", 5_000), ("goes", 500_000)] {
            let mut write = set("c/x", [("text", support::text(&"x".repeat(bytes)))]);
            if let Some(Operation::Update(document)) = &mut write.operation {
                document.name = name(database, number);
            }
            let request = CommitRequest {
                database: format!("projects/test/databases/{database}"),
                writes: vec![write],
                ..Default::default()
            };
            client.commit(request).await.unwrap();
        }
    }
    let target = "/emulator/v1/projects/test/databases/goes/documents";
    let emptied = support::http::ask(&program.address, "DELETE", target, &[], "").await;
    assert_eq!(emptied.status, 200);
    program.kill();
    let before = length();
    assert!(before > 40 << 20, "{before} bytes");

    let program = Program::start(&data);
    let after = length();
    assert!(after < 8 << 20, "{before} bytes became {after}");
    let mut client = connect(&program.address).await;
    for number in 0..COUNT {
        let request = GetDocumentRequest {
            name: name("stays", number),
            ..Default::default()
        };
        client.get_document(request).await.unwrap();
    }
}
