//! Bytes over a connection, as no client would send them.

use crate::{client::SOON, world::World};
use anyhow::ensure;
use std::{net::SocketAddr, path::Path, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// What lies beside the site and must never come out.
pub const MARKER: &str = "the-secret-beside-the-site";
/// What `GET /api/helloWorld` answers. Where it is smuggled in, it must not be.
const HELLO: &str = "Hello from Tsukiyo!";

/// What must come of a row.
#[derive(Debug, Clone, Copy)]
pub enum Must {
    /// One answer with this status.
    Be(u16),
    /// One answer with a status of these.
    BeOneOf(&'static [u16]),
    /// An answer that blames the client, or the end: what is still being sent may keep the answer from arriving.
    Refuse,
}

/// A server with a site, a secret beside that, and little patience.
pub async fn world() -> (World, TempDir) {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let site = directory.path().join("site");
    std::fs::create_dir_all(site.join("assets")).expect("a directory");
    for (name, content) in [
        ("site/index.html", "<!doctype html>page"),
        ("site/assets/app-0123456789abcdef.js", "script"),
        ("site/.stamp", MARKER),
        ("secret.txt", MARKER),
        ("secret", MARKER),
    ] {
        std::fs::write(directory.path().join(name), content).expect("a file");
    }
    let world = World::with(|config| {
        config.web_dir = site;
        config.rooms.reports = true;
        hurry(config);
    })
    .await;
    (world, directory)
}

/// Nobody who says nothing is waited for: a connection that is kept open ends soon.
pub fn hurry(config: &mut api::server::Config) {
    config.guards.times = api::guards::Times {
        head: Duration::from_secs(1),
        body: Duration::from_secs(1),
        answer: Duration::from_secs(1),
    };
}

/// Sends bytes and returns what comes until the connection ends.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let stream = TcpStream::connect(address).await?;
    let (mut read, mut write) = stream.into_split();
    let bytes = bytes.to_vec();
    // The server may answer and close before it has read everything.
    let sending = tokio::spawn(async move {
        let _ = write.write_all(&bytes).await;
        write
    });
    let heard = timeout(SOON, read_all(&mut read)).await;
    sending.abort();
    heard.map_err(|_| anyhow::anyhow!("the connection does not end"))
}

/// Reads until the end, also if that is a reset.
pub async fn read_all(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let (mut heard, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        heard.extend_from_slice(&buffer[..length]);
    }
    heard
}

/// The statuses of all answers in what was heard.
pub fn statuses(heard: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(heard);
    let heads = text.split("HTTP/1.").skip(1);
    heads
        .filter_map(|head| head.get(2..5)?.parse().ok())
        .filter(|status| *status != 100)
        .collect()
}

/// Sends bytes, and looks that what comes is what must, and nothing that must not.
pub async fn check(world: &World, bytes: &[u8], must: Must) -> anyhow::Result<()> {
    judge(&exchange(world.address(), bytes).await?, must)
}

pub fn judge(heard: &[u8], must: Must) -> anyhow::Result<()> {
    let text = String::from_utf8_lossy(heard);
    let shown: String = text.chars().take(200).collect();
    ensure!(!text.contains(MARKER), "the secret came out: {shown}");
    ensure!(!text.contains(HELLO), "a second request was heard: {shown}");
    let found = statuses(heard);
    ensure!(found.len() <= 1, "{} answers: {text}", found.len());
    let right = match (must, found.first()) {
        (Must::Be(status), Some(found)) => status == *found,
        (Must::BeOneOf(statuses), Some(found)) => statuses.contains(found),
        (Must::Refuse, Some(found)) => (400..500).contains(found),
        (Must::Refuse, None) => heard.is_empty(),
        (Must::Be(_) | Must::BeOneOf(_), None) => false,
    };
    ensure!(right, "{must:?} was expected, and there came {shown:?}");
    Ok(())
}

/// A request for a path, after which the connection is to end.
pub fn get(target: &[u8]) -> Vec<u8> {
    [
        b"GET ",
        target,
        b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ]
    .concat()
}

/// A path as it is on the disk.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
