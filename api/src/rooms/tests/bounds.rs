//! Floods, nonsense and the end.

use super::*;

fn malformed(server: &mut Server, socket: u64) {
    let socket = SocketId(socket);
    let why = "this is not JSON".to_owned();
    server.input(Input::Malformed { socket, why });
}

#[test]
fn a_hundred_chat_messages_pass_at_once() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    for n in 0..100 {
        server.say(
            1,
            json!({"type": "chat", "text": "hello", "nonce": format!("n{n}")}),
        );
    }
    assert_eq!(server.to_store.len(), 100);
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn a_newcomer_to_a_full_room_may_send_all_its_offers_and_candidates_at_once() {
    let mut server = Server::new();
    let mut ids = Vec::new();
    for socket in 1..16 {
        ids.push(server.enter(socket, "tsukimi", "Aki").0);
    }
    server.enter(16, "tsukimi", "Bo");
    let handshake = json!({"by": "m1", "attempt": 1});
    for to in &ids {
        server.say(
            16,
            json!({"type": "offer", "to": to, "handshake": handshake, "sdp": "v=0"}),
        );
        for _ in 0..30 {
            let candidate = json!({"candidate": "candidate:1"});
            server.say(
                16,
                json!({"type": "candidate", "to": to, "handshake": handshake, "candidate": candidate}),
            );
        }
    }
    assert_eq!(server.heard(16), [] as [Value; 0]);
    assert_eq!(server.heard(7).len(), 31);
}

#[test]
fn who_says_too_much_is_told_so_and_loses_the_socket_if_it_goes_on() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    for n in 0..10_000 {
        server.say(
            1,
            json!({"type": "chat", "text": "hello", "nonce": format!("n{n}")}),
        );
    }
    let Limits { chats, patience, .. } = Limits::default();
    assert_eq!(server.to_store.len(), chats.burst as usize);
    let heard = server.heard(1);
    assert_eq!(
        heard.len(),
        patience.burst as usize + 1,
        "a flood is not answered with a flood"
    );
    assert_eq!(
        (&heard[0]["code"], &heard[0]["nonce"]),
        (&json!("tooFast"), &json!("n150"))
    );
    assert_eq!(server.closed.get(&SocketId(1)), Some(&close::POLICY));
    assert!(
        !server.closed.contains_key(&SocketId(2)),
        "others are not concerned"
    );
}

#[test]
fn who_has_waited_may_speak_again() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    for n in 0..151 {
        server.say(
            1,
            json!({"type": "chat", "text": "hello", "nonce": format!("n{n}")}),
        );
    }
    assert_eq!(server.kinds(1), ["error:tooFast"]);
    server.advance(seconds(1));
    server.say(1, json!({"type": "chat", "text": "hello", "nonce": "again"}));
    assert_eq!(server.kinds(1), [] as [&str; 0]);
    assert_eq!(server.to_store.len(), 151);
}

#[test]
fn nonsense_is_answered_and_forgiven_but_not_forever() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let patience = Limits::default().patience.burst;
    for _ in 0..patience {
        malformed(&mut server, 1);
    }
    let heard = server.heard(1);
    assert_eq!(heard.len(), patience as usize);
    assert_eq!(heard[0]["code"], "badMessage");
    assert_eq!(heard[0]["message"], "this is not JSON");
    server.say(1, json!({"type": "ping"}));
    assert_eq!(server.kinds(1), ["pong"]);
    assert!(server.closed.is_empty());

    malformed(&mut server, 1);
    assert_eq!(server.closed.get(&SocketId(1)), Some(&close::POLICY));
}

#[test]
fn nonsense_now_and_then_does_not_add_up() {
    let mut server = Server::new();
    server.connect(1);
    for _ in 0..200 {
        malformed(&mut server, 1);
        server.advance(seconds(4));
    }
    assert!(server.closed.is_empty());
}

#[test]
fn a_socket_that_is_being_closed_has_no_say_and_its_member_is_away_once_it_is_gone() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    while server.closed.is_empty() {
        malformed(&mut server, 1);
    }
    server.heard(1);
    server.say(
        1,
        json!({"type": "media", "media": {"audio": false, "video": false}}),
    );
    server.say(1, json!({"type": "leave"}));
    malformed(&mut server, 1);
    assert_eq!((server.heard(1), server.heard(2)), (vec![], vec![]));
    server.disconnect(1);
    assert_eq!(server.heard(2), [json!({"type": "away", "member": a})]);
}

#[test]
fn a_server_that_stops_says_so_and_nobody_is_said_to_leave() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.connect(3);
    server.input(Input::ShuttingDown);
    for socket in 1..=3 {
        assert_eq!(server.kinds(socket), ["error:goingAway"]);
        assert_eq!(
            server.closed.get(&SocketId(socket)),
            Some(&close::SERVICE_RESTART)
        );
    }
    server.disconnect(1);
    assert_eq!(server.heard(2), [] as [Value; 0]);
}

#[test]
fn inputs_for_sockets_that_nobody_knows_do_nothing() {
    let mut server = Server::new();
    server.say(9, join("tsukimi", "Aki"));
    malformed(&mut server, 9);
    server.disconnect(9);
    assert_eq!(server.heard(9), [] as [Value; 0]);
    assert_eq!(server.rooms.census().members, 0);
}

#[test]
fn a_wish_reaches_the_one_it_is_for_under_the_name_of_who_has_it() {
    let mut server = Server::new();
    let [(aki, _), (bo, _), _] =
        [(1, "Aki"), (2, "Bo"), (3, "Chie")].map(|(socket, name)| server.enter(socket, "tsukimi", name));
    for socket in 1..=3 {
        server.heard(socket);
    }
    let want = json!({"camera": 180, "screen": 0});
    server.say(1, json!({"type": "want", "to": bo, "want": want, "from": bo}));
    assert_eq!(
        server.heard(2),
        [json!({"type": "want", "from": aki, "want": want})]
    );
    assert_eq!([server.heard(1).len(), server.heard(3).len()], [0, 0]);
    server.say(1, json!({"type": "want", "to": "nobody", "want": want}));
    assert_eq!(server.kinds(1), ["error:unknownMember"]);
}

#[test]
fn wishes_have_a_bound_of_their_own() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (bo, _) = server.enter(2, "tsukimi", "Bo");
    server.heard(2);
    for n in 0..500 {
        let want = json!({"camera": n, "screen": 0});
        server.say(1, json!({"type": "want", "to": bo, "want": want}));
    }
    let Limits { wants, patience, .. } = Limits::default();
    assert_eq!(server.heard(2).len(), wants.burst as usize);
    assert_eq!(server.heard(1).len(), patience.burst as usize + 1);
    assert_eq!(server.closed.get(&SocketId(1)), Some(&close::POLICY));
}
