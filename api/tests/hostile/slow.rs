//! Slowloris and its relatives: clients who keep the server waiting, to use up what others need.

use crate::{
    client::SOON,
    raw::{self, hurry, read_all, statuses},
    stage::Stage,
    world::World,
};
use anyhow::{Context, ensure};
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

const POST: &str = "POST /api/posts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

/// What is sent at once, what then comes byte by byte for as long as it is taken, and the status of the answer; 0: none.
const ROWS: &[(&str, &str, &str, u16)] = &[
    ("nothing at all", "", "", 0),
    ("a method that never ends", "G", "E", 0),
    ("a path that never ends", "GET /", "a", 0),
    ("a head byte by byte", "GET / HTTP/1.1\r\n", "X-A: b\r\n", 0),
    ("a header that never ends", "GET / HTTP/1.1\r\nX-A: ", "b", 0),
    ("empty lines before a request", "\r\n", "\r\n", 0),
    (
        "a socket that is never asked for",
        "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n",
        "X-A: b\r\n",
        0,
    ),
];

/// The same for bodies.
const BODIES: &[(&str, &str, &str, u16)] = &[
    ("no body after its length", "Content-Length: 100\r\n\r\n", "", 408),
    ("a body byte by byte", "Content-Length: 900000\r\n\r\n", " ", 408),
    (
        "chunks one by one",
        "Transfer-Encoding: chunked\r\n\r\n",
        "1\r\n \r\n",
        408,
    ),
    (
        "the size of a chunk that never ends",
        "Transfer-Encoding: chunked\r\n\r\n",
        "0",
        0,
    ),
    (
        "a body that is promised",
        "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n",
        "",
        408,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_the_server_waiting_is_let_go() {
    let world = World::with(hurry).await;
    let mut stage = Stage::set("slow", &world).await;
    for (what, first, rest, status) in ROWS {
        stage.row(what, dribble(&world, first, rest, *status)).await;
    }
    for (what, first, rest, status) in BODIES {
        let first = format!("{POST}{first}");
        stage.row(what, dribble(&world, &first, rest, *status)).await;
    }
    stage.row("rest between two requests", idle(&world)).await;
    stage.row("200 heads at once", many(&world)).await;
    stage.row("an answer that is not taken", untaken(&world)).await;
    let posts = world.get("/api/posts?limit=1", "").await;
    stage
        .row("the next one is served", async {
            ensure!(posts.status == 200, "{posts:?}");
            Ok(())
        })
        .await;
    stage.end(world).await;
}

/// Sends the first at once and then the rest again and again, until the server ends it.
async fn dribble(world: &World, first: &str, rest: &str, status: u16) -> anyhow::Result<()> {
    let stream = TcpStream::connect(world.address()).await?;
    let (mut read, mut write) = stream.into_split();
    write.write_all(first.as_bytes()).await?;
    let slow = async {
        loop {
            for byte in rest.as_bytes() {
                // Slow is what this is about; it ends when the server does.
                sleep(Duration::from_millis(20)).await;
                if write.write_all(&[*byte]).await.is_err() {
                    return std::future::pending().await;
                }
            }
            if rest.is_empty() {
                return std::future::pending::<Vec<u8>>().await;
            }
        }
    };
    let heard = timeout(SOON, async {
        tokio::select! {
            heard = read_all(&mut read) => heard,
            heard = slow => heard,
        }
    });
    let heard = heard.await.context("the server waits")?;
    let found: Vec<u16> = statuses(&heard);
    let expected: Vec<u16> = (status > 0).then_some(status).into_iter().collect();
    // The head of a chunk that breaks off may be told to be no chunk.
    ensure!(
        found == expected || (status == 0 && found.iter().all(|status| (400..500).contains(status))),
        "{}",
        String::from_utf8_lossy(&heard)
    );
    Ok(())
}

/// A connection that has been of use is not kept for ever either.
async fn idle(world: &World) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(world.address()).await?;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await?;
    let heard = timeout(SOON, read_all(&mut stream))
        .await
        .context("the server waits")?;
    ensure!(statuses(&heard) == [200], "{}", String::from_utf8_lossy(&heard));
    Ok(())
}

/// While many are slow, others are served.
async fn many(world: &World) -> anyhow::Result<()> {
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(world.address()).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nX-A: b").await?;
        slow.push(stream);
    }
    let quick = raw::exchange(world.address(), &raw::get(b"/healthz")).await?;
    ensure!(statuses(&quick) == [200], "{}", String::from_utf8_lossy(&quick));
    for stream in &mut slow {
        let heard = timeout(SOON, read_all(stream))
            .await
            .context("the server waits")?;
        ensure!(heard.is_empty(), "{}", String::from_utf8_lossy(&heard));
    }
    Ok(())
}

/// Asks for more than the operating system holds, and does not read it. Its memory and its place are given back.
async fn untaken(world: &World) -> anyhow::Result<()> {
    let photo = format!("data:image/png;base64,{}", "A".repeat(900_000));
    let body = json!({"title": "large", "photo": photo}).to_string();
    for _ in 0..12 {
        let request = format!("{POST}Content-Length: {}\r\n\r\n{body}", body.len());
        let made = world.request(&request.replace("Host: localhost\r\n", "")).await;
        ensure!(made.status == 200, "{made:?}");
    }
    let mut stream = TcpStream::connect(world.address()).await?;
    stream.write_all(&raw::get(b"/api/posts?limit=100")).await?;
    // Once the server has closed it, what is sent to it comes back as a reset.
    let ended = timeout(SOON, async {
        while stream.write_all(b"\r\n").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    ended.await.context("the server goes on waiting")?;
    let mut taken = Vec::new();
    let _ = stream.read_to_end(&mut taken).await;
    ensure!(taken.len() < 12 * 900_000, "all of it was sent");
    Ok(())
}
