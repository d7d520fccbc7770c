//! Hands and signs.

use super::*;

fn hand(raised: bool) -> Value {
    json!({"type": "hand", "raised": raised})
}

fn hands(raised: &[&String]) -> Value {
    json!({"type": "hands", "raised": raised})
}

/// Three people in a room: their sockets are 1, 2 and 3.
fn three() -> (Server, [String; 3]) {
    let mut server = Server::new();
    let ids =
        [(1, "Aki"), (2, "Bo"), (3, "Chie")].map(|(socket, name)| server.enter(socket, "tsukimi", name).0);
    (server, ids)
}

#[test]
fn hands_are_told_to_everyone_in_the_order_in_which_they_were_raised() {
    let (mut server, [a, b, _]) = three();
    server.say(2, hand(true));
    server.say(1, hand(true));
    for socket in 1..=3 {
        assert_eq!(
            server.heard(socket),
            [hands(&[&b]), hands(&[&b, &a])],
            "socket {socket}"
        );
    }
    server.say(2, hand(false));
    assert_eq!(server.heard(3), [hands(&[&a])]);
}

#[test]
fn raising_a_hand_twice_neither_tells_nor_moves_anything() {
    let (mut server, [a, b, _]) = three();
    server.say(1, hand(true));
    server.say(2, hand(true));
    server.heard(3);
    server.say(1, hand(true));
    server.say(3, hand(false));
    assert_eq!(server.heard(3), [] as [Value; 0]);
    server.connect(4);
    server.say(4, join("tsukimi", "Dai"));
    let heard = server.heard(4);
    assert_eq!(heard.last(), Some(&hands(&[&a, &b])), "a newcomer sees them");
}

#[test]
fn a_room_without_hands_says_nothing_of_them_to_a_newcomer() {
    let (mut server, _) = three();
    server.connect(4);
    server.say(4, join("tsukimi", "Dai"));
    assert_eq!(server.kinds(4), ["joined"]);
}

#[test]
fn who_leaves_takes_the_hand_down_and_who_is_away_keeps_it_up() {
    let (mut server, [a, b, _]) = three();
    server.say(1, hand(true));
    server.say(2, hand(true));
    server.disconnect(2);
    server.heard(3);
    server.say(1, json!({"type": "leave"}));
    assert_eq!(server.heard(3)[1], hands(&[&b]), "{a} is gone");
    server.advance(seconds(60));
    let heard = server.heard(3);
    assert_eq!(
        heard,
        [
            json!({"type": "leave", "member": b, "reason": "lost"}),
            hands(&[])
        ]
    );
}

#[test]
fn a_sign_is_stamped_with_its_author_and_shown_to_everyone() {
    let (mut server, [_, b, _]) = three();
    server.say(
        2,
        json!({"type": "react", "reaction": "clap", "from": "somebody else"}),
    );
    for socket in 1..=3 {
        assert_eq!(
            server.heard(socket),
            [json!({"type": "react", "from": b, "reaction": "clap"})]
        );
    }
}

#[test]
fn hands_and_signs_want_a_room() {
    let mut server = Server::new();
    server.connect(1);
    server.say(1, hand(true));
    server.say(1, json!({"type": "react", "reaction": "heart"}));
    assert_eq!(server.kinds(1), ["error:notInRoom", "error:notInRoom"]);
}

#[test]
fn nothing_but_the_signs_there_are_can_be_shown() {
    for reaction in [json!("<b>"), json!("👍"), json!(""), json!(1), Value::Null] {
        let said = json!({"type": "react", "reaction": reaction}).to_string();
        assert!(ClientMessage::from_json(&said).is_err(), "{said}");
    }
}
