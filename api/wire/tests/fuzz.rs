//! Whatever comes over a socket is refused or understood, never a panic; and what is understood means the same wherever it is
//! passed on to.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value, json};
use wire::{ClientMessage, ServerMessage};

/// Messages as they should be, to be spoilt.
fn good() -> Vec<Value> {
    let media = json!({"audio": true, "video": false, "screen": true, "recording": true});
    let handshake = json!({"by": "a", "attempt": 7});
    let member = json!({"id": "m", "name": "月", "media": media, "away": true});
    let chat = json!({"id": "c", "memberId": "m", "name": "月", "text": "a\nb", "sentAt": 1});
    vec![
        json!({"type": "peek", "room": "tsukimi"}),
        json!({"type": "join", "room": "月見", "name": "Aki", "media": media, "resume": "a.b", "keep": true,
               "passcode": "moonlight", "host": "h", "order": 3}),
        json!({"type": "accept", "to": "b", "handshake": handshake, "keep": true, "restart": handshake}),
        json!({"type": "accept", "from": "b", "handshake": handshake}),
        json!({"type": "offer", "to": "b", "handshake": handshake, "sdp": "v=0\r\n", "restart": true}),
        json!({"type": "offer", "from": "b", "handshake": handshake, "sdp": ""}),
        json!({"type": "answer", "to": "b", "from": "c", "handshake": handshake, "sdp": "v=0"}),
        json!({"type": "candidate", "to": "b", "from": "c", "handshake": handshake,
               "candidate": {"candidate": "a", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"}}),
        json!({"type": "missing", "to": "b", "from": "c", "missing": {"picture": true, "sound": false}}),
        json!({"type": "want", "to": "b", "from": "c", "want": {"camera": 180, "screen": 0}}),
        json!({"type": "media", "media": media, "order": 4, "member": "m"}),
        json!({"type": "hand", "raised": true}),
        json!({"type": "hands", "raised": ["a", "b"]}),
        json!({"type": "react", "reaction": "party", "from": "m"}),
        json!({"type": "chat", "text": "hello", "nonce": "n1"}),
        json!({"type": "chat", "message": chat, "nonce": "n1"}),
        json!({"type": "moderate", "action": "passcode", "member": "m", "passcode": "moonlight"}),
        json!({"type": "report", "version": 1, "platform": "web", "firstFrame": 850, "connected": 1,
               "failed": {"handshake": 0, "noCandidates": 0, "ice": 1, "disconnected": 0}, "restarts": 1, "freezes": 2,
               "frozen": 300, "lasted": 60_000, "relayed": false}),
        json!({"type": "leave", "member": "m", "reason": "removed"}),
        json!({"type": "ping"}),
        json!({"type": "pong"}),
        json!({"type": "hello", "version": "1", "reports": true,
               "iceServers": [{"urls": ["turn:a"], "username": "u", "credential": "c"}]}),
        json!({"type": "peek", "id": "a", "members": ["月"], "capacity": 16, "guarded": true}),
        json!({"type": "joined", "room": "a", "member": "m", "resume": "t", "resumed": true, "members": [member]}),
        json!({"type": "history", "messages": [chat], "more": true}),
        json!({"type": "join", "member": member}),
        json!({"type": "away", "member": "m"}),
        json!({"type": "error", "code": "tooFast", "message": "no", "nonce": "n"}),
        json!({"type": "waiting", "room": "a"}),
        json!({"type": "rules", "locked": true, "waiting": false, "passcode": true, "history": "joined", "hosts": ["m"]}),
        json!({"type": "knocks", "people": [member]}),
        json!({"type": "order", "order": 1, "media": media}),
        json!({"type": "host", "token": "h"}),
    ]
}

/// Any value, mostly of what messages are made of.
fn value() -> impl Strategy<Value = Value> {
    let keys = "[a-z]{1,6}|type|to|from|by|room|name|media|id|handshake|text";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,50}".prop_map(Value::from),
        "[a-zA-Z0-9_.-]{0,250}".prop_map(Value::from),
        select(vec![
            "all", "heart", "end", "removed", "tooFast", "__a__", "\u{202e}", " \t"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(keys, inner, 0..6)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A good message some of whose parts are something else, gone, or more.
fn spoilt() -> impl Strategy<Value = Value> {
    let change = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        value(),
        0..4_u8,
    );
    (select(good()), prop::collection::vec(change, 0..4)).prop_map(|(mut message, changes)| {
        for (at, below, value, how) in changes {
            let Some(fields) = message.as_object_mut().filter(|fields| !fields.is_empty()) else {
                break;
            };
            let key = fields.keys().nth(at.index(fields.len())).expect("a key").clone();
            match (how, fields.get_mut(&key)) {
                (0, _) => {
                    fields.remove(&key);
                }
                (1, Some(Value::Object(inner))) if !inner.is_empty() => {
                    let inner_key = inner.keys().nth(below.index(inner.len())).expect("a key").clone();
                    inner.insert(inner_key, value);
                }
                (2, _) => {
                    fields.insert("more".to_owned(), value);
                }
                _ => {
                    fields.insert(key, value);
                }
            }
        }
        message
    })
}

/// What is understood is written so that it is understood alike, by both readers, and written alike again.
macro_rules! passes_through {
    ($message:ty, $text:expr) => {
        let text: &str = $text;
        let by_value = serde_json::from_str::<$message>(text);
        match <$message>::from_json(text) {
            Ok(message) => {
                let written = serde_json::to_string(&message).expect("it can be written");
                let again = <$message>::from_json(&written).expect("what was written can be read");
                prop_assert_eq!(&again, &message, "{}", written);
                prop_assert_eq!(serde_json::to_string(&again).expect("it can be written"), written);
                prop_assert_eq!(by_value.expect("the other reader takes it too"), message);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    };
}

#[test]
fn the_good_ones_are_good() {
    let understood = |message: &Value| {
        let text = message.to_string();
        ClientMessage::from_json(&text).is_ok() || ServerMessage::from_json(&text).is_ok()
    };
    for message in good() {
        assert!(understood(&message), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn spoilt_messages_are_refused_or_pass_through(message in spoilt()) {
        let text = message.to_string();
        passes_through!(ClientMessage, &text);
        passes_through!(ServerMessage, &text);
    }

    #[test]
    fn any_json_is_refused_or_passes_through(value in value()) {
        let text = value.to_string();
        passes_through!(ClientMessage, &text);
        passes_through!(ServerMessage, &text);
    }

    #[test]
    fn any_text_is_refused_or_passes_through(
        message in select(good()),
        at in any::<prop::sample::Index>(),
        length in 0..4_usize,
        put in "[{}\\[\\]\",:0-9a-z\\\\u\u{0}]{0,4}|.{0,4}",
    ) {
        let mut text = message.to_string();
        let from = text.char_indices().map(|(place, _)| place).nth(at.index(text.chars().count())).unwrap_or(0);
        let to = text[from..].char_indices().map(|(place, _)| from + place).nth(length).unwrap_or(text.len());
        text.replace_range(from..to, &put);
        passes_through!(ClientMessage, &text);
        passes_through!(ServerMessage, &text);
    }
}
