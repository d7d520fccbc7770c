//! Coming into a room and going out of it.

use super::*;

#[test]
fn the_first_word_on_a_socket_is_hello() {
    let mut server = Server::with(|settings| {
        settings.ice_servers = vec![wire::IceServer {
            urls: vec!["stun:stun.example:3478".to_owned()],
            username: None,
            credential: None,
        }];
    });
    let socket = SocketId(1);
    server.input(Input::Connected {
        socket,
        address: None,
    });
    let heard = server.heard(1);
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["type"], "hello");
    assert_eq!(
        heard[0]["iceServers"],
        json!([{"urls": ["stun:stun.example:3478"]}])
    );
}

#[test]
fn a_newcomer_learns_who_is_there_and_each_of_them_learns_of_it() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, _) = server.enter(2, "tsukimi", "Bo");
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));

    let joined = server.heard(3).remove(0);
    let c = joined["member"].as_str().unwrap().to_owned();
    assert_eq!(joined["resumed"], false);
    assert_eq!(
        joined["members"],
        json!([member(&a, "Aki", false), member(&b, "Bo", false)])
    );
    let announced = vec![json!({"type": "join", "member": member(&c, "Chiyo", false)})];
    assert_eq!(server.heard(1), announced);
    assert_eq!(server.heard(2), announced);
}

#[test]
fn every_member_has_an_id_of_its_own() {
    let mut server = Server::new();
    let (a, token_a) = server.enter(1, "tsukimi", "Aki");
    let (b, token_b) = server.enter(2, "tsukimi", "Aki");
    assert_ne!(a, b);
    assert_ne!(token_a, token_b);
}

#[test]
fn rooms_do_not_hear_of_each_other() {
    let mut server = Server::new();
    server.enter(1, "a", "Aki");
    server.enter(2, "b", "Bo");
    server.say(
        2,
        json!({"type": "media", "media": {"audio": false, "video": false}}),
    );
    server.say(2, json!({"type": "leave"}));
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn joining_asks_the_store_for_the_room_and_its_history_goes_to_who_asked() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    assert_eq!(
        server.opened.pop(),
        Some(("tsukimi".parse().unwrap(), SocketId(2), Some(0)))
    );
    server.input(Input::HistoryLoaded {
        room: "tsukimi".parse().unwrap(),
        socket: SocketId(2),
        messages: vec![],
        more: true,
    });
    assert_eq!(
        server.heard(2),
        [json!({"type": "history", "messages": [], "more": true})]
    );
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn history_is_not_sent_to_who_has_left_meanwhile() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.say(1, json!({"type": "leave"}));
    server.say(1, join("another", "Aki"));
    server.heard(1);
    server.input(Input::HistoryLoaded {
        room: "tsukimi".parse().unwrap(),
        socket: SocketId(1),
        messages: vec![],
        more: false,
    });
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn who_leaves_is_gone_at_once_and_may_join_again_over_the_same_socket() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, _) = server.enter(2, "tsukimi", "Bo");
    server.say(2, json!({"type": "leave"}));
    assert_eq!(
        server.heard(1),
        [json!({"type": "leave", "member": b, "reason": "left"})]
    );

    server.say(2, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(2), ["joined"]);
    assert_eq!(server.kinds(1), ["join"]);
    assert!(server.closed.is_empty());
}

#[test]
fn a_second_join_while_inside_is_refused_and_changes_nothing() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (_, token) = server.enter(2, "tsukimi", "Bo");
    for again in [
        join("tsukimi", "Bo"),
        join("another", "Bo"),
        rejoin("tsukimi", "Bo", &token, true),
    ] {
        server.say(2, again);
        assert_eq!(server.kinds(2), ["error:alreadyInRoom"]);
    }
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn a_full_room_refuses_until_somebody_leaves() {
    let mut server = Server::with(|settings| settings.limits.room_members = 2);
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["error:roomFull"]);
    assert_eq!(server.heard(1), [] as [Value; 0]);

    server.say(1, json!({"type": "leave"}));
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["joined"]);
}

#[test]
fn who_is_away_keeps_its_place_in_a_full_room() {
    let mut server = Server::with(|settings| settings.limits.room_members = 2);
    server.enter(1, "tsukimi", "Aki");
    let (_, token) = server.enter(2, "tsukimi", "Bo");
    server.disconnect(2);
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["error:roomFull"]);
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(4), ["joined"]);
}

#[test]
fn anybody_may_look_into_a_room_without_going_in() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.connect(3);
    server.say(3, json!({"type": "peek", "room": "tsukimi"}));
    server.say(3, json!({"type": "peek", "room": "nobody"}));
    let capacity = wire::limits::ROOM_MEMBERS;
    assert_eq!(
        server.heard(3),
        [
            json!({"type": "peek", "id": "tsukimi", "members": ["Aki", "Bo"], "capacity": capacity}),
            json!({"type": "peek", "id": "nobody", "members": [], "capacity": capacity}),
        ]
    );
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn a_room_that_everybody_has_left_is_forgotten() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.say(1, json!({"type": "leave"}));
    server.disconnect(2);
    assert_eq!(server.rooms.census().rooms, 1);
    server.advance(seconds(wire::limits::GRACE_SECONDS));
    let expected = Census {
        sockets: 1,
        members: 0,
        rooms: 0,
    };
    assert_eq!(server.rooms.census(), expected);
    assert_eq!(server.rooms.poll_timeout(), None);
}
