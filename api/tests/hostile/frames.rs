//! Frames that break the WebSocket protocol (RFC 6455 §5), or wear the server out.

use crate::{
    client::SOON,
    raw::{self, read_all},
    stage::Stage,
    world::World,
};
use anyhow::{Context, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
const FIN: u8 = 0x80;

const PROTOCOL: &[u16] = &[1002];
const INVALID_TEXT: &[u16] = &[1007];
const TOO_LARGE: &[u16] = &[1009];
const POLICY: &[u16] = &[1008];

/// What is sent once the socket is open, and the close codes of which one must come.
fn rows() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    let part = |opcode: u8, payload: &[u8]| masked(opcode, payload);
    let whole = |opcode: u8, payload: &[u8]| masked(FIN | opcode, payload);
    let close = |code: u16| whole(CLOSE, &code.to_be_bytes());
    let mut rows = vec![
        ("a frame without a mask", vec![0x81, 0x01, b'a'], PROTOCOL),
        (
            "the first reserved bit, as if it were compressed",
            whole(0x40 | TEXT, b"a"),
            PROTOCOL,
        ),
        ("the second reserved bit", whole(0x20 | TEXT, b"a"), PROTOCOL),
        ("the third reserved bit", whole(0x10 | TEXT, b"a"), PROTOCOL),
        ("opcode 3", whole(3, b"a"), PROTOCOL),
        ("opcode 7", whole(7, b"a"), PROTOCOL),
        ("opcode 11", whole(11, b"a"), PROTOCOL),
        ("opcode 15", whole(15, b"a"), PROTOCOL),
        ("a ping in parts", part(PING, b"a"), PROTOCOL),
        ("a close in parts", part(CLOSE, &[0x03, 0xe8]), PROTOCOL),
        ("a ping of 126 bytes", whole(PING, &[b'a'; 126]), PROTOCOL),
        ("a pong of 64 KB", whole(PONG, &[b'a'; 65_535]), PROTOCOL),
        ("a continuation of nothing", whole(0, b"a"), PROTOCOL),
        (
            "the first part of a continuation of nothing",
            part(0, b"a"),
            PROTOCOL,
        ),
        (
            "a text within a text",
            [part(TEXT, b"a"), whole(TEXT, b"b")].concat(),
            PROTOCOL,
        ),
        ("a close of one byte", whole(CLOSE, b"a"), PROTOCOL),
        (
            "a close whose reason is no UTF-8",
            whole(CLOSE, &[0x03, 0xe8, 0xff, 0xfe]),
            &[1002, 1007],
        ),
        ("a byte that is no UTF-8", whole(TEXT, b"\xff"), INVALID_TEXT),
        ("an overlong slash", whole(TEXT, b"\xc0\xaf"), INVALID_TEXT),
        (
            "half a surrogate pair",
            whole(TEXT, b"\xed\xa0\x80"),
            INVALID_TEXT,
        ),
        (
            "a character beyond all planes",
            whole(TEXT, b"\xf4\x90\x80\x80"),
            INVALID_TEXT,
        ),
        (
            "a character that breaks off",
            whole(TEXT, b"\xe3\x81"),
            INVALID_TEXT,
        ),
        (
            "one that breaks off between parts",
            [part(TEXT, b"\xe3"), whole(0, b"a")].concat(),
            INVALID_TEXT,
        ),
        ("2^63 bytes", announced(FIN | TEXT, 1 << 63), &[1002, 1009]),
        ("2^64 - 1 bytes", announced(FIN | TEXT, u64::MAX), &[1002, 1009]),
        ("2^62 bytes", announced(FIN | TEXT, 1 << 62), TOO_LARGE),
        ("4 GB", announced(FIN | TEXT, 1 << 32), TOO_LARGE),
        (
            "1 GB of bytes that are no text",
            announced(FIN | 2, 1 << 30),
            TOO_LARGE,
        ),
        (
            "a byte more than may be",
            announced(FIN | TEXT, 65_537),
            TOO_LARGE,
        ),
        (
            "1 MB in small parts",
            [part(TEXT, b"a"), part(0, &[b'a'; 1_000]).repeat(1_000)].concat(),
            TOO_LARGE,
        ),
        (
            "10,000 pings",
            whole(PING, b"are you there").repeat(10_000),
            POLICY,
        ),
        (
            "pings between parts of a message",
            [part(TEXT, b"\"a"), whole(PING, b"").repeat(1_000)].concat(),
            POLICY,
        ),
        (
            "brackets 60,000 deep, again and again",
            whole(TEXT, &[b'['; 60_000]).repeat(40),
            POLICY,
        ),
        ("1,000 empty texts", whole(TEXT, b"").repeat(1_000), POLICY),
    ];
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        rows.push(("a close code that is none", close(code), PROTOCOL));
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_protocol_ends_the_socket() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("frames", &world).await;
    for (what, bytes, codes) in rows() {
        let name = format!("{what} ({:?}…)", &bytes[..bytes.len().min(10)]);
        stage.row(name, ends_with(&world, &bytes, codes)).await;
    }
    stage
        .row("compression that is offered", compression(&world))
        .await;
    stage
        .row("a million empty parts", parts_without_end(&world))
        .await;
    stage
        .row("frames behind the close", behind_the_close(&world))
        .await;
    stage.end(world).await;
}

/// Opens a socket by hand. Its hello has not been read.
async fn open(world: &World, headers: &str) -> anyhow::Result<(TcpStream, String)> {
    let mut stream = TcpStream::connect(world.address()).await?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head)?.to_ascii_lowercase();
    ensure!(head.starts_with("http/1.1 101"), "{head}");
    Ok((stream, head))
}

async fn ends_with(world: &World, bytes: &[u8], codes: &[u16]) -> anyhow::Result<()> {
    let (stream, _) = open(world, "").await?;
    let (mut read, mut write) = stream.into_split();
    let bytes = bytes.to_vec();
    let sending = tokio::spawn(async move {
        let _ = write.write_all(&bytes).await;
        write
    });
    let heard = timeout(SOON, read_all(&mut read))
        .await
        .context("the socket does not end")?;
    sending.abort();
    let code = close_code(&heard).context("no close frame came")?;
    ensure!(codes.contains(&code), "{code} instead of {codes:?}");
    Ok(())
}

/// Finds the close frame behind all others.
fn close_code(mut heard: &[u8]) -> Option<u16> {
    loop {
        let (head, rest) = heard.split_at_checked(2)?;
        let (length, rest) = match head[1] {
            126 => {
                let (size, rest) = rest.split_at_checked(2)?;
                (usize::from(u16::from_be_bytes([size[0], size[1]])), rest)
            }
            length => (usize::from(length), rest),
        };
        let (payload, rest) = rest.split_at_checked(length)?;
        if head[0] == FIN | CLOSE {
            return Some(u16::from_be_bytes([*payload.first()?, *payload.get(1)?]));
        }
        heard = rest;
    }
}

/// Nothing is agreed on that would let a small frame become a large one.
async fn compression(world: &World) -> anyhow::Result<()> {
    let offer =
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame\r\n";
    let (_stream, head) = open(world, offer).await?;
    ensure!(!head.contains("sec-websocket-extensions"), "{head}");
    Ok(())
}

/// A message that grows by nothing and never ends is given up at the latest when it has been silent for long.
async fn parts_without_end(world: &World) -> anyhow::Result<()> {
    let (mut stream, _) = open(world, "").await?;
    stream.write_all(&masked(TEXT, b"")).await?;
    let parts = masked(0, b"").repeat(10_000);
    for _ in 0..100 {
        if stream.write_all(&parts).await.is_err() {
            break;
        }
    }
    // The end of it is a message like any other: of no characters, which is none.
    stream.write_all(&masked(FIN, b"")).await?;
    let mut heard = Vec::new();
    let answer = async {
        while !String::from_utf8_lossy(&heard).contains("badMessage") {
            heard.push(stream.read_u8().await?);
        }
        anyhow::Ok(())
    };
    timeout(SOON, answer).await.context("no answer")?
}

/// What follows the close frame is not heard.
async fn behind_the_close(world: &World) -> anyhow::Result<()> {
    let (mut stream, _) = open(world, "").await?;
    let join = br#"{"type":"join","room":"bystanders","name":"Late","media":{"audio":true,"video":true}}"#;
    let frames = [masked(FIN | CLOSE, &[0x03, 0xe8]), masked(FIN | TEXT, join)].concat();
    stream.write_all(&frames).await?;
    let heard = timeout(SOON, read_all(&mut stream))
        .await
        .context("the socket does not end")?;
    let text = String::from_utf8_lossy(&heard);
    ensure!(!text.contains("joined"), "{text}");
    Ok(())
}

/// A frame of a client, whose mask of zeros leaves the payload as it is.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// The head of a frame that says how long it is, and nothing behind that.
fn announced(first: u8, length: u64) -> Vec<u8> {
    let mut frame = vec![first, 0x80 | 127];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame
}
