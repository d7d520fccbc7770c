//! Who gets no socket: pages of elsewhere, and requests that are no handshake (RFC 6455 §4.2).

use crate::{
    raw::{self, Must, exchange},
    stage::Stage,
    world::World,
};
use anyhow::ensure;

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const VERSION: &str = "Sec-WebSocket-Version: 13\r\n";
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

/// The first line, the headers, and what must come. `{k}`, `{v}` and `{u}` are what belongs into a good handshake.
const HANDSHAKES: &[(&str, &str, &str, Must)] = &[
    ("no key", "GET /ws HTTP/1.1", "{u}{v}", Must::Be(400)),
    (
        "an empty key",
        "GET /ws HTTP/1.1",
        "{u}{v}Sec-WebSocket-Key: \r\n",
        Must::Be(400),
    ),
    (
        "a short key",
        "GET /ws HTTP/1.1",
        "{u}{v}Sec-WebSocket-Key: c2hvcnQ=\r\n",
        Must::Be(400),
    ),
    (
        "a long key",
        "GET /ws HTTP/1.1",
        "{u}{v}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==\r\n",
        Must::Be(400),
    ),
    (
        "a key that is no base64",
        "GET /ws HTTP/1.1",
        "{u}{v}Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n",
        Must::Be(400),
    ),
    (
        "a key with a header in it",
        "GET /ws HTTP/1.1",
        "{u}{v}Sec-WebSocket-Key: a\r Set-Cookie: b\r\n",
        Must::Be(400),
    ),
    ("no version", "GET /ws HTTP/1.1", "{u}{k}", Must::Be(426)),
    (
        "version 0",
        "GET /ws HTTP/1.1",
        "{u}{k}Sec-WebSocket-Version: 0\r\n",
        Must::Be(426),
    ),
    (
        "version 8",
        "GET /ws HTTP/1.1",
        "{u}{k}Sec-WebSocket-Version: 8\r\n",
        Must::Be(426),
    ),
    (
        "version 14",
        "GET /ws HTTP/1.1",
        "{u}{k}Sec-WebSocket-Version: 14\r\n",
        Must::Be(426),
    ),
    (
        "two versions",
        "GET /ws HTTP/1.1",
        "{u}{k}Sec-WebSocket-Version: 13, 8\r\n",
        Must::Be(426),
    ),
    (
        "a handshake that posts",
        "POST /ws HTTP/1.1",
        "{u}{k}{v}Content-Length: 0\r\n",
        Must::Be(426),
    ),
    (
        "a handshake of HTTP/1.0",
        "GET /ws HTTP/1.0",
        "{u}{k}{v}",
        Must::Be(426),
    ),
    (
        "another upgrade",
        "GET /ws HTTP/1.1",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n{k}{v}",
        Must::Be(426),
    ),
    ("no upgrade", "GET /ws HTTP/1.1", "{k}{v}", Must::Be(426)),
    (
        "a path below the socket",
        "GET /ws/more HTTP/1.1",
        "{u}{k}{v}",
        Must::BeOneOf(&[200, 404]),
    ),
    (
        "a socket where there is none",
        "GET /api/posts HTTP/1.1",
        "{u}{k}{v}",
        Must::Be(200),
    ),
    (
        "another subprotocol",
        "GET /ws HTTP/1.1",
        "{u}{k}{v}Sec-WebSocket-Protocol: mqtt\r\n",
        Must::Be(400),
    ),
];

/// Origins that are not the server's, though they look like it. `HOST` is the server's own.
const ORIGINS: &[&str] = &[
    "http://evil.example",
    "https://evil.example",
    "http://HOST.evil.example",
    "http://evil.exampleHOST",
    "http://evil.example/HOST",
    "http://evil.example/?HOST",
    "http://evil.example/#HOST",
    "http://HOST@evil.example",
    "http://evil.example@HOST",
    "http://user:password@HOST",
    "http://HOST/",
    "http://HOST/path",
    "http://HOST HOST",
    "http://HOST, http://evil.example",
    "http://HOST.",
    "http://HOST:80",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://localhost:3000",
    "http://[::1]:3000",
    "http://0.0.0.0:3000",
    "HOST",
    "//HOST",
    "null",
    "",
    "*",
    "file://",
    "http://",
    "://HOST.evil.example",
    "http://xn--evil-example",
];

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_have_a_socket_gets_none() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("upgrades", &world).await;
    for (what, line, headers, must) in HANDSHAKES {
        let headers = headers
            .replace("{k}", KEY)
            .replace("{v}", VERSION)
            .replace("{u}", UPGRADE);
        let request = format!("{line}\r\nHost: localhost\r\n{headers}\r\n");
        stage.row(what, refused(&world, &request, *must)).await;
    }
    let host = world.address().to_string();
    for origin in ORIGINS {
        let origin = origin.replace("HOST", &host);
        for path in ["/ws", "/Prod"] {
            let request = handshake(path, &host, &format!("Origin: {origin}\r\n"));
            stage
                .row(
                    format!("{path} for a page of {origin:?}"),
                    refused(&world, &request, Must::Be(403)),
                )
                .await;
        }
    }
    let twice = format!("Origin: http://evil.example\r\nOrigin: http://{host}\r\n");
    stage
        .row(
            "two origins",
            refused(&world, &handshake("/ws", &host, &twice), Must::Be(403)),
        )
        .await;
    let twice = format!("Origin: http://{host}\r\nOrigin: http://evil.example\r\n");
    stage
        .row(
            "two origins, the good one first",
            refused(&world, &handshake("/ws", &host, &twice), Must::Be(403)),
        )
        .await;
    let forwarded =
        "Origin: http://evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n";
    stage
        .row(
            "a host that only a header names",
            refused(&world, &handshake("/ws", &host, forwarded), Must::Be(403)),
        )
        .await;
    stage.end(world).await;
}

fn handshake(path: &str, host: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{UPGRADE}{KEY}{VERSION}{headers}\r\n")
}

async fn refused(world: &World, request: &str, must: Must) -> anyhow::Result<()> {
    let heard = exchange(world.address(), request.as_bytes()).await?;
    let text = String::from_utf8_lossy(&heard).to_ascii_lowercase();
    for never in ["http/1.1 101", "sec-websocket-accept", "set-cookie"] {
        ensure!(!text.contains(never), "{never} in {text}");
    }
    raw::judge(&heard, must)
}
