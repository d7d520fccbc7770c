//! What people of these tests do at a door and behind it.

use crate::{
    client::{Client, join},
    world::World,
};
use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// Opens a room, and returns its host and the host's token.
pub async fn host(world: &World, room: &str) -> (Client, String) {
    let mut host = world.connect().await;
    host.join(room, "Host").await;
    let token = host.hear_a("host").await["token"].as_str().map(str::to_owned);
    host.hear_a("history").await;
    host.is_served().await;
    (host, token.expect("a token"))
}

impl Client {
    /// Asks to come in with what is given, and returns the answer: `joined`, `waiting`, or the error's code.
    pub async fn knock(&mut self, room: &str, with: &Value) -> anyhow::Result<String> {
        let mut message = join(room, "Mallory");
        for (key, value) in with.as_object().context("an object")? {
            message[key] = value.clone();
        }
        self.say(message).await;
        loop {
            let answer = self.hear().await;
            let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
            match answer["type"].as_str() {
                Some("joined") => {
                    self.id = text(&answer["member"])?;
                    self.token = text(&answer["resume"])?;
                    return Ok("joined".to_owned());
                }
                Some("waiting") => return Ok("waiting".to_owned()),
                Some("error") => return text(&answer["code"]),
                _ => {}
            }
        }
    }

    /// Does something as host, and waits until everybody is told of rules that fit.
    pub async fn order(&mut self, mut order: Value, fits: impl Fn(&Value) -> bool) {
        order["type"] = json!("moderate");
        self.say(order).await;
        while !fits(&self.hear_a("rules").await) {}
    }

    /// Says something, and returns the code of the error that must come next.
    pub async fn refusal(&mut self, message: Value) -> anyhow::Result<String> {
        self.say(message).await;
        let answer = self.hear().await;
        ensure!(answer["type"] == "error", "{answer} is no refusal");
        answer["code"].as_str().map(str::to_owned).context("a code")
    }

    /// Looks that nothing has come but the answer to a question that is asked now.
    pub async fn has_heard_nothing(&mut self) -> anyhow::Result<()> {
        self.say(json!({"type": "ping"})).await;
        let answer = self.hear().await;
        ensure!(answer == json!({"type": "pong"}), "somebody heard {answer}");
        Ok(())
    }
}

/// Fails unless the two are equal.
pub fn is(found: &str, expected: &str) -> anyhow::Result<()> {
    ensure!(found == expected, "{found} instead of {expected}");
    Ok(())
}
