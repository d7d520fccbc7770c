//! The chat.

use super::*;

fn chat(text: &str, nonce: &str) -> Value {
    json!({"type": "chat", "text": text, "nonce": nonce})
}

#[test]
fn nobody_hears_of_a_message_before_it_is_stored_and_then_everybody_does() {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.say(1, chat("<b>月</b>", "n1"));
    assert_eq!((server.heard(1), server.heard(2)), (vec![], vec![]));

    server.store();
    let (mut own, other) = (server.heard(1).remove(0), server.heard(2).remove(0));
    assert_eq!(other["message"]["text"], "<b>月</b>");
    assert_eq!(other["message"]["memberId"], json!(a));
    assert_eq!(other["message"]["name"], "Aki");
    assert_eq!(other["nonce"], Value::Null, "the nonce is the author's business");
    assert_eq!(own["nonce"].take(), "n1");
    assert_eq!(own["message"], other["message"]);
}

#[test]
fn what_is_said_twice_under_one_nonce_has_one_id() {
    let mut server = Server::new();
    let (_, token) = server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.say(1, chat("hello", "n1"));
    server.disconnect(1);
    server.connect(3);
    server.say(3, rejoin("tsukimi", "Aki", &token, true));
    server.say(3, chat("hello", "n1"));
    server.say(3, chat("hello", "n2"));
    server.say(2, chat("hello", "n1"));
    let ids: Vec<&str> = server
        .to_store
        .iter()
        .map(|(_, message, _)| message.id.as_str())
        .collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2], "another nonce");
    assert_ne!(ids[1], ids[3], "another member");
}

#[test]
fn an_author_that_came_back_meanwhile_still_learns_that_its_message_is_stored() {
    let mut server = Server::new();
    let (_, token) = server.enter(1, "tsukimi", "Aki");
    server.say(1, chat("hello", "n1"));
    server.disconnect(1);
    server.connect(2);
    server.say(2, rejoin("tsukimi", "Aki", &token, true));
    server.heard(2);
    server.store();
    assert_eq!(server.heard(2)[0]["nonce"], "n1");
}

#[test]
fn what_was_said_before_leaving_is_still_heard_by_the_others() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.say(1, chat("bye", "n1"));
    server.say(1, json!({"type": "leave"}));
    server.store();
    assert_eq!(server.kinds(2), ["leave", "chat"]);
    assert_eq!(server.heard(1), [] as [Value; 0]);
}

#[test]
fn a_message_that_cannot_be_stored_is_refused_to_its_author_alone() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.say(1, chat("hello", "n1"));
    let (room, message, nonce) = server.to_store.remove(0);
    let member = message.member_id;
    server.input(Input::ChatRefused { room, member, nonce });
    let heard = server.heard(1).remove(0);
    assert_eq!(
        (&heard["code"], &heard["nonce"]),
        (&json!("notStored"), &json!("n1"))
    );
    assert_eq!(server.heard(2), [] as [Value; 0]);
}

#[test]
fn an_answer_of_the_store_for_a_room_that_is_empty_meanwhile_harms_nobody() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.say(1, chat("hello", "n1"));
    server.say(1, json!({"type": "leave"}));
    server.store();
    assert_eq!(server.heard(1), [] as [Value; 0]);
    assert_eq!(server.rooms.census().rooms, 0);
}

#[test]
fn a_name_changed_on_return_stands_under_later_messages() {
    let mut server = Server::new();
    let (_, token) = server.enter(1, "tsukimi", "Aki");
    server.connect(2);
    server.say(2, rejoin("tsukimi", "Akiko", &token, true));
    server.say(2, chat("hello", "n1"));
    assert_eq!(server.to_store[0].1.name.as_str(), "Akiko");
    assert_eq!(server.to_store[0].1.text, ChatText::new("hello").unwrap());
}
