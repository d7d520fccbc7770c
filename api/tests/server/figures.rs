//! What the server says of itself, and how it makes room for another.

use crate::{
    client::{Client, SOON, join},
    world::World,
};
use serde_json::json;
use std::{net::SocketAddr, time::Duration};
use tokio::time::timeout;

/// Everything that a server tells of itself.
pub async fn figures(address: SocketAddr) -> String {
    let answer = crate::http::exchange(address, b"GET /metrics HTTP/1.1\r\n\r\n").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    String::from_utf8(answer.body).expect("it is text")
}

/// Returns the value of a line, whose labels stand in braces behind the name.
fn value(text: &str, line: &str) -> f64 {
    find(text, line).unwrap_or_else(|| panic!("{line} is not in {text}"))
}

/// The same, of a line that may not be there.
pub fn find(text: &str, line: &str) -> Option<f64> {
    let found = text
        .lines()
        .find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
    found.map(|found| found.parse().expect("a number"))
}

#[tokio::test]
async fn what_happens_is_counted() {
    let world = World::with(|config| config.metrics = Some(([127, 0, 0, 1], 0).into())).await;
    let mut client = world.enter("tsukimi", "Aki").await;
    client.say(json!({"type": "dance"})).await;
    client.hear_a("error").await;
    client
        .say(json!({"type": "chat", "text": "hello", "nonce": "n1"}))
        .await;
    client.hear_a("chat").await;
    let text = figures(world.server.addresses().metrics.expect("it has a port")).await;
    // Other tests of this process count along.
    for (line, least) in [
        ("tsukiyo_sockets", 1.0),
        ("tsukiyo_members", 1.0),
        ("tsukiyo_messages_total{direction=\"in\"}", 3.0),
        ("tsukiyo_messages_total{direction=\"out\"}", 4.0),
        ("tsukiyo_message_bytes_total{direction=\"in\"}", 100.0),
        ("tsukiyo_join_seconds_count", 1.0),
        ("tsukiyo_errors_total{code=\"BadMessage\"}", 1.0),
        (
            "tsukiyo_store_seconds_count{operation=\"commit\",outcome=\"done\"}",
            1.0,
        ),
        ("tsukiyo_http_responses_total{class=\"1xx\"}", 1.0),
        ("process_resident_memory_bytes", 1_000_000.0),
        ("process_open_fds", 5.0),
        ("process_threads", 1.0),
        ("process_cpu_seconds_total", 0.0),
    ] {
        assert!(value(&text, line) >= least, "{line} in {text}");
    }
    assert!(
        text.contains("tsukiyo_join_seconds_bucket{le=\"0.25\"}"),
        "{text}"
    );
    world.server.shutdown().await;
}

#[tokio::test]
async fn figures_are_for_this_machine_and_not_for_whom_a_proxy_speaks() {
    let world = World::start().await;
    assert_eq!(world.get("/metrics", "").await.status, 200);
    for header in [
        "X-Forwarded-For: 203.0.113.1\r\n",
        "X-Forwarded-For: 127.0.0.1\r\n",
        "Forwarded: for=127.0.0.1\r\n",
        "Via: 1.1 proxy\r\n",
    ] {
        assert_eq!(world.get("/metrics", header).await.status, 403, "{header}");
    }
    world.server.shutdown().await;
    // A proxy of this machine may leave out for whom it speaks.
    let world = World::with(|config| {
        config.guards.proxies = api::guards::Proxies::new(vec!["127.0.0.0/8".parse().expect("a network")]);
    })
    .await;
    assert_eq!(world.get("/metrics", "").await.status, 403);
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_server_that_drains_lets_nobody_new_in_and_keeps_those_who_are_there() {
    let world = World::start().await;
    let mut inside = world.enter("tsukimi", "Aki").await;
    let mut visitor = world.connect().await;
    assert_eq!(world.get("/readyz", "").await.json()["status"], "ok");
    let address = world.address();
    let server = world.server;
    let draining = tokio::spawn(async move {
        server.drain(Duration::from_secs(60)).await;
        server
    });
    let refused = async {
        loop {
            let answer = crate::http::exchange(address, b"GET /readyz HTTP/1.1\r\n\r\n").await;
            if answer.status == 503 {
                return answer.json()["status"].clone();
            }
        }
    };
    let status = timeout(SOON, refused).await.expect("it says so in time");
    assert_eq!(status, "draining");
    let health = crate::http::exchange(address, b"GET /healthz HTTP/1.1\r\n\r\n").await;
    assert_eq!(health.status, 200, "it is well all the same");
    visitor.say(join("tsukimi", "Bo")).await;
    assert_eq!(visitor.hear_a("error").await["code"], "goingAway");
    assert_eq!(visitor.closed().await, Some(1012));
    assert!(Client::open(address, "/ws", &[]).await.is_err(), "no new sockets");
    inside.is_served().await;
    drop((inside, visitor));
    let server = timeout(SOON, draining)
        .await
        .expect("nobody is left")
        .expect("it ends in peace");
    server.shutdown().await;
}
