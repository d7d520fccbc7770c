//! Small things that would become large if they were unpacked. Nothing that comes in is.

use crate::{raw, stage::Stage, world::World};
use anyhow::ensure;
use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use std::io::Write;

/// The headers of the body, and the statuses that may come.
const ROWS: &[(&str, &str, &[u16])] = &[
    ("gzip", "Content-Encoding: gzip\r\n", &[415]),
    ("gzip by its old name", "Content-Encoding: x-gzip\r\n", &[415]),
    ("deflate", "Content-Encoding: deflate\r\n", &[415]),
    ("brotli", "Content-Encoding: br\r\n", &[415]),
    ("zstd", "Content-Encoding: zstd\r\n", &[415]),
    ("gzip twice", "Content-Encoding: gzip, gzip\r\n", &[415]),
    ("gzip in capitals", "Content-Encoding: GZIP\r\n", &[415]),
    (
        "an encoding that nobody knows",
        "Content-Encoding: evil\r\n",
        &[415],
    ),
    ("gzip without saying so", "", &[400]),
    (
        "gzip as the encoding of the transfer",
        "Transfer-Encoding: gzip, chunked\r\n",
        &[400, 501],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compressed_is_not_unpacked() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("bombs", &world).await;
    let bomb = bomb();
    assert!(bomb.len() < 64 * 1024, "it is small as long as it is packed");
    for (what, headers, statuses) in ROWS {
        stage.row(what, send(&world, headers, &bomb, statuses)).await;
    }
    // Plain is an encoding too.
    let plain = send(
        &world,
        "Content-Encoding: identity\r\n",
        br#"{"title":"plain"}"#,
        &[200],
    );
    stage.row("no encoding, by its name", plain).await;
    let posts = world.get("/api/posts", "").await.json();
    stage
        .row("nothing else was stored", async {
            ensure!(posts.as_array().map(Vec::len) == Some(1), "{posts:.200}");
            ensure!(posts[0]["data"]["title"] == json!("plain"), "{posts:.200}");
            Ok(())
        })
        .await;
    stage.end(world).await;
}

/// A post of 16 MB.
fn bomb() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed
        .write_all(format!("{{\"title\":\"{}\"}}", "a".repeat(16 << 20)).as_bytes())
        .expect("memory takes it");
    packed.finish().expect("memory takes it")
}

async fn send(world: &World, headers: &str, body: &[u8], allowed: &[u16]) -> anyhow::Result<()> {
    let framed = if headers.contains("chunked") {
        let size = format!("{:x}\r\n", body.len());
        [size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
    } else {
        body.to_vec()
    };
    let length = if headers.contains("chunked") {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let head = format!(
        "POST /api/posts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         {length}{headers}\r\n"
    );
    let heard = raw::exchange(world.address(), &[head.as_bytes(), &framed].concat()).await?;
    let found = raw::statuses(&heard);
    let right = matches!(found[..], [status] if allowed.contains(&status));
    ensure!(right, "{}", String::from_utf8_lossy(&heard));
    Ok(())
}
