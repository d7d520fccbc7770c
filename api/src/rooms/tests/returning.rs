//! Lost sockets, the grace time, and coming back.

use super::*;

#[test]
fn a_lost_socket_is_away_and_only_after_the_grace_time_a_leave() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, _) = server.enter(2, "tsukimi", "Bo");
    server.disconnect(2);
    assert_eq!(server.heard(1), [json!({"type": "away", "member": b})]);

    let end = server.now + seconds(wire::limits::GRACE_SECONDS);
    assert_eq!(server.rooms.poll_timeout(), Some(end));
    server.advance(seconds(wire::limits::GRACE_SECONDS) - Duration::from_millis(1));
    assert_eq!(server.heard(1), [] as [Value; 0]);
    server.advance(Duration::from_millis(1));
    assert_eq!(
        server.heard(1),
        [json!({"type": "leave", "member": b, "reason": "lost"})]
    );
}

#[test]
fn an_input_after_the_grace_time_finds_the_member_gone_even_if_no_timeout_was_handled() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (_, token) = server.enter(2, "tsukimi", "Bo");
    server.disconnect(2);
    server.heard(1);
    server.now += seconds(60);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(1), ["leave", "join"]);
}

#[test]
fn a_newcomer_is_told_who_is_away() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    server.disconnect(1);
    server.connect(2);
    server.say(2, join("tsukimi", "Bo"));
    assert_eq!(server.heard(2)[0]["members"], json!([member(&a, "Aki", true)]));
}

#[test]
fn a_member_returns_over_a_new_socket_as_who_it_was() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    let (c, _) = server.enter(3, "tsukimi", "Chiyo");
    server.disconnect(2);
    server.connect(4);
    server.heard(1);
    server.say(4, rejoin("tsukimi", "Bo the second", &token, true));

    let joined = server.heard(4).remove(0);
    assert_eq!((&joined["member"], &joined["resumed"]), (&json!(b), &json!(true)));
    assert_eq!(
        joined["members"],
        json!([member(&a, "Aki", false), member(&c, "Chiyo", false)])
    );
    assert_eq!(
        server.heard(1),
        [json!({"type": "join", "member": member(&b, "Bo the second", false)})]
    );
    server.advance(seconds(60));
    assert_eq!(
        server.heard(1),
        [] as [Value; 0],
        "the grace time has no meaning any more"
    );
}

#[test]
fn who_returns_keeps_its_place_in_the_order_of_coming() {
    let mut server = Server::new();
    let (_, token) = server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.disconnect(1);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Aki", &token, true));
    let names = server.rooms.presence(&"tsukimi".parse().unwrap()).members;
    assert_eq!(
        names.iter().map(DisplayName::as_str).collect::<Vec<_>>(),
        ["Aki", "Bo"]
    );
}

#[test]
fn a_member_returns_before_the_server_noticed_that_its_socket_is_lost() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.heard(3)[0]["resumed"], true);
    assert_eq!(server.kinds(2), ["error:superseded"]);
    assert_eq!(server.closed.get(&SocketId(2)), Some(&close::SUPERSEDED));
    assert_eq!(
        server.heard(1),
        [json!({"type": "join", "member": member(&b, "Bo", false)})]
    );

    server.say(2, json!({"type": "leave"}));
    server.disconnect(2);
    assert_eq!(
        server.heard(1),
        [] as [Value; 0],
        "the old socket has no say any more"
    );
    assert_eq!(server.heard(2), [] as [Value; 0]);
    server.say(
        3,
        json!({"type": "media", "media": {"audio": false, "video": true}}),
    );
    assert_eq!(server.kinds(1), ["media"]);
}

#[test]
fn after_a_restart_everybody_returns_under_the_old_ids_whatever_the_order() {
    let mut server = Server::new();
    let (a, token_a) = server.enter(1, "tsukimi", "Aki");
    let (b, token_b) = server.enter(2, "tsukimi", "Bo");
    let mut server = server.restarted();

    server.connect(1);
    server.say(1, rejoin("tsukimi", "Bo", &token_b, true));
    let joined = server.heard(1).remove(0);
    assert_eq!(
        (&joined["member"], &joined["resumed"], &joined["members"]),
        (&json!(b), &json!(false), &json!([]))
    );

    server.connect(2);
    server.say(2, rejoin("tsukimi", "Aki", &token_a, true));
    let joined = server.heard(2).remove(0);
    assert_eq!(
        (&joined["member"], &joined["resumed"]),
        (&json!(a), &json!(false))
    );
    assert_eq!(joined["members"], json!([member(&b, "Bo", false)]));
    assert_eq!(
        server.heard(1),
        [json!({"type": "join", "member": member(&a, "Aki", false)})]
    );
}

#[test]
fn who_returns_after_its_grace_time_keeps_its_id_but_was_gone() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    server.disconnect(2);
    server.advance(seconds(60));
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    let joined = server.heard(3).remove(0);
    assert_eq!(
        (&joined["member"], &joined["resumed"]),
        (&json!(b), &json!(false))
    );
    assert_eq!(server.kinds(1), ["away", "leave", "join"]);
}

#[test]
fn a_page_loaded_anew_replaces_the_member_it_was() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    server.disconnect(2);
    server.heard(1);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, false));

    let joined = server.heard(3).remove(0);
    let new = joined["member"].as_str().unwrap().to_owned();
    assert_ne!(new, b);
    assert_eq!(joined["resumed"], false);
    assert_eq!(
        server.heard(1),
        [
            json!({"type": "leave", "member": b, "reason": "replaced"}),
            json!({"type": "join", "member": member(&new, "Bo", false)}),
        ]
    );
    server.advance(seconds(60));
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn a_page_loaded_anew_takes_its_own_place_in_a_full_room_and_ends_the_old_socket() {
    let mut server = Server::with(|settings| settings.limits.room_members = 1);
    let (_, token) = server.enter(1, "tsukimi", "Aki");
    server.connect(2);
    server.say(2, rejoin("tsukimi", "Aki", &token, false));
    assert_eq!(server.kinds(2), ["joined"]);
    assert_eq!(server.kinds(1), ["error:superseded"]);
    assert_eq!(server.closed.get(&SocketId(1)), Some(&close::SUPERSEDED));
}

#[test]
fn a_token_that_is_forged_expired_or_of_another_room_is_no_token() {
    let mut server = Server::new();
    let (a, token) = server.enter(1, "tsukimi", "Aki");
    let forged = token.replace(&format!(".{a}."), ".m9.");
    for (socket, room, token) in [(2, "another", token.as_str()), (3, "tsukimi", &forged)] {
        server.connect(socket);
        server.say(socket, rejoin(room, "Mallory", token, true));
        let joined = server.heard(socket).remove(0);
        assert!(![json!(a), json!("m9")].contains(&joined["member"]), "{joined}");
        assert_eq!(joined["resumed"], false);
    }
    server.now += server.rooms.settings.limits.token_life;
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Aki", &token, true));
    assert_ne!(server.heard(4)[0]["member"], json!(a));
    assert!(server.closed.is_empty(), "nobody lost a socket to it");
}

#[test]
fn the_token_of_the_new_socket_is_as_good_as_the_first() {
    let mut server = Server::new();
    let (a, mut token) = server.enter(1, "tsukimi", "Aki");
    for socket in 2..6 {
        server.now += seconds(60 * 60 * 23);
        server.connect(socket);
        server.say(socket, rejoin("tsukimi", "Aki", &token, true));
        let joined = server.heard(socket).remove(0);
        assert_eq!(joined["member"], json!(a));
        let minted: ResumeToken = serde_json::from_value(joined["resume"].clone()).unwrap();
        token = minted.as_str().to_owned();
    }
}

#[test]
fn a_room_keeps_its_rules_when_the_only_one_inside_loads_the_page_anew() {
    let mut server = Server::new();
    let (_, token) = server.enter(1, "tsukimi", "Aki");
    let room = "tsukimi".parse().unwrap();
    let before = server.rooms.rules(&room).cloned();
    assert!(before.as_ref().is_some_and(|rules| rules.host.is_some()));
    server.disconnect(1);
    server.connect(2);
    server.say(2, rejoin("tsukimi", "Aki", &token, false));
    assert_eq!(server.rooms.rules(&room).cloned(), before);
}

#[test]
fn candidates_for_a_member_that_is_away_follow_when_it_is_back_once_and_in_order() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    server.enter(3, "tsukimi", "Chiyo");
    let candidate = |number: usize| {
        json!({"type": "candidate", "to": b, "handshake": {"by": a, "attempt": 1},
            "candidate": {"candidate": format!("candidate:{number}"), "sdpMid": "0", "sdpMLineIndex": 0}})
    };
    server.say(1, candidate(0));
    server.heard(2);
    server.disconnect(2);
    for number in 1..=3 {
        server.say(1, candidate(number));
        server.say(3, candidate(100 + number));
        // A new handshake follows for these.
        server.say(
            1,
            json!({"type": "accept", "to": b, "handshake": {"by": a, "attempt": 2}}),
        );
    }
    // What somebody said who is gone concerns nobody.
    server.say(3, json!({"type": "leave"}));

    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, true));
    let heard = server.heard(4);
    assert_eq!(heard[0]["type"], "joined");
    let told = |message: &Value| message["candidate"]["candidate"].as_str().map(str::to_owned);
    let candidates: Vec<_> = heard[1..].iter().map(|message| told(message).unwrap()).collect();
    assert_eq!(candidates, ["candidate:1", "candidate:2", "candidate:3"]);
    assert!(heard[1..].iter().all(|message| message["from"] == json!(a)));

    server.disconnect(4);
    server.connect(5);
    server.say(5, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(5), ["joined"], "once");
}

#[test]
fn what_is_kept_for_who_is_away_has_a_bound_and_ends_with_the_member() {
    let mut server = Server::with(|settings| settings.limits.messages = Rate::UNLIMITED);
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    let candidate = json!({"type": "candidate", "to": b, "handshake": {"by": a, "attempt": 1},
        "candidate": {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}});
    server.disconnect(2);
    for _ in 0..10_000 {
        server.say(1, candidate.clone());
    }
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.heard(3).len(), 1 + 512);

    server.disconnect(3);
    server.say(1, candidate);
    server.connect(4);
    // The page was loaded anew: its connections are gone.
    server.say(4, rejoin("tsukimi", "Bo", &token, false));
    assert_eq!(server.kinds(4), ["joined"]);
}
