//! Steps 1 to 6 as the server passes them on.

use super::*;

fn steps(to: &str) -> [Value; 4] {
    let handshake = json!({"by": "m1", "attempt": 3});
    [
        json!({"type": "accept", "to": to, "handshake": handshake, "keep": true}),
        json!({"type": "offer", "to": to, "handshake": handshake, "sdp": "v=0"}),
        json!({"type": "answer", "to": to, "handshake": handshake, "sdp": "v=0"}),
        json!({"type": "candidate", "to": to, "handshake": handshake, "candidate": {"candidate": ""}}),
    ]
}

#[test]
fn every_step_reaches_the_one_it_is_for_with_the_sender_stamped() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, _) = server.enter(2, "tsukimi", "Bo");
    server.enter(3, "tsukimi", "Chiyo");
    for mut step in steps(&a) {
        step["from"] = "m3".into();
        server.say(2, step.clone());
        let mut expected = step;
        expected["from"] = json!(b);
        expected.as_object_mut().unwrap().remove("to");
        assert_eq!(server.heard(1), [expected]);
    }
    assert_eq!(server.heard(2), [] as [Value; 0]);
    assert_eq!(server.heard(3), [] as [Value; 0]);
}

#[test]
fn a_step_for_nobody_for_oneself_or_for_another_room_is_refused() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, _) = server.enter(2, "another", "Bo");
    for to in ["nobody", &a, &b] {
        for step in steps(to) {
            server.say(1, step);
            assert_eq!(server.kinds(1), ["error:unknownMember"]);
        }
    }
    assert_eq!(server.heard(2), [] as [Value; 0]);
}

#[test]
fn of_the_steps_for_who_is_away_only_candidates_are_kept() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    let (b, token) = server.enter(2, "tsukimi", "Bo");
    server.disconnect(2);
    server.heard(1);
    for step in steps(&b) {
        server.say(1, step);
    }
    assert_eq!(server.heard(1), [] as [Value; 0]);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(
        server.kinds(3),
        ["joined", "candidate"],
        "the rest is of a handshake that begins anew"
    );
}

#[test]
fn what_needs_a_room_is_refused_outside() {
    let mut server = Server::new();
    server.connect(1);
    let [accept, offer, answer, candidate] = steps("m1");
    for message in [
        accept,
        offer,
        answer,
        candidate,
        json!({"type": "media", "media": {"audio": true, "video": true}}),
        json!({"type": "chat", "text": "hello", "nonce": "n"}),
        json!({"type": "leave"}),
    ] {
        server.say(1, message);
        assert_eq!(server.kinds(1), ["error:notInRoom"]);
    }
}

#[test]
fn others_learn_what_a_member_sends_now_and_newcomers_do_too() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    let media = json!({"audio": false, "video": true});
    server.say(1, json!({"type": "media", "media": media}));
    assert_eq!(
        server.heard(2),
        [json!({"type": "media", "member": a, "media": media})]
    );
    assert_eq!(server.heard(1), [] as [Value; 0]);
    server.connect(3);
    server.say(3, join("tsukimi", "Chiyo"));
    assert_eq!(server.heard(3)[0]["members"][0]["media"], media);
}

#[test]
fn a_ping_is_answered_inside_and_outside() {
    let mut server = Server::new();
    server.connect(1);
    server.say(1, json!({"type": "ping"}));
    server.say(1, join("tsukimi", "Aki"));
    server.say(1, json!({"type": "ping"}));
    assert_eq!(server.kinds(1), ["pong", "joined", "pong"]);
}
