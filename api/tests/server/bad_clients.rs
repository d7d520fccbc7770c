//! Clients that send nonsense, too much, or never read. Others do not notice.

use crate::{
    client::{Client, SOON},
    world::World,
};
use futures::SinkExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Bytes, Message};

#[tokio::test]
async fn nonsense_is_answered_with_what_is_wrong_and_the_socket_stays() {
    let world = World::start().await;
    let mut client = world.enter("tsukimi", "Aki").await;
    let nested = "[".repeat(5_000);
    for (text, part) in [
        ("", "EOF"),
        ("hello", "expected"),
        ("{\"type\": \"ping\"", "EOF"),
        ("[]", ""),
        ("null", ""),
        ("{}", "type"),
        ("{\"type\": \"dance\"}", "unknown variant `dance`"),
        ("{\"type\": 7}", ""),
        ("{\"type\": \"chat\"}", "missing field"),
        (
            "{\"type\": \"chat\", \"text\": \"\", \"nonce\": \"n\"}",
            "must not be empty",
        ),
        (
            "{\"type\": \"chat\", \"text\": \"a\", \"nonce\": \"n n\"}",
            "a nonce",
        ),
        (
            "{\"type\": \"media\", \"media\": {\"audio\": \"loud\", \"video\": true}}",
            "boolean",
        ),
        ("{\"type\": \"peek\", \"room\": \"../\"}", "a room's name"),
        ("{\"type\": \"peek\", \"room\": \"\"}", "must not be empty"),
        (nested.as_str(), ""),
    ] {
        client.say_text(text).await;
        let error = client.hear_a("error").await;
        assert_eq!(error["code"], "badMessage", "{text:.50}");
        let message = error["message"].as_str().expect("a text");
        assert!(
            message.contains(part) && message.len() < 1_000,
            "{text:.50}: {message}"
        );
    }
    client.is_served().await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn bad_names_of_rooms_and_members_are_refused_with_the_reason() {
    let world = World::start().await;
    let mut client = world.connect().await;
    let long = "x".repeat(65);
    for (room, name, part) in [
        (long.as_str(), "Aki", "at most 64"),
        ("a/b", "Aki", "letters, digits"),
        ("__a__", "Aki", "__"),
        ("tsukimi", " ", "must not be empty"),
        ("tsukimi", long.as_str(), "at most 40"),
        ("tsukimi", "a\u{202e}b", "control"),
    ] {
        client.say(crate::client::join(room, name)).await;
        let error = client.hear_a("error").await;
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains(part), "{room:.20} {name:.20}: {message}");
    }
    client.join("tsukimi", "Aki").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_binary_frame_ends_the_socket() {
    let world = World::start().await;
    let mut client = world.enter("tsukimi", "Aki").await;
    client
        .socket
        .send(Message::binary(Bytes::from_static(b"\0\x01")))
        .await
        .expect("it is sent");
    assert_eq!(client.hear_a("error").await["code"], "badMessage");
    assert_eq!(client.closed().await, Some(1003));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_socket_and_the_client_learns_why() {
    let world = World::start().await;
    for size in [wire::limits::FRAME_BYTES + 1, 1024 * 1024, 16 * 1024 * 1024] {
        let mut client = world.enter("tsukimi", "Aki").await;
        // It may not get rid of all of it.
        let _ = client.socket.send(Message::text("x".repeat(size))).await;
        assert_eq!(client.closed().await, Some(1009), "{size}");
    }
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_largest_session_description_passes() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let mut b = world.enter("tsukimi", "Bo").await;
    let sdp = format!("a={}\r\n", "x".repeat(60)).repeat(wire::limits::SDP_BYTES / 64);
    let handshake = json!({"by": a.id, "attempt": 1});
    a.say(json!({"type": "offer", "to": b.id, "handshake": handshake, "sdp": sdp}))
        .await;
    assert_eq!(b.hear_a("offer").await["sdp"], json!(sdp));
    world.server.shutdown().await;
}

#[tokio::test]
async fn what_is_not_the_protocol_ends_the_socket() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start().await;
    let mut client = world.enter("tsukimi", "Aki").await;
    // A frame with reserved bits, and no mask.
    client
        .socket
        .get_mut()
        .write_all(&[0xf1, 0x01, 0x61])
        .await
        .expect("it is sent");
    let mut rest = Vec::new();
    let read = timeout(SOON, client.socket.get_mut().read_to_end(&mut rest)).await;
    read.expect("the socket ends in time").ok();
    let code = [0x03, 0xea];
    assert!(
        rest.windows(2).any(|two| two == code),
        "no close code 1002 in {rest:?}"
    );
    world.server.shutdown().await;
}

#[tokio::test]
async fn who_floods_is_told_to_slow_down_then_dropped_and_nobody_else_is() {
    let world = World::start().await;
    let mut other = world.enter("tsukimi", "Aki").await;
    let mut flooder = world.enter("tsukimi", "Flood").await;
    for _ in 0..20_000 {
        if flooder
            .socket
            .feed(Message::text(r#"{"type":"ping"}"#))
            .await
            .is_err()
        {
            break;
        }
    }
    let _ = flooder.socket.flush().await;
    assert_eq!(flooder.hear_a("error").await["code"], "tooFast");
    assert_eq!(flooder.closed().await, Some(1008));
    assert_eq!(other.hear_a("away").await["member"], json!(flooder.id));
    other.is_served().await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn who_never_reads_is_dropped_and_nobody_waits_for_it() {
    let world = World::start().await;
    let mut talker = world.enter("tsukimi", "Aki").await;
    let deaf = world.enter("tsukimi", "Deaf").await;
    let offer = json!({
        "type": "offer", "to": deaf.id, "handshake": {"by": deaf.id, "attempt": 1},
        "sdp": "x".repeat(wire::limits::SDP_BYTES),
    });
    // More than the operating system and the outbox hold together.
    for _ in 0..900 {
        talker.say(offer.clone()).await;
    }
    let away = timeout(SOON, talker.hear_a("away"))
        .await
        .expect("it is dropped in time");
    assert_eq!(away["member"], json!(deaf.id));
    talker.is_served().await;
    drop(deaf);
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_flood_of_sockets_leaves_nothing_behind() {
    let world = World::start().await;
    let mut clients = Vec::new();
    for _ in 0..200 {
        clients.push(world.connect().await);
    }
    assert_eq!(world.server.app().hub().census().sockets, 200);
    drop(clients);
    let gone = async {
        while world.server.app().hub().census().sockets > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, gone)
        .await
        .expect("the server forgets them in time");
    world.server.shutdown().await;
}

#[tokio::test]
async fn anything_that_a_client_may_send_leaves_the_server_serving() {
    let world = World::start().await;
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!([]),
        json!({}),
        json!("x".repeat(5_000)),
    ];
    let fields = [
        "room",
        "name",
        "media",
        "resume",
        "keep",
        "to",
        "handshake",
        "sdp",
        "candidate",
        "text",
        "nonce",
    ];
    let kinds = [
        "peek",
        "join",
        "accept",
        "offer",
        "answer",
        "candidate",
        "media",
        "chat",
        "leave",
    ];
    for (kind_number, kind) in kinds.into_iter().enumerate() {
        for (value_number, value) in values.iter().enumerate() {
            let room = format!("{kind_number}-{value_number}");
            let mut client: Client = world.enter(&room, "Aki").await;
            let mut message = json!({"type": kind});
            for field in fields {
                message[field] = Value::clone(value);
            }
            client.say(message).await;
            client.is_served().await;
        }
    }
    world.server.shutdown().await;
}
