//! What a host can do, and nobody else.

use super::*;

/// A room of three: the host at socket 1, members at 2 and 3. Returns their ids and the tokens of the members.
fn three() -> (Server, [String; 3], [String; 2]) {
    let mut server = Server::new();
    let (a, _) = server.enter(1, "tsukimi", "Aki");
    let (b, token_b) = server.enter(2, "tsukimi", "Bo");
    let (c, token_c) = server.enter(3, "tsukimi", "Chiyo");
    (server, [a, b, c], [token_b, token_c])
}

fn media(audio: bool, screen: bool, order: u32) -> Value {
    json!({"type": "media", "media": {"audio": audio, "video": true, "screen": screen}, "order": order})
}

#[test]
fn who_comes_first_is_host_and_nobody_else_is() {
    let mut server = Server::new();
    server.connect(1);
    server.say(1, join("tsukimi", "Aki"));
    let asides = server.asides(1);
    assert_eq!(asides[0]["type"], "host");
    assert_eq!(asides[1]["hosts"], json!(["m1"]));
    server.connect(2);
    server.say(2, join("tsukimi", "Bo"));
    let asides = server.asides(2);
    assert_eq!((asides.len(), &asides[0]["hosts"]), (1, &json!(["m1"])));
    let room = "tsukimi".parse().unwrap();
    let token = server.host_token(1);
    assert!(
        !format!("{:?}", server.stored[&room].host).contains(&token),
        "the store has no token"
    );
}

#[test]
fn nobody_but_the_host_moderates_whatever_it_shows() {
    let (mut server, [a, b, _], [token_b, _]) = three();
    let before = server.stored.clone();
    for action in [
        "admit",
        "deny",
        "mute",
        "stopShare",
        "remove",
        "passOn",
        "end",
        "lock",
        "unlock",
        "wait",
        "noWait",
        "passcode",
        "noPasscode",
        "historyAll",
        "historyJoined",
        "historyNone",
    ] {
        for member in [Some(&a), Some(&b), None] {
            let message = json!({"type": "moderate", "action": action, "member": member, "passcode": "moonlight",
                "host": true, "from": a});
            server.say(2, message);
            assert_eq!(server.kinds(2), ["error:notHost"], "{action}");
        }
    }
    assert!(server.heard(1).is_empty() && server.heard(3).is_empty());
    for token in ["hAAAA", "h", token_b.split('.').next().unwrap()] {
        server.connect(9);
        let mut message = join("tsukimi", "Eve");
        message["host"] = token.into();
        server.say(9, message);
        server.heard(9);
        server.say(9, json!({"type": "moderate", "action": "end"}));
        assert_eq!(server.kinds(9), ["error:notHost"]);
        server.say(9, json!({"type": "leave"}));
        server.disconnect(9);
    }
    assert_eq!(server.stored, before);
    server.connect(8);
    server.say(8, json!({"type": "moderate", "action": "end"}));
    assert_eq!(server.kinds(8), ["error:notInRoom"]);
}

#[test]
fn the_host_of_one_room_is_nobody_in_another() {
    let (mut server, ..) = three();
    let token = server.host_token(1);
    server.enter(5, "other", "Dai");
    server.connect(6);
    let mut message = join("other", "Aki");
    message["host"] = token.into();
    server.say(6, message);
    server.heard(6);
    server.say(6, json!({"type": "moderate", "action": "end"}));
    assert_eq!(server.kinds(6), ["error:notHost"]);
}

#[test]
fn a_host_is_known_again_after_a_reload_and_after_a_crash() {
    let (mut server, ..) = three();
    let token = server.host_token(1);
    server.disconnect(1);
    let mut message = join("tsukimi", "Aki");
    message["host"] = token.clone().into();
    server.connect(4);
    server.say(4, message.clone());
    server.heard(4);
    server.moderate(4, json!({"action": "mute"}));
    let mut server = server.restarted();
    server.enter(2, "tsukimi", "Eve");
    server.say(2, json!({"type": "moderate", "action": "lock"}));
    assert_eq!(
        server.kinds(2),
        ["error:notHost"],
        "to come first after a crash is not to make the room"
    );
    server.connect(4);
    server.say(4, message);
    server.heard(4);
    server.moderate(4, json!({"action": "lock"}));
}

#[test]
fn what_is_muted_stays_muted_whatever_was_said_before() {
    let (mut server, [_, b, _], _) = three();
    server.moderate(1, json!({"action": "mute", "member": b}));
    let muted = json!({"audio": false, "video": true});
    assert_eq!(
        server.heard(2),
        [json!({"type": "order", "order": 1, "media": muted})]
    );
    assert_eq!(
        server.heard(3),
        [json!({"type": "media", "member": b, "media": muted})]
    );
    assert_eq!(
        server.heard(1),
        [json!({"type": "media", "member": b, "media": muted})]
    );
    // On its way when the order came.
    server.say(2, media(true, true, 0));
    assert_eq!(
        server.heard(3)[0]["media"],
        json!({"audio": false, "video": true, "screen": true})
    );
    // What somebody who comes now is told.
    server.connect(4);
    server.say(4, join("tsukimi", "Dai"));
    let joined = server.heard(4).remove(0);
    assert_eq!(joined["members"][1]["media"]["audio"], false);
    // The person itself may speak again.
    server.heard(3);
    server.say(2, media(true, true, 1));
    assert_eq!(server.heard(3)[0]["media"]["audio"], true);
}

#[test]
fn an_order_is_not_lost_with_the_socket() {
    let (mut server, [_, b, _], [token, _]) = three();
    server.disconnect(2);
    server.heard(3);
    server.moderate(1, json!({"action": "mute", "member": b}));
    assert_eq!(server.heard(3)[0]["media"]["audio"], false);
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, true));
    let heard = server.heard(4);
    assert_eq!(
        (&heard[1]["type"], &heard[1]["order"]),
        (&json!("order"), &json!(1))
    );
    assert_eq!(server.heard(3)[0]["member"]["media"]["audio"], false);
}

#[test]
fn a_share_that_is_stopped_may_begin_anew_but_not_by_what_was_said_before() {
    let (mut server, [_, b, _], _) = three();
    server.say(2, media(true, true, 0));
    server.heard(3);
    server.moderate(1, json!({"action": "mute", "member": b}));
    server.moderate(1, json!({"action": "stopShare", "member": b}));
    assert_eq!(server.kinds(2), ["order", "order"]);
    server.heard(3);
    server.say(2, media(true, true, 1));
    assert_eq!(
        server.heard(3)[0]["media"],
        json!({"audio": true, "video": true}),
        "it has heard of the first only"
    );
    server.say(2, media(true, true, 2));
    assert_eq!(server.heard(3)[0]["media"]["screen"], true);
}

#[test]
fn everybody_else_is_muted_at_once() {
    let (mut server, [_, b, c], _) = three();
    server.moderate(1, json!({"action": "mute"}));
    let heard = server.heard(1);
    assert_eq!(
        heard.iter().map(|media| &media["member"]).collect::<Vec<_>>(),
        [&json!(b), &json!(c)]
    );
    assert_eq!(server.kinds(2), ["order", "media"]);
    assert_eq!(server.kinds(3), ["media", "order"]);
}

#[test]
fn who_is_removed_is_gone_at_once_and_its_tokens_open_nothing() {
    let (mut server, [_, b, _], [token, _]) = three();
    server.moderate(1, json!({"action": "remove", "member": b}));
    assert_eq!(server.kinds(2), ["error:removed"]);
    assert_eq!(server.closed.get(&SocketId(2)), Some(&close::REMOVED));
    assert_eq!(
        server.heard(3),
        [json!({"type": "leave", "member": b, "reason": "removed"})]
    );
    server.say(2, json!({"type": "chat", "text": "still here", "nonce": "n"}));
    server.disconnect(2);
    assert!(server.to_store.is_empty() && server.heard(3).is_empty());
    for keep in [true, false] {
        server.connect(4);
        server.say(4, rejoin("tsukimi", "Bo", &token, keep));
        assert_eq!(server.kinds(4), ["error:removed"]);
        server.disconnect(4);
    }
    // As somebody new it has to wait, and the host decides.
    server.connect(5);
    server.say(5, join("tsukimi", "Not Bo"));
    assert_eq!(server.kinds(5), ["waiting"]);
    let mut server = server.restarted();
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(4), ["error:removed"], "the crash opened no door");
    server.connect(5);
    server.say(5, join("tsukimi", "Not Bo"));
    assert_eq!(server.kinds(5), ["waiting"]);
}

#[test]
fn every_token_of_who_is_removed_is_void_also_those_of_earlier_pages() {
    let (mut server, _, [first, other]) = three();
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &first, false));
    let joined = server.heard(4).remove(0);
    let (member, second) = (
        joined["member"].clone(),
        joined["resume"].as_str().unwrap().to_owned(),
    );
    server.moderate(1, json!({"action": "remove", "member": member}));
    for token in [first, second] {
        server.connect(5);
        server.say(5, rejoin("tsukimi", "Bo", &token, false));
        assert_eq!(server.kinds(5), ["error:removed"]);
        server.disconnect(5);
    }
    server.disconnect(3);
    server.connect(6);
    server.say(6, rejoin("tsukimi", "Chiyo", &other, true));
    assert_eq!(server.kinds(6), ["joined"], "others are not concerned");
}

#[test]
fn who_is_away_can_be_removed_too() {
    let (mut server, [_, b, _], [token, _]) = three();
    server.disconnect(2);
    server.heard(3);
    server.moderate(1, json!({"action": "remove", "member": b}));
    assert_eq!(server.kinds(3), ["leave"]);
    server.advance(seconds(60));
    assert!(server.heard(3).is_empty());
    server.connect(4);
    server.say(4, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(4), ["error:removed"]);
}

#[test]
fn a_host_does_not_remove_itself_nor_whom_there_is_not() {
    let (mut server, [a, ..], _) = three();
    for (message, code) in [
        (json!({"action": "remove", "member": a}), "error:unknownMember"),
        (json!({"action": "passOn", "member": a}), "error:unknownMember"),
        (
            json!({"action": "remove", "member": "nobody"}),
            "error:unknownMember",
        ),
        (
            json!({"action": "mute", "member": "nobody"}),
            "error:unknownMember",
        ),
        (
            json!({"action": "deny", "member": "nobody"}),
            "error:unknownMember",
        ),
        (json!({"action": "admit", "member": "nobody"}), "error:notDone"),
        (json!({"action": "remove"}), "error:badMessage"),
        (json!({"action": "passcode"}), "error:badMessage"),
    ] {
        let mut message = message;
        message["type"] = "moderate".into();
        server.say(1, message);
        assert_eq!(server.kinds(1), [code]);
    }
}

#[test]
fn a_host_passes_the_room_on_and_is_host_no_longer() {
    let (mut server, [_, b, _], _) = three();
    let old = server.host_token(1);
    server.moderate(1, json!({"action": "passOn", "member": b}));
    let new = server.host_token(2);
    assert_ne!(old, new);
    assert_eq!(server.asides(3).pop().unwrap()["hosts"], json!([b]));
    server.say(1, json!({"type": "moderate", "action": "lock"}));
    assert_eq!(server.kinds(1), ["error:notHost"]);
    server.moderate(2, json!({"action": "lock"}));
    // Nor with what it has kept, here or after a crash.
    let mut server = server.restarted();
    server.connect(1);
    let mut message = join("tsukimi", "Aki");
    message["host"] = old.into();
    server.say(1, message.clone());
    assert_eq!(server.kinds(1), ["error:locked"]);
    message["host"] = new.into();
    server.say(1, message);
    assert_eq!(server.kinds(1), ["joined"]);
}

#[test]
fn a_room_is_not_passed_on_to_somebody_who_cannot_hear_of_it() {
    let (mut server, [_, b, _], _) = three();
    server.disconnect(2);
    server.heard(1);
    server.say(1, json!({"type": "moderate", "action": "passOn", "member": b}));
    assert_eq!(server.kinds(1), ["error:notDone"]);
    server.moderate(1, json!({"action": "lock"}));
}

#[test]
fn when_the_call_is_ended_everybody_is_out_and_only_the_host_opens_the_room_again() {
    let (mut server, _, [token, _]) = three();
    let host = server.host_token(1);
    server.moderate(1, json!({"action": "wait"}));
    server.connect(4);
    server.say(4, join("tsukimi", "Dai"));
    server.heard(4);
    server.disconnect(3);
    for socket in 1..=4 {
        server.heard(socket);
    }
    server.say(1, json!({"type": "moderate", "action": "end"}));
    for socket in [1, 2, 4] {
        assert_eq!(server.kinds(socket), ["error:ended"]);
        assert_eq!(server.closed.get(&SocketId(socket)), Some(&close::ENDED));
        server.disconnect(socket);
    }
    assert_eq!(server.rooms.census().members, 0);
    assert_eq!(server.rooms.poll_timeout(), None);
    let mut server = server.restarted();
    for message in [
        join("tsukimi", "Dai"),
        rejoin("tsukimi", "Bo", &token, true),
        rejoin("tsukimi", "Bo", &token, false),
    ] {
        server.connect(5);
        server.say(5, message);
        assert_eq!(server.kinds(5), ["error:ended"]);
        server.disconnect(5);
    }
    server.advance(seconds(1));
    server.connect(6);
    let mut message = join("tsukimi", "Aki");
    message["host"] = host.into();
    server.say(6, message);
    assert_eq!(server.kinds(6), ["joined"]);
    // It is open again under the same rules; tokens of the call that was ended are still no pass.
    server.connect(7);
    server.say(7, rejoin("tsukimi", "Bo", &token, true));
    assert_eq!(server.kinds(7), ["waiting"]);
}

#[test]
fn a_change_that_cannot_be_stored_holds_and_the_host_is_told() {
    let (mut server, ..) = three();
    server.away = true;
    server.say(1, json!({"type": "moderate", "action": "lock"}));
    server.say(1, json!({"type": "moderate", "action": "wait"}));
    assert_eq!(server.saving.len(), 1, "one at a time");
    let room = server.saving.remove(0);
    let outcome = Saved::Failed;
    server.input(Input::RulesSaved { room, outcome });
    assert_eq!(server.kinds(1), ["error:notDone"]);
    server.connect(9);
    server.say(9, join("tsukimi", "Eve"));
    assert_eq!(server.kinds(9), ["error:locked"]);
}

#[test]
fn a_room_is_kept_until_the_store_knows_its_rules() {
    let (mut server, ..) = three();
    server.away = true;
    server.say(1, json!({"type": "moderate", "action": "lock"}));
    for socket in 1..=3 {
        server.say(socket, json!({"type": "leave"}));
    }
    server.connect(9);
    server.say(9, join("tsukimi", "Eve"));
    assert_eq!(
        server.kinds(9),
        ["error:locked"],
        "what the store has is out of date"
    );
    let room = server.saving.remove(0);
    let outcome = Saved::Stored;
    server.input(Input::RulesSaved { room, outcome });
    assert!(server.rooms.rooms.is_empty());
}

#[test]
fn rules_that_another_server_has_stored_win() {
    let (mut server, ..) = three();
    server.away = true;
    server.say(1, json!({"type": "moderate", "action": "historyNone"}));
    let theirs = Rules {
        version: 99,
        locked: true,
        host: server
            .rooms
            .rules(&"tsukimi".parse().unwrap())
            .unwrap()
            .host
            .clone(),
        ..Rules::default()
    };
    let room = server.saving.remove(0);
    let outcome = Saved::Overtaken(Box::new(theirs));
    server.input(Input::RulesSaved { room, outcome });
    let rules = server.asides(3).pop().unwrap();
    assert_eq!(
        (&rules["locked"], &rules["history"]),
        (&json!(true), &json!("all"))
    );
    assert_eq!(server.kinds(1), ["error:notDone"]);
}

#[test]
fn what_one_is_given_of_the_past_follows_the_room_s_rules() {
    let (mut server, _, [token, _]) = three();
    let millis = |now: Duration| u64::try_from(now.as_millis()).unwrap();
    let (came, again) = (millis(server.now), rejoin("tsukimi", "Bo", &token, false));
    server.advance(seconds(100));
    for (action, new, old) in [
        ("historyJoined", Some(millis(server.now)), Some(came)),
        ("historyNone", None, None),
        ("historyAll", Some(0), Some(0)),
    ] {
        server.moderate(1, json!({"action": action}));
        server.enter(7, "tsukimi", "Dai");
        assert_eq!(server.opened.pop().unwrap().2, new, "{action}");
        server.say(7, json!({"type": "chat", "text": "hello", "nonce": action}));
        assert_eq!(server.kept.pop(), Some(action != "historyNone"));
        server.say(7, json!({"type": "leave"}));
        server.disconnect(7);
        server.connect(8);
        server.say(8, again.clone());
        assert_eq!(
            server.opened.pop().unwrap().2,
            old,
            "a reload is no new coming: {action}"
        );
        server.disconnect(8);
    }
}

#[test]
fn a_host_cannot_keep_the_server_busy_with_passcodes() {
    let (mut server, ..) = three();
    for n in 0..8 {
        let passcode = format!("moonlight-{n}");
        server.say(
            1,
            json!({"type": "moderate", "action": "passcode", "passcode": passcode}),
        );
    }
    assert_eq!(server.kinds(1), ["error:notDone"; 3]);
    let room = "tsukimi".parse().unwrap();
    let hash = server.stored[&room].passcode.as_deref();
    assert_eq!(hash, Some("hash of moonlight-4"));
}
