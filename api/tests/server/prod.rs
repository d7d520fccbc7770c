//! `/Prod`, as the ancestor's wscat line uses it.

use crate::{client::Client, world::World};
use futures::SinkExt;
use tokio_tungstenite::tungstenite::Message;

async fn connect(world: &World) -> Client {
    Client::open(world.address(), "/Prod", &[])
        .await
        .expect("the socket opens")
}

async fn text(client: &mut Client) -> String {
    match client.next().await {
        Some(Ok(Message::Text(text))) => text.to_string(),
        other => panic!("a message was expected, and there came {other:?}"),
    }
}

#[tokio::test]
async fn a_message_reaches_every_connection_the_sender_included() {
    let world = World::start().await;
    let (mut a, mut b) = (connect(&world).await, connect(&world).await);
    // Whoever has heard itself is known to the server.
    b.say_text(r#"{"action": "sendmessage", "data": "b"}"#).await;
    assert_eq!(text(&mut b).await, "b");
    a.say_text(r#"{ "action": "sendmessage", "data": "message" }"#)
        .await;
    assert_eq!(text(&mut b).await, "message");
    let mut heard = text(&mut a).await;
    if heard == "b" {
        heard = text(&mut a).await;
    }
    assert_eq!(heard, "message");
    world.server.shutdown().await;
}

#[tokio::test]
async fn anything_else_is_answered_with_an_error_and_the_socket_stays() {
    let world = World::start().await;
    let mut client = connect(&world).await;
    for bad in ["message", "{}", r#"{"action": "other", "data": "x"}"#] {
        client.say_text(bad).await;
        let answer = text(&mut client).await;
        assert!(
            answer.starts_with(r#"{"error":"#) && answer.contains("sendmessage"),
            "{bad}: {answer}"
        );
    }
    client
        .say_text(r#"{"action": "sendmessage", "data": {"a": 1}}"#)
        .await;
    assert_eq!(text(&mut client).await, r#"{"a":1}"#);
    world.server.shutdown().await;
}

#[tokio::test]
async fn binary_frames_large_frames_and_floods_end_the_socket() {
    let world = World::start().await;
    let mut client = connect(&world).await;
    client
        .socket
        .send(Message::binary(vec![0]))
        .await
        .expect("it is sent");
    assert_eq!(client.closed().await, Some(1003));

    let mut client = connect(&world).await;
    let _ = client.socket.send(Message::text("x".repeat(1024 * 1024))).await;
    assert_eq!(client.closed().await, Some(1009));

    let mut client = connect(&world).await;
    for _ in 0..10_000 {
        if client.socket.feed(Message::text("{}")).await.is_err() {
            break;
        }
    }
    let _ = client.socket.flush().await;
    assert_eq!(client.closed().await, Some(1008));
    world.server.shutdown().await;
}
