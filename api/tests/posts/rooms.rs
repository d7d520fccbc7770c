//! Rooms over REST.

use crate::server::Server;
use serde_json::json;
use wire::{ChatMessage, ChatText, DisplayName, RoomId};

#[tokio::test]
async fn anybody_with_the_link_sees_who_is_inside() {
    let server = Server::start().await;
    let info = server.send("GET", "rooms/%E6%9C%88%E8%A6%8B").await;
    assert_eq!(
        info.json(),
        json!({"id": "月見", "members": ["かぐや"], "capacity": 16})
    );
    server.stop().await;
}

#[tokio::test]
async fn messages_are_paged_backwards() {
    let server = Server::start().await;
    let room: RoomId = "talk".parse().expect("it is a name");
    let said: Vec<ChatMessage> = (0..120_u64)
        .map(|n| ChatMessage {
            id: format!("m{n}").parse().expect("it is an id"),
            member_id: "member".parse().expect("it is an id"),
            name: DisplayName::new("okina").expect("it is a name"),
            text: ChatText::new(&format!("<script>{n}</script>")).expect("it is a text"),
            sent_at: 1_700_000_000_000 + n,
        })
        .collect();
    server
        .world
        .store
        .append_messages(&room, &said)
        .await
        .expect("it is stored");

    let last = server.send("GET", "rooms/talk/messages").await.json();
    assert_eq!(last, json!({"messages": said[70..], "more": true}));
    let before = last["messages"][0]["sentAt"].as_u64().expect("it has a time");
    let earlier = server
        .send("GET", &format!("rooms/talk/messages?limit=200&before={before}"))
        .await
        .json();
    assert_eq!(earlier, json!({"messages": said[..70], "more": false}));
    let nothing = server
        .send("GET", "rooms/silent/messages?before=18446744073709551615")
        .await
        .json();
    assert_eq!(nothing, json!({"messages": [], "more": false}));
    server.stop().await;
}
