//! Requests whose end two programs would see in two places, so that a second one hides in the first.

use crate::{
    raw::{self, Must},
    stage::Stage,
};

/// What is hidden. Its answer must never come.
const HIDDEN: &str = "GET /api/helloWorld HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// What stands before the hidden request, `@` for its length, and what must come.
const ROWS: &[(&str, &str, Must)] = &[
    (
        "a length and chunks",
        "Content-Length: @\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "chunks and a length",
        "Transfer-Encoding: chunked\r\nContent-Length: @\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "two lengths",
        "Content-Length: 0\r\nContent-Length: @\r\n\r\n",
        Must::Be(400),
    ),
    (
        "two lengths in one line",
        "Content-Length: 0, @\r\n\r\n",
        Must::Be(400),
    ),
    ("a negative length", "Content-Length: -1\r\n\r\n", Must::Be(400)),
    (
        "a length with a sign",
        "Content-Length: +0\r\n\r\n",
        Must::Be(400),
    ),
    ("a length in hex", "Content-Length: 0x0\r\n\r\n", Must::Be(400)),
    (
        "a length that is a word",
        "Content-Length: none\r\n\r\n",
        Must::Be(400),
    ),
    (
        "no length after the colon",
        "Content-Length: \r\n\r\n",
        Must::Be(400),
    ),
    (
        "a length beyond all numbers",
        "Content-Length: 99999999999999999999999\r\n\r\n",
        Must::Be(400),
    ),
    (
        "the largest number",
        "Content-Length: 18446744073709551615\r\n\r\n",
        Must::Refuse,
    ),
    (
        "chunked that is not last",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "nearly chunked",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "chunked after a tab that is none",
        "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "chunked in quotes",
        "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "a space before the colon",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "chunked on a folded line",
        "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "a length on a folded line",
        "X-A: b\r\n Content-Length: @\r\n\r\n",
        Must::Be(400),
    ),
    ("a line without a colon", "Content-Length\r\n\r\n", Must::Be(400)),
    ("a line without a name", ": 0\r\n\r\n", Must::Be(400)),
    ("a space in a name", "Content Length: 0\r\n\r\n", Must::Be(400)),
    ("a null byte in a header", "X-A: a\0b\r\n\r\n", Must::Be(400)),
    ("a null byte in a name", "X\0A: b\r\n\r\n", Must::Be(400)),
    (
        "a return in a header",
        "X-A: a\rContent-Length: 0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "a chunk of negative size",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        Must::Be(400),
    ),
    (
        "a chunk whose size has a prefix",
        "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
        Must::Be(400),
    ),
    (
        "a chunk beyond all numbers",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        Must::Be(400),
    ),
    (
        "a chunk without a size",
        "Transfer-Encoding: chunked\r\n\r\n\r\n",
        Must::Be(400),
    ),
    (
        "a chunk that is longer than it says",
        "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
        Must::Be(400),
    ),
    (
        "a chunk that ends in a line feed",
        "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
        Must::Be(400),
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_smuggled_in() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("smuggling", &world).await;
    for (what, head, must) in ROWS {
        let head = head.replace('@', &(HIDDEN.len() + 5).to_string());
        let request = format!(
            "POST /api/posts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}{HIDDEN}"
        );
        stage
            .row(what, raw::check(&world, request.as_bytes(), *must))
            .await;
    }
    let old = format!("POST /api/posts HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}");
    stage
        .row(
            "chunks of a version that has none",
            raw::check(&world, old.as_bytes(), Must::Be(400)),
        )
        .await;
    let rest = format!("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{HIDDEN}");
    stage
        .row(
            "a body that nobody reads",
            raw::check(&world, rest.as_bytes(), Must::Be(405)),
        )
        .await;
    let posts = world.get("/api/posts", "").await.json();
    stage
        .row("nothing of it was stored", async {
            anyhow::ensure!(posts == serde_json::json!([]), "{posts}");
            Ok(())
        })
        .await;
    stage.end(world).await;
}
