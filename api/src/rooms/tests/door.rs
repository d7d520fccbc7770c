//! Passcodes, locks, and a store that is away: who gets in, and who does not.

use super::*;

const PASSCODE: &str = "月と兎と";

/// A room with a passcode, whose host is at socket 1.
fn guarded() -> Server {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.moderate(1, json!({"action": "passcode", "passcode": PASSCODE}));
    server
}

fn with_passcode(passcode: &str) -> Value {
    let mut message = join("tsukimi", "Bo");
    message["passcode"] = passcode.into();
    message
}

#[test]
fn without_the_passcode_nobody_new_gets_in() {
    let mut server = guarded();
    server.connect(2);
    server.say(2, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(2), ["error:passcodeWanted"]);
    server.say(2, with_passcode("wrong"));
    assert_eq!(server.kinds(2), ["error:passcodeWrong"]);
    server.say(2, with_passcode(PASSCODE));
    assert_eq!(server.kinds(2), ["joined"]);
    assert_eq!(server.kinds(1), ["join"]);
}

#[test]
fn no_door_opens_by_saying_anything_but_join() {
    let mut server = guarded();
    let (a, _) = server.enter_as_host(3);
    server.connect(2);
    server.say(2, join("tsukimi", "Bo"));
    server.heard(2);
    for message in [
        json!({"type": "chat", "text": "let me in", "nonce": "n"}),
        json!({"type": "media", "media": {"audio": true, "video": true}}),
        json!({"type": "accept", "to": a, "handshake": {"by": "x", "attempt": 1}}),
        json!({"type": "offer", "to": a, "handshake": {"by": "x", "attempt": 1}, "sdp": "v=0"}),
        json!({"type": "moderate", "action": "noPasscode"}),
    ] {
        server.say(2, message);
        assert_eq!(server.kinds(2), ["error:notInRoom"]);
    }
    assert!(server.heard(3).is_empty() && server.to_store.is_empty());
}

#[test]
fn guesses_are_few_for_each_place_and_others_are_not_hindered() {
    let mut server = guarded();
    let mut tries = 0;
    for socket in 10..20 {
        server.connect(socket);
        server.say(socket, with_passcode("wrong"));
        tries += usize::from(server.kinds(socket) == ["error:passcodeWrong"]);
    }
    assert_eq!(tries, 5);
    // Not even the right one, or the limit would tell which one it is.
    server.say(10, with_passcode(PASSCODE));
    assert_eq!(server.kinds(10), ["error:tooManyTries"]);
    server.connect_from(30, [192, 0, 2, 77]);
    server.say(30, with_passcode(PASSCODE));
    assert_eq!(server.kinds(30), ["joined"]);
    server.advance(seconds(20));
    server.say(10, with_passcode(PASSCODE));
    assert_eq!(server.kinds(10), ["joined"]);
}

#[test]
fn who_was_let_in_comes_back_without_the_passcode_even_after_a_crash() {
    let mut server = guarded();
    server.connect(2);
    server.say(2, with_passcode(PASSCODE));
    let token = server.heard(2)[0]["resume"].as_str().unwrap().to_owned();
    server.disconnect(2);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(3), ["joined"]);

    let mut server = server.restarted();
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(3), ["joined"]);
    server.connect(4);
    server.say(4, join("tsukimi", "Eve"));
    assert_eq!(
        server.kinds(4),
        ["error:passcodeWanted"],
        "the crash opened no door"
    );
    server.connect(5);
    let token = format!("{token}x");
    server.say(5, rejoin("tsukimi", "Eve", &token, true));
    assert_eq!(server.kinds(5), ["error:passcodeWanted"]);
}

#[test]
fn a_passcode_that_was_changed_while_another_was_compared_is_compared_again() {
    let mut server = guarded();
    server.connect(2);
    server.slow_passcodes = true;
    server.say(2, with_passcode(PASSCODE));
    let hash = format!("hash of {PASSCODE}");
    server.slow_passcodes = false;
    server.moderate(1, json!({"action": "passcode", "passcode": "another"}));
    let right = Some(true);
    let socket = SocketId(2);
    server.input(Input::PasscodeChecked { socket, hash, right });
    assert_eq!(server.kinds(2), ["error:passcodeWrong"]);
}

#[test]
fn what_is_said_while_a_join_is_not_decided_waits_for_that() {
    let mut server = guarded();
    server.connect(2);
    server.slow_passcodes = true;
    server.say(2, with_passcode(PASSCODE));
    server.say(2, json!({"type": "ping"}));
    server.say(2, json!({"type": "chat", "text": "hello", "nonce": "n"}));
    server.say(2, json!({"type": "leave"}));
    server.say(2, with_passcode(PASSCODE));
    assert_eq!(server.kinds(2), ["pong"]);
    assert!(server.to_store.is_empty());
    let hash = format!("hash of {PASSCODE}");
    let right = Some(true);
    let socket = SocketId(2);
    server.slow_passcodes = false;
    server.input(Input::PasscodeChecked { socket, hash, right });
    assert_eq!(server.kinds(2), ["joined", "joined"]);
    assert_eq!(server.kinds(1), ["join", "leave", "join"]);
    assert_eq!(server.to_store.len(), 1);
}

#[test]
fn a_flood_while_a_join_is_not_decided_is_bounded() {
    let mut server = guarded();
    server.connect(2);
    server.slow_passcodes = true;
    server.say(2, with_passcode(PASSCODE));
    for _ in 0..200 {
        server.say(2, json!({"type": "leave"}));
    }
    assert_eq!(server.closed.get(&SocketId(2)), Some(&close::POLICY));
    let hash = format!("hash of {PASSCODE}");
    let right = Some(true);
    let socket = SocketId(2);
    server.input(Input::PasscodeChecked { socket, hash, right });
    server.disconnect(2);
    assert_eq!(
        server.kinds(1),
        [] as [&str; 0],
        "who is thrown out does not come in"
    );
}

#[test]
fn a_locked_room_lets_nobody_new_in_and_members_back() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    server.moderate(1, json!({"action": "lock"}));
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["error:locked"]);
    // A lost socket, and a page that was loaded anew.
    server.disconnect(2);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.heard(3)[0]["member"], json!(b));
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, false));
    assert_eq!(server.kinds(4), ["joined"]);
    let mut server = server.restarted();
    server.connect(5);
    server.say(5, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(5), ["error:locked"], "the crash opened no door");
    server.say(5, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(5), ["joined"]);
}

#[test]
fn a_page_that_says_good_bye_because_it_is_loaded_anew_comes_back_into_a_locked_room() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (_, token) = server.enter(2, "tsukimi", "Bo");
    server.moderate(1, json!({"action": "lock"}));
    server.say(2, json!({"type": "leave"}));
    server.disconnect(2);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, false));
    assert_eq!(server.kinds(3), ["joined"]);
    // For as long as its token lives.
    server.disconnect(3);
    server.advance(seconds(25 * 60 * 60));
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, false));
    assert_eq!(server.kinds(4), ["error:locked"]);
}

#[test]
fn a_lock_stays_when_everybody_is_gone_and_the_host_opens_it() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let token = server.host_token(1);
    server.moderate(1, json!({"action": "lock"}));
    server.say(1, json!({"type": "leave"}));
    server.connect(2);
    server.say(2, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(2), ["error:locked"]);
    let mut message = join("tsukimi", "Aki");
    message["host"] = token.into();
    server.say(1, message);
    assert_eq!(server.kinds(1), ["joined"]);
    server.moderate(1, json!({"action": "unlock"}));
    server.say(2, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(2), ["joined"]);
}

#[test]
fn while_the_store_is_away_nobody_comes_into_a_room_whose_rules_are_not_known() {
    let mut server = guarded();
    let token = {
        server.connect(2);
        server.say(2, with_passcode(PASSCODE));
        server.heard(2)[0]["resume"].as_str().unwrap().to_owned()
    };
    let mut server = server.restarted();
    server.away = true;
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    server.connect(4);
    server.say(4, with_passcode(PASSCODE));
    assert_eq!(server.loading.len(), 1, "one question for both");
    assert!(server.heard(3).is_empty() && server.heard(4).is_empty());
    let room = server.loading.remove(0);
    server.input(Input::RulesLoaded { room, rules: None });
    assert_eq!(server.kinds(3), ["error:unavailable"]);
    assert_eq!(server.kinds(4), ["error:unavailable"]);
    assert_eq!(server.rooms.census().members, 0);
    server.away = false;
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(3), ["joined"]);
}

#[test]
fn who_asks_again_while_all_are_told_that_the_store_is_away_is_asked_for_anew() {
    let mut server = Server::new();
    server.away = true;
    server.connect(1);
    server.connect(2);
    server.say(1, join("tsukimi", "Aki"));
    server.say(1, join("tsukimi", "Aki"));
    server.say(2, join("tsukimi", "Bo"));
    let room = server.loading.remove(0);
    server.input(Input::RulesLoaded { room, rules: None });
    assert_eq!(server.kinds(2), ["error:unavailable"]);
    let room = server.loading.remove(0);
    let rules = Some(Box::default());
    server.input(Input::RulesLoaded { room, rules });
    assert_eq!(server.kinds(1), ["error:unavailable", "joined"]);
}

#[test]
fn who_goes_while_the_rules_are_read_leaves_nothing_behind() {
    let mut server = Server::new();
    server.away = true;
    server.connect(1);
    server.say(1, join("tsukimi", "Aki"));
    server.disconnect(1);
    let room = server.loading.remove(0);
    let rules = Some(Box::default());
    server.input(Input::RulesLoaded { room, rules });
    assert_eq!(
        server.rooms.census(),
        Census {
            sockets: 0,
            members: 0,
            rooms: 0
        }
    );
    assert!(server.rooms.rooms.is_empty());
}

#[test]
fn only_a_room_that_is_open_to_all_tells_who_is_inside() {
    let mut server = guarded();
    for action in [None, Some("lock"), Some("noPasscode")] {
        if let Some(action) = action {
            server.moderate(1, json!({"action": action}));
        }
        server.connect(9);
        server.say(9, json!({"type": "peek", "room": "tsukimi"}));
        let peek = server.heard(9).remove(0);
        assert_eq!((&peek["members"], &peek["guarded"]), (&json!([]), &json!(true)));
        server.disconnect(9);
    }
    server.moderate(1, json!({"action": "unlock"}));
    server.connect(9);
    server.say(9, json!({"type": "peek", "room": "tsukimi"}));
    let peek = server.heard(9).remove(0);
    assert_eq!(
        (&peek["members"], &peek["guarded"]),
        (&json!(["Aki"]), &Value::Null)
    );
}
