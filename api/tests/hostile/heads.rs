//! Requests that are too large, of another protocol, or that want of the server what it is not.

use crate::{
    raw::{self, Must, exchange},
    stage::Stage,
    world::World,
};
use anyhow::ensure;

const END: &str = "Host: localhost\r\nConnection: close\r\n\r\n";

/// What is sent as it is.
const ROWS: &[(&str, &[u8], Must)] = &[
    ("HTTP/0.9", b"GET /\r\n\r\n", Must::Be(400)),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Must::Refuse),
    ("a version that is none", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", Must::Be(400)),
    ("another protocol's name", b"GET / ICAP/1.1\r\nHost: a\r\n\r\n", Must::Be(400)),
    ("a TLS hello", b"\x16\x03\x01\x00\x2e\x01\x00\x00\x2a\x03\x03aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00\x00\x02\x13\x01\x01\x00", Must::Be(400)),
    ("SSH", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Must::Be(400)),
    ("a mail", b"EHLO evil.example\r\nMAIL FROM:<a@b>\r\n\r\n", Must::Be(400)),
    ("a packet of STUN", b"\x00\x01\x00\x00\x21\x12\xa4\x42\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", Must::Be(400)),
    ("no method", b" / HTTP/1.1\r\nHost: a\r\n\r\n", Must::Be(400)),
    ("a method with a null byte", b"G\0T / HTTP/1.1\r\nHost: a\r\n\r\n", Must::Be(400)),
    ("a header that is a script", b"GET / HTTP/1.1\r\n<script>: 1\r\nHost: a\r\n\r\n", Must::Be(400)),
];

/// Method, path and further headers, and the status that must come.
const REQUESTS: &[(&str, &str, &str, Must)] = &[
    ("CONNECT", "evil.example:443", "", Must::BeOneOf(&[400, 404, 405])),
    (
        "CONNECT",
        "169.254.169.254:80",
        "",
        Must::BeOneOf(&[400, 404, 405]),
    ),
    ("TRACE", "/", "X-Secret: echo-me\r\n", Must::Be(405)),
    ("TRACE", "/api/posts", "X-Secret: echo-me\r\n", Must::Be(405)),
    ("DEBUG", "/", "", Must::Be(405)),
    (
        "GET",
        "/",
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
        Must::Be(200),
    ),
    ("GET", "/", "Upgrade: TLS/1.0\r\n", Must::Be(200)),
    (
        "GET",
        "/",
        "Range: bytes=0-,0-,0-,0-,0-,0-,0-,0-\r\n",
        Must::Be(200),
    ),
    ("GET", "/", "Expect: everything\r\n", Must::BeOneOf(&[200, 417])),
    ("GET", "/metrics", "X-Forwarded-For: 127.0.0.1\r\n", Must::Be(403)),
    ("GET", "/metrics", "Forwarded: for=127.0.0.1\r\n", Must::Be(403)),
    (
        "GET",
        "/",
        "X-Original-URL: /metrics\r\nX-Rewrite-URL: /metrics\r\n",
        Must::Be(200),
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_of_ours_is_refused() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("heads", &world).await;
    for (what, bytes, must) in ROWS {
        stage.row(what, raw::check(&world, bytes, *must)).await;
    }
    for (method, path, headers, must) in REQUESTS {
        let request = format!("{method} {path} HTTP/1.1\r\n{headers}{END}");
        let attack = async {
            let heard = exchange(world.address(), request.as_bytes()).await?;
            let text = String::from_utf8_lossy(&heard);
            for leaked in ["echo-me", "tsukiyo_sockets", "101 Switching"] {
                ensure!(!text.contains(leaked), "{leaked} came out");
            }
            raw::judge(&heard, *must)
        };
        stage.row(format!("{method} {path} {headers}"), attack).await;
    }
    for (what, bytes, must) in large() {
        stage.row(what, raw::check(&world, &bytes, must)).await;
    }
    stage.row("100 requests in one packet", pipelined(&world)).await;
    stage.end(world).await;
}

fn large() -> Vec<(&'static str, Vec<u8>, Must)> {
    let head = |line: &str, headers: &str| format!("{line}\r\n{headers}{END}").into_bytes();
    let get = "GET / HTTP/1.1";
    let many: String = (0..10_000).map(|n| format!("X-{n}: a\r\n")).collect();
    let enough: String = (0..101).map(|n| format!("X-{n}: a\r\n")).collect();
    let x = |count: usize| "x".repeat(count);
    vec![
        ("a header of 1 MB", head(get, &format!("X: {}\r\n", x(1 << 20))), Must::Refuse),
        ("a name of 100 KB", head(get, &format!("{}: a\r\n", x(100_000))), Must::Refuse),
        ("10,000 headers", head(get, &many), Must::Refuse),
        ("101 headers", head(get, &enough), Must::Be(431)),
        ("a path of 100 KB", head(&format!("GET /{} HTTP/1.1", x(100_000)), ""), Must::Refuse),
        ("a method of 100 KB", head(&format!("{} / HTTP/1.1", x(100_000)), ""), Must::Refuse),
        ("1 MB of empty lines", "\r\n".repeat(1 << 19).into_bytes(), Must::Refuse),
        ("1 MB of null bytes", vec![0; 1 << 20], Must::Refuse),
        (
            "10,000 parameters",
            head(&format!("GET /api/posts?{} HTTP/1.1", "limit=1&".repeat(5_000)), ""),
            Must::Be(200),
        ),
        (
            "1,000 encodings",
            head(get, &format!("Accept-Encoding: {}\r\n", "br;q=0.1,".repeat(1_000))),
            Must::Be(200),
        ),
        (
            "1,000 known tags",
            head(get, &format!("If-None-Match: {}\r\n", "\"a\",".repeat(1_000))),
            Must::Be(200),
        ),
        (
            "200 KB of cookies",
            head(get, &format!("Cookie: {}\r\n", "a=b; ".repeat(40_000))),
            Must::Refuse,
        ),
        (
            "a line of a chunk without an end",
            [
                &b"POST /api/posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;"[..],
                x(1 << 20).as_bytes(),
            ]
            .concat(),
            Must::Refuse,
        ),
    ]
}

/// Each is answered, in order, and the next one waits.
async fn pipelined(world: &World) -> anyhow::Result<()> {
    let requests = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(99)
        + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let heard = exchange(world.address(), requests.as_bytes()).await?;
    let found = raw::statuses(&heard);
    ensure!(found == [200; 100], "{found:?}");
    Ok(())
}
