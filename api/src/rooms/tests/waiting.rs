//! The waiting room.

use super::*;

/// A room in which whoever is new waits, with its host at socket 1 and a member at socket 2.
fn server() -> Server {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.moderate(1, json!({"action": "wait"}));
    server.asides(1);
    server.asides(2);
    server
}

fn knock(server: &mut Server, socket: u64, name: &str) -> String {
    server.connect(socket);
    server.say(socket, join("tsukimi", name));
    assert_eq!(server.kinds(socket), ["waiting"]);
    let knocks = server.asides(1).pop().unwrap();
    let people = knocks["people"].as_array().unwrap();
    let mine = people.iter().find(|knock| knock["name"] == name).unwrap();
    mine["id"].as_str().unwrap().to_owned()
}

#[test]
fn only_the_host_hears_who_waits_and_nobody_hears_what_they_say() {
    let mut server = server();
    let c = knock(&mut server, 3, "Chiyo");
    assert!(server.asides(2).is_empty());
    for message in [
        json!({"type": "chat", "text": "hello", "nonce": "n"}),
        json!({"type": "accept", "to": "m1", "handshake": {"by": c, "attempt": 1}}),
        json!({"type": "offer", "to": "m1", "handshake": {"by": c, "attempt": 1}, "sdp": "v=0"}),
        json!({"type": "candidate", "to": "m1", "handshake": {"by": c, "attempt": 1}, "candidate": {"candidate": ""}}),
        json!({"type": "media", "media": {"audio": true, "video": true}}),
        json!({"type": "moderate", "action": "admit"}),
        json!({"type": "moderate", "action": "noWait"}),
    ] {
        server.say(3, message);
        assert_eq!(server.kinds(3), ["error:notInRoom"]);
    }
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["error:alreadyInRoom"]);
    assert!(server.heard(1).is_empty() && server.heard(2).is_empty());
    // Nor can a member speak to it, or be host of it.
    server.say(
        2,
        json!({"type": "offer", "to": c, "handshake": {"by": c, "attempt": 1}, "sdp": "v=0"}),
    );
    assert_eq!(server.kinds(2), ["error:unknownMember"]);
    server.say(2, json!({"type": "moderate", "action": "admit", "member": c}));
    assert_eq!(server.kinds(2), ["error:notHost"]);
    assert!(server.heard(3).is_empty());
}

#[test]
fn who_is_let_in_comes_in_as_everybody_does() {
    let mut server = server();
    let c = knock(&mut server, 3, "Chiyo");
    let d = knock(&mut server, 4, "Dai");
    server.advance(seconds(60));
    server.moderate(1, json!({"action": "admit", "member": d}));
    let joined = server.heard(4).remove(0);
    assert_eq!(
        (&joined["type"], &joined["member"]),
        (&json!("joined"), &json!(d))
    );
    assert_eq!(joined["members"].as_array().unwrap().len(), 2);
    assert_eq!(server.kinds(1), ["join"]);
    assert_eq!(server.kinds(2), ["join"]);
    let knocks = server.asides(1).pop().unwrap();
    assert_eq!(knocks["people"], json!([member(&c, "Chiyo", false)]));
    // It belongs to the room from now on.
    let token = joined["resume"].as_str().unwrap().to_owned();
    server.disconnect(4);
    server.connect(5);
    server.say(5, rejoin("tsukimi", "Dai", &token, true));
    assert_eq!(server.kinds(5), ["joined"]);
}

#[test]
fn all_who_wait_are_let_in_at_once_as_far_as_there_are_places() {
    let mut server = Server::with(|settings| settings.limits.room_members = 3);
    server.enter(1, "tsukimi", "Aki");
    server.moderate(1, json!({"action": "wait"}));
    for socket in 2..=4 {
        server.connect(socket);
        server.say(socket, join("tsukimi", "Bo"));
        server.heard(socket);
    }
    server.say(1, json!({"type": "moderate", "action": "admit"}));
    assert_eq!(server.kinds(1), ["join", "join", "error:notDone"]);
    assert_eq!(server.kinds(2), ["joined", "join"]);
    assert_eq!(server.kinds(3), ["joined"]);
    assert_eq!(server.kinds(4), [] as [&str; 0]);
    server.say(3, json!({"type": "leave"}));
    server.moderate(1, json!({"action": "noWait"}));
    assert_eq!(server.kinds(4), ["joined"]);
}

#[test]
fn who_is_denied_is_told_and_after_some_times_is_not_heard_any_more() {
    let mut server = server();
    for _ in 0..5 {
        server.connect(3);
        server.say(3, join("tsukimi", "Chiyo"));
        let knocks = server.asides(1).pop().unwrap();
        let c = knocks["people"][0]["id"].clone();
        server.say(1, json!({"type": "moderate", "action": "deny", "member": c}));
        assert_eq!(server.kinds(3), ["waiting", "error:denied"]);
        server.disconnect(3);
    }
    server.asides(1);
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["error:tooManyTries"]);
    assert!(server.asides(1).is_empty(), "the host has its peace");
}

#[test]
fn who_ceases_to_wait_is_off_the_list_whichever_way_it_goes() {
    let mut server = server();
    knock(&mut server, 3, "Chiyo");
    knock(&mut server, 4, "Dai");
    server.say(3, json!({"type": "leave"}));
    assert_eq!(
        server.asides(1).pop().unwrap()["people"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    server.disconnect(4);
    assert_eq!(server.asides(1).pop().unwrap()["people"], json!([]));
    // Who left may ask again.
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["waiting"]);
}

#[test]
fn one_may_wait_for_a_host_who_is_not_there_yet() {
    let mut server = server();
    let token = server.host_token(1);
    server.say(1, json!({"type": "leave"}));
    server.say(2, json!({"type": "leave"}));
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(3), ["waiting"]);
    assert_eq!(server.rooms.census().rooms, 0, "it is in no room");
    let mut message = join("tsukimi", "Aki");
    message["host"] = token.into();
    server.say(1, message);
    let knocks = server.asides(1).pop().unwrap();
    assert_eq!(knocks["people"][0]["name"], "Chiyo");
}

#[test]
fn the_queue_before_the_door_has_a_bound() {
    let mut server = server();
    for socket in 0..wire::limits::ROOM_WAITING as u64 {
        let (network, host) = (socket / 8, socket % 8);
        server.connect_from(100 + socket, [192, 0, network as u8, host as u8]);
        server.say(100 + socket, join("tsukimi", "Crowd"));
        assert_eq!(server.kinds(100 + socket), ["waiting"]);
    }
    server.connect(99);
    server.say(99, join("tsukimi", "Late"));
    assert_eq!(server.kinds(99), ["error:tooManyTries"]);
}

#[test]
fn one_place_has_some_of_that_queue_and_not_all() {
    let mut server = server();
    for socket in 100..108 {
        server.connect_from(socket, [192, 0, 2, 1]);
        server.say(socket, join("tsukimi", "Crowd"));
        assert_eq!(server.kinds(socket), ["waiting"]);
    }
    server.connect_from(108, [192, 0, 2, 1]);
    server.say(108, join("tsukimi", "Crowd"));
    assert_eq!(server.kinds(108), ["error:tooManyWaiting"]);
    server.connect_from(109, [192, 0, 2, 2]);
    server.say(109, join("tsukimi", "Chiyo"));
    assert_eq!(server.kinds(109), ["waiting"]);
    server.say(100, json!({"type": "leave"}));
    server.say(108, join("tsukimi", "Crowd"));
    assert_eq!(server.kinds(108), ["waiting"], "there is room again");
}
