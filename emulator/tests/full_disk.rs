//! A full disk refuses writes, keeps reading, and is forgotten as soon as there is room again.
//!
//! The disk is a small tmpfs, which only root may mount.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use gcloud_sdk::google::firestore::v1::{
    CommitRequest, Document, GetDocumentRequest, Write, get_document_request::ConsistencySelector,
    write::Operation,
};
use support::{Client, DATABASE, Program, ROOT, connect, int, set, text};
use tonic::{Code, Status};

const DISK_BYTES: usize = 24 << 20;
/// A database of its own for what is large.
const BIG: &str = "projects/test/databases/big";
const DOCUMENT_BYTES: usize = 100_000;

/// A disk of 24 MiB.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={DISK_BYTES}"), "tmpfs"])
            .arg(directory.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(directory));
        }
        eprintln!(
            "!! SKIPPED: a small disk cannot be mounted here (that takes root), so that none was filled."
        );
        None
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data.redb")
    }

    /// Takes all that is free, as another program would.
    fn fill(&self) -> Ballast {
        let path = self.0.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        for size in [1 << 20, 64 << 10, 4 << 10] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
        Ballast(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).output());
    }
}

/// A file that goes away with this.
struct Ballast(PathBuf);

impl Ballast {
    fn of(directory: &Path, bytes: usize) -> Self {
        let path = directory.join("ballast");
        std::fs::write(&path, vec![1; bytes]).unwrap();
        Self(path)
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

async fn put(client: &mut Client, id: &str, bytes: usize) -> Result<(), Status> {
    let text = text(&"x".repeat(bytes));
    commit(client, DATABASE, set(&format!("c/{id}"), [("text", text)])).await
}

async fn commit(client: &mut Client, database: &str, write: Write) -> Result<(), Status> {
    let request = CommitRequest {
        database: database.to_owned(),
        writes: vec![write],
        ..Default::default()
    };
    client.commit(request).await.map(drop)
}

async fn read(client: &mut Client, id: &str) -> Document {
    let request = GetDocumentRequest {
        name: format!("{ROOT}/c/{id}"),
        ..Default::default()
    };
    let found = client.get_document(request).await;
    found
        .unwrap_or_else(|error| panic!("{id} cannot be read: {error}"))
        .into_inner()
}

fn assert_full(error: &Status) {
    assert_eq!(error.code(), Code::ResourceExhausted, "{error}");
    assert!(error.message().contains("the disk is full"), "{error}");
}

/// Writes until there is no room and returns how many documents there are.
async fn write_until_full(client: &mut Client) -> usize {
    for number in 0..DISK_BYTES / DOCUMENT_BYTES {
        if let Err(error) = put(client, &number.to_string(), DOCUMENT_BYTES).await {
            assert_full(&error);
            return number;
        }
    }
    panic!("a disk of {DISK_BYTES} bytes took {DISK_BYTES} bytes of documents");
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_reads_on_and_room_is_enough_to_write_again() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ballast = Ballast::of(disk.0.path(), 12 << 20);
    let program = Program::start(&disk.data());
    let mut client = connect(&program.address).await;
    let count = write_until_full(&mut client).await;
    assert!(count >= 10, "only {count} documents found room");

    // Not even a byte is left.
    let rest = disk.0.path().join("rest");
    let mut file = File::create(&rest).unwrap();
    while file.write_all(&[1; 4_096]).is_ok() {}
    for attempt in 0..20 {
        assert_full(&put(&mut client, "more", DOCUMENT_BYTES).await.unwrap_err());
        read(&mut client, &(attempt % count).to_string()).await;
    }

    // What was kept can be read by a server that is started on the full disk, which has nothing in its memory.
    program.kill();
    let program = Program::start(&disk.data());
    let mut client = connect(&program.address).await;
    for number in 0..count {
        read(&mut client, &number.to_string()).await;
    }
    assert_full(&put(&mut client, "more", DOCUMENT_BYTES).await.unwrap_err());

    drop(ballast);
    std::fs::remove_file(rest).unwrap();
    put(&mut client, "more", DOCUMENT_BYTES).await.unwrap();
    read(&mut client, "more").await;
    for number in 0..count {
        read(&mut client, &number.to_string()).await;
    }
}

/// A document that takes half a megabyte of the disk, and is not what it was before.
fn big(number: usize) -> Write {
    let mut write = set("big/x", [("text", text(&number.to_string().repeat(100_000)))]);
    if let Some(Operation::Update(document)) = &mut write.operation {
        document.name = format!("{BIG}/documents/big/x");
    }
    write
}

/// Writes numbers one after the other and returns the last that was acknowledged, and how many were refused.
async fn count_up(mut client: Client, id: usize, stop: Arc<AtomicBool>) -> (i64, usize) {
    let (mut last, mut refused) = (-1, 0);
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let write = set(&format!("c/{id}"), [("n", int(number))]);
        match commit(&mut client, DATABASE, write).await {
            Ok(()) => last = number,
            Err(error) => {
                assert_full(&error);
                refused += 1;
            }
        }
    }
    (last, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_others_fill_and_empty_under_load_loses_nothing() {
    const ROUNDS: usize = 20;
    const PATIENCE: Duration = Duration::from_secs(20);
    let Some(disk) = SmallDisk::mount() else { return };
    let program = Program::start(&disk.data());
    let mut client = connect(&program.address).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|id| tokio::spawn(count_up(client.clone(), id, Arc::clone(&stop))))
        .collect();
    let mut number = 100_000;
    for round in 0..ROUNDS {
        let ballast = disk.fill();
        // Free pages of the file may do for a while.
        let deadline = Instant::now() + PATIENCE;
        loop {
            number += 1;
            if let Err(error) = commit(&mut client, BIG, big(number)).await {
                assert_full(&error);
                break;
            }
            assert!(Instant::now() < deadline, "round {round}: nothing is refused");
        }
        drop(ballast);
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = commit(&mut client, DATABASE, set("c/now", [("n", int(1))])).await {
            assert_full(&error);
            assert!(
                Instant::now() < deadline,
                "round {round}: there is room, and still: {error}"
            );
        }
        // The past of the large document is forgotten with it, or it would soon fill the disk by itself.
        let target = format!("/emulator/v1/{BIG}/documents");
        let emptied = support::http::ask(&program.address, "DELETE", &target, &[], "").await;
        assert_eq!(emptied.status, 200, "round {round}");
    }
    stop.store(true, Ordering::Relaxed);
    let mut last = Vec::new();
    for writer in writers {
        last.push(writer.await.unwrap());
    }
    println!("acknowledged and refused: {last:?}");
    program.kill();
    let program = Program::start(&disk.data());
    let mut client = connect(&program.address).await;
    for (id, (last, _)) in last.into_iter().enumerate() {
        let found = read(&mut client, &id.to_string()).await;
        assert_eq!(found.fields["n"], int(last), "{id}");
    }
}

/// Tells whether documents can be read as they were at a time.
async fn is_remembered(client: &mut Client, time: prost_types::Timestamp) -> bool {
    let request = GetDocumentRequest {
        name: format!("{ROOT}/c/kept"),
        consistency_selector: Some(ConsistencySelector::ReadTime(time)),
        ..Default::default()
    };
    match client.get_document(request).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::FailedPrecondition, "{error}");
            false
        }
    }
}

#[tokio::test]
async fn the_past_makes_room_before_a_write_is_refused() {
    let Some(disk) = SmallDisk::mount() else { return };
    let program = Program::start(&disk.data());
    let mut client = connect(&program.address).await;
    put(&mut client, "kept", 100).await.unwrap();
    let began = read(&mut client, "kept").await.update_time.unwrap();
    assert!(is_remembered(&mut client, began).await);
    // One document, so often anew that what it was before is five times as large as the disk; later, others have all that
    // is left.
    let mut ballast = None;
    for number in 0..5 * DISK_BYTES / DOCUMENT_BYTES {
        if number == 4 * DISK_BYTES / DOCUMENT_BYTES {
            ballast = Some(disk.fill());
        }
        put(&mut client, "x", DOCUMENT_BYTES + number)
            .await
            .unwrap_or_else(|error| panic!("write {number}, full: {}: {error}", ballast.is_some()));
    }
    assert!(!is_remembered(&mut client, began).await);
    let now = read(&mut client, "x").await.update_time.unwrap();
    assert!(
        is_remembered(&mut client, now).await,
        "not even the present is there"
    );
    // It is on the disk as well, and opens.
    program.kill();
    let program = Program::start(&disk.data());
    let mut client = connect(&program.address).await;
    read(&mut client, "kept").await;
    put(&mut client, "x", DOCUMENT_BYTES).await.unwrap();
}
