//! Rooms over REST.

use crate::server::{NOW, Server, tokens};
use api::rooms::{Pass, Rules};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use wire::{ChatMessage, ChatText, DisplayName, HistoryPolicy, RoomId};

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

#[tokio::test]
async fn the_chat_of_a_room_that_is_not_open_is_for_its_members_and_as_much_as_the_rules_give() {
    let server = Server::start().await;
    let room: RoomId = "talk".parse().expect("it is a name");
    let came = u64::try_from(NOW.as_millis()).expect("it fits") - 5_000;
    let said: Vec<ChatMessage> = [came - 10, came, came + 10]
        .map(|sent_at| ChatMessage {
            id: format!("m{sent_at}").parse().expect("it is an id"),
            member_id: "member".parse().expect("it is an id"),
            name: DisplayName::new("okina").expect("it is a name"),
            text: ChatText::new("a secret").expect("it is a text"),
            sent_at,
        })
        .into();
    (server.world.store.append_messages(&room, &said).await).expect("it is stored");
    let pass = |lineage: &str| Pass {
        member: "m".parse().expect("it is an id"),
        lineage: lineage.parse().expect("it is an id"),
        came,
        issued: NOW - Duration::from_secs(5),
    };
    let token = |of: &str, lineage: &str| {
        let of: RoomId = of.parse().expect("it is a name");
        let end = NOW + Duration::from_secs(1);
        tokens().mint(&of, &pass(lineage), end).as_str().to_owned()
    };
    let ask = async |token: Option<String>| {
        let headers = token.map(|token| format!("Authorization: Bearer {token}"));
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        server.send_body("GET", "rooms/talk/messages", &headers, "").await
    };

    let mut version = 0;
    let mut set = async |rules: Rules| {
        version += 1;
        let rules = Rules { version, ..rules };
        let saved = server.world.store.save_rules(&room, &rules).await;
        assert_eq!(saved.expect("it saves"), None);
    };
    let joined = HistoryPolicy::Joined;
    let passcode = Some("scrypt$AA$AA".to_owned());
    let removed = BTreeMap::from([("gone".parse().expect("it is an id"), u64::MAX / 2)]);
    for (rules, seen) in [
        (
            Rules {
                locked: true,
                ..Rules::default()
            },
            3,
        ),
        (
            Rules {
                waiting: true,
                ..Rules::default()
            },
            3,
        ),
        (
            Rules {
                closed: true,
                ..Rules::default()
            },
            3,
        ),
        (
            Rules {
                passcode,
                ..Rules::default()
            },
            3,
        ),
        (
            Rules {
                history: joined,
                removed,
                ..Rules::default()
            },
            2,
        ),
        (
            Rules {
                history: HistoryPolicy::None,
                ..Rules::default()
            },
            0,
        ),
    ] {
        let no_more = rules.removed.len();
        set(rules.clone()).await;
        let expired = tokens().mint(&room, &pass("ours"), NOW).as_str().to_owned();
        for token in [
            None,
            Some("nonsense".into()),
            Some(token("other", "ours")),
            Some(expired),
        ] {
            let answer = ask(token).await;
            assert_eq!(answer.status, 401, "{rules:?}: {answer:?}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            assert!(!String::from_utf8_lossy(&answer.body).contains("a secret"));
        }
        let answer = ask(Some(token("talk", "ours"))).await.json();
        assert_eq!(
            answer,
            json!({"messages": said[3 - seen..], "more": false}),
            "{rules:?}"
        );
        let status = ask(Some(token("talk", "gone"))).await.status;
        assert_eq!(status, if no_more == 1 { 403 } else { 200 });
    }
    set(Rules::default()).await;
    assert_eq!(ask(None).await.json(), json!({"messages": said, "more": false}));
    server.stop().await;
}
