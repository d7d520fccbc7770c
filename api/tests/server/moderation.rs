//! Hosts, and clients written by hand that try to get round them.

use crate::{
    client::{Client, join},
    world::World,
};
use serde_json::{Value, json};

impl Client {
    async fn moderate(&mut self, mut message: Value) {
        message["type"] = json!("moderate");
        self.say(message).await;
    }

    /// Asks to come in with what is given, and returns the answer: `joined`, `waiting`, or the error's code.
    async fn try_to_join(&mut self, room: &str, name: &str, with: Value) -> String {
        let mut message = join(room, name);
        for (key, value) in with.as_object().expect("an object") {
            message[key] = value.clone();
        }
        self.say(message).await;
        loop {
            let answer = self.hear().await;
            match answer["type"].as_str() {
                Some("joined") => {
                    self.id = answer["member"].as_str().expect("an id").to_owned();
                    self.token = answer["resume"].as_str().expect("a token").to_owned();
                    return "joined".to_owned();
                }
                Some("waiting") => return "waiting".to_owned(),
                Some("error") => return answer["code"].as_str().expect("a code").to_owned(),
                _ => {}
            }
        }
    }

    /// Waits until a change is known to everybody: the rules that come next fit.
    async fn rules(&mut self, fits: impl Fn(&Value) -> bool) {
        while !fits(&self.hear_a("rules").await) {}
    }
}

/// Opens a room, and returns its host and the host's token.
async fn host(world: &World, room: &str) -> (Client, String) {
    let mut host = world.connect().await;
    host.join(room, "Host").await;
    let token = host.hear_a("host").await["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    (host, token)
}

#[tokio::test]
async fn a_passcode_holds_over_a_restart_and_is_not_in_the_database_as_it_is() {
    let world = World::start().await;
    let (mut host, host_token) = host(&world, "tsukimi").await;
    host.moderate(json!({"action": "passcode", "passcode": "moonlight"}))
        .await;
    host.rules(|rules| rules["passcode"] == true).await;
    let mut eve = world.connect().await;
    assert_eq!(
        eve.try_to_join("tsukimi", "Eve", json!({})).await,
        "passcodeWanted"
    );
    let wrong = json!({"passcode": "sunlight"});
    assert_eq!(
        eve.try_to_join("tsukimi", "Eve", wrong.clone()).await,
        "passcodeWrong"
    );
    let right = json!({"passcode": "moonlight"});
    let mut bo = world.connect().await;
    assert_eq!(bo.try_to_join("tsukimi", "Bo", right.clone()).await, "joined");

    let world = world.restart().await;
    let mut eve = world.connect().await;
    assert_eq!(
        eve.try_to_join("tsukimi", "Eve", json!({})).await,
        "passcodeWanted"
    );
    assert_eq!(eve.try_to_join("tsukimi", "Eve", wrong).await, "passcodeWrong");
    assert_eq!(
        eve.try_to_join("tsukimi", "Eve", json!({"host": bo.token.split('.').next()}))
            .await,
        "passcodeWanted"
    );
    let mut again = world.connect().await;
    again.come_back("tsukimi", &bo, true).await;
    let mut returned = world.connect().await;
    assert_eq!(
        returned
            .try_to_join("tsukimi", "Host", json!({"host": host_token}))
            .await,
        "joined"
    );
    returned.moderate(json!({"action": "noPasscode"})).await;
    again.rules(|rules| rules["passcode"] == false).await;
    assert_eq!(eve.try_to_join("tsukimi", "Eve", json!({})).await, "joined");
    world.server.shutdown().await;
}

#[tokio::test]
async fn guesses_run_out_over_however_many_sockets() {
    let world = World::start().await;
    let (mut host, _) = host(&world, "tsukimi").await;
    host.moderate(json!({"action": "passcode", "passcode": "moonlight"}))
        .await;
    host.rules(|rules| rules["passcode"] == true).await;
    let mut codes = Vec::new();
    for guess in 0..7 {
        let mut eve = world.connect().await;
        let with = json!({"passcode": format!("guess-{guess}")});
        codes.push(eve.try_to_join("tsukimi", "Eve", with).await);
    }
    assert_eq!(codes[..5], ["passcodeWrong"; 5]);
    assert_eq!(codes[5..], ["tooManyTries"; 2]);
    world.server.shutdown().await;
}

#[tokio::test]
async fn who_is_removed_is_out_whatever_its_client_does() {
    let world = World::start().await;
    let (mut host, _) = host(&world, "tsukimi").await;
    let mut mallory = world.enter("tsukimi", "Mallory").await;
    let mut bo = world.enter("tsukimi", "Bo").await;
    host.moderate(json!({"action": "remove", "member": mallory.id}))
        .await;
    assert_eq!(mallory.hear_a("error").await["code"], "removed");
    // It goes on talking over the socket that is about to close.
    for message in [
        json!({"type": "chat", "text": "still here", "nonce": "n"}),
        json!({"type": "offer", "to": bo.id, "handshake": {"by": bo.id, "attempt": 1}, "sdp": "v=0"}),
        join("tsukimi", "Mallory"),
    ] {
        mallory.say(message).await;
    }
    assert_eq!(mallory.closed().await, Some(4003));
    assert_eq!(bo.hear_a("leave").await["reason"], "removed");
    // With its token, as the same and as a new page; then as somebody else.
    let token = mallory.token.clone();
    for keep in [true, false] {
        let mut again = world.connect().await;
        let with = json!({"resume": token, "keep": keep});
        assert_eq!(again.try_to_join("tsukimi", "Mallory", with).await, "removed");
    }
    let mut stranger = world.connect().await;
    assert_eq!(
        stranger.try_to_join("tsukimi", "Mallory", json!({})).await,
        "waiting"
    );
    let world_again = world.restart().await;
    let mut again = world_again.connect().await;
    let with = json!({"resume": token, "keep": true});
    assert_eq!(again.try_to_join("tsukimi", "Mallory", with).await, "removed");
    let path = "/api/rooms/tsukimi/messages";
    let answer = world_again
        .get(path, &format!("Authorization: Bearer {token}\r\n"))
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(world_again.get(path, "").await.status, 401);
    world_again.server.shutdown().await;
}

#[tokio::test]
async fn who_waits_hears_and_tells_nothing_until_it_is_let_in() {
    let world = World::start().await;
    let (mut host, _) = host(&world, "tsukimi").await;
    let mut bo = world.enter("tsukimi", "Bo").await;
    bo.hear_a("history").await;
    host.moderate(json!({"action": "wait"})).await;
    bo.rules(|rules| rules["waiting"] == true).await;
    let mut mallory = world.connect().await;
    assert_eq!(
        mallory.try_to_join("tsukimi", "Mallory", json!({})).await,
        "waiting"
    );
    let knock = loop {
        let knocks = host.hear_a("knocks").await;
        if let Some(knock) = knocks["people"].as_array().and_then(|people| people.first()) {
            break knock.clone();
        }
    };
    assert_eq!(knock["name"], "Mallory");
    for message in [
        json!({"type": "chat", "text": "let me in", "nonce": "n"}),
        json!({"type": "offer", "to": bo.id, "handshake": {"by": bo.id, "attempt": 1}, "sdp": "v=0"}),
        json!({"type": "moderate", "action": "admit", "member": knock["id"]}),
    ] {
        mallory.say(message).await;
        assert_eq!(mallory.hear_a("error").await["code"], "notInRoom");
    }
    let info = world.get("/api/rooms/tsukimi", "").await.json();
    assert_eq!((&info["members"], &info["guarded"]), (&json!([]), &json!(true)));
    // What Bo hears next is the chat that the host says now: nothing of Mallory came through.
    host.say(json!({"type": "chat", "text": "a secret", "nonce": "n"}))
        .await;
    assert_eq!(bo.hear().await["message"]["text"], "a secret");
    host.moderate(json!({"action": "admit", "member": knock["id"]}))
        .await;
    let joined = mallory.hear().await;
    assert_eq!(
        (&joined["type"], &joined["member"]),
        (&json!("joined"), &knock["id"])
    );
    assert_eq!(bo.hear().await["member"]["id"], knock["id"]);
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_locked_room_stays_locked_over_a_restart_and_lets_its_members_back() {
    let world = World::start().await;
    let (mut host, host_token) = host(&world, "tsukimi").await;
    let mut bo = world.enter("tsukimi", "Bo").await;
    host.moderate(json!({"action": "lock"})).await;
    bo.rules(|rules| rules["locked"] == true).await;
    let world = world.restart().await;
    let mut eve = world.connect().await;
    for with in [
        json!({}),
        json!({"resume": "nonsense", "keep": true}),
        json!({"host": "nonsense"}),
    ] {
        assert_eq!(eve.try_to_join("tsukimi", "Eve", with).await, "locked");
    }
    let mut again = world.connect().await;
    again.come_back("tsukimi", &bo, true).await;
    let mut returned = world.connect().await;
    assert_eq!(
        returned
            .try_to_join("tsukimi", "Host", json!({"host": host_token}))
            .await,
        "joined"
    );
    returned.moderate(json!({"action": "unlock"})).await;
    again.rules(|rules| rules["locked"] == false).await;
    assert_eq!(eve.try_to_join("tsukimi", "Eve", json!({})).await, "joined");
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_call_that_is_ended_is_over_for_everybody() {
    let world = World::start().await;
    let (mut host, host_token) = host(&world, "tsukimi").await;
    let mut bo = world.enter("tsukimi", "Bo").await;
    let mut mallory = world.enter("tsukimi", "Mallory").await;
    mallory.moderate(json!({"action": "end"})).await;
    assert_eq!(mallory.hear_a("error").await["code"], "notHost");
    host.moderate(json!({"action": "end"})).await;
    for client in [&mut host, &mut bo, &mut mallory] {
        assert_eq!(client.hear_a("error").await["code"], "ended");
        assert_eq!(client.closed().await, Some(4004));
    }
    let world = world.restart().await;
    let mut again = world.connect().await;
    for with in [
        json!({}),
        json!({"resume": bo.token, "keep": true}),
        json!({"resume": bo.token}),
    ] {
        assert_eq!(again.try_to_join("tsukimi", "Bo", with).await, "ended");
    }
    let mut returned = world.connect().await;
    assert_eq!(
        returned
            .try_to_join("tsukimi", "Host", json!({"host": host_token}))
            .await,
        "joined"
    );
    assert_eq!(again.try_to_join("tsukimi", "Bo", json!({})).await, "joined");
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_chat_that_is_not_to_be_kept_is_not_kept() {
    let world = World::start().await;
    let (mut host, _) = host(&world, "tsukimi").await;
    let mut bo = world.enter("tsukimi", "Bo").await;
    let chat = |text: &str| json!({"type": "chat", "text": text, "nonce": text});
    host.say(chat("kept")).await;
    assert_eq!(bo.hear_a("chat").await["message"]["text"], "kept");
    host.moderate(json!({"action": "historyNone"})).await;
    bo.rules(|rules| rules["history"] == "none").await;
    for text in ["not-kept", "nor-this"] {
        host.say(chat(text)).await;
        assert_eq!(bo.hear_a("chat").await["message"]["text"], text);
    }
    let mut late = world.enter("tsukimi", "Late").await;
    assert_eq!(late.hear_a("history").await["messages"], json!([]));
    host.moderate(json!({"action": "historyAll"})).await;
    late.rules(|rules| rules["history"] == "all").await;
    let mut later = world.enter("tsukimi", "Later").await;
    let history = later.hear_a("history").await;
    let texts: Vec<_> = history["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|said| &said["text"])
        .collect();
    assert_eq!(texts, ["kept"]);
    world.server.shutdown().await;
}

#[tokio::test]
async fn newcomers_read_what_was_said_since_they_came_also_after_a_reload() {
    let world = World::start().await;
    let (mut host, _) = host(&world, "tsukimi").await;
    let chat = |text: &str| json!({"type": "chat", "text": text, "nonce": text});
    host.say(chat("before")).await;
    host.hear_a("chat").await;
    host.moderate(json!({"action": "historyJoined"})).await;
    host.rules(|rules| rules["history"] == "joined").await;
    let mut bo = world.enter("tsukimi", "Bo").await;
    assert_eq!(bo.hear_a("history").await["messages"], json!([]));
    host.say(chat("after")).await;
    bo.hear_a("chat").await;
    let mut again = world.connect().await;
    again.come_back("tsukimi", &bo, false).await;
    let history = again.hear_a("history").await;
    assert_eq!(history["messages"].as_array().map(Vec::len), Some(1), "{history}");
    assert_eq!(history["messages"][0]["text"], "after");
    let path = "/api/rooms/tsukimi/messages";
    assert_eq!(world.get(path, "").await.status, 401);
    let page = world
        .get(path, &format!("Authorization: Bearer {}\r\n", again.token))
        .await
        .json();
    assert_eq!(page["messages"], history["messages"]);
    world.server.shutdown().await;
}
