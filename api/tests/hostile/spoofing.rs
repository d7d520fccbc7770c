//! Members who say that they are somebody else, in every message in which they could try.

use crate::{client::Client, people::is, raw, stage::Stage, world::World};
use anyhow::ensure;
use serde_json::{Value, json};

/// Every field that might be believed. `HOST` is somebody else, who is host.
const LIES: &[(&str, &str)] = &[
    ("from", "HOST"),
    ("member", "HOST"),
    ("memberId", "HOST"),
    ("member_id", "HOST"),
    ("sender", "HOST"),
    ("id", "HOST"),
    ("lineage", "HOST"),
    ("author", "HOST"),
    ("at", "1"),
    ("sentAt", "1"),
    ("came", "1"),
    ("hosts", "HOST"),
    ("__proto__", "HOST"),
];

/// What the attacker says to the victim, and the field in which the server must say who it was.
const MESSAGES: &[(&str, &str)] = &[
    (
        r#"{"type":"accept","to":"VICTIM","handshake":{"by":"ME","attempt":1}}"#,
        "from",
    ),
    (
        r#"{"type":"accept","to":"VICTIM","handshake":{"by":"HOST","attempt":1},"keep":true}"#,
        "from",
    ),
    (
        r#"{"type":"offer","to":"VICTIM","handshake":{"by":"VICTIM","attempt":1},"sdp":"v=0"}"#,
        "from",
    ),
    (
        r#"{"type":"offer","to":"VICTIM","handshake":{"by":"HOST","attempt":4294967295},"sdp":"v=0"}"#,
        "from",
    ),
    (
        r#"{"type":"answer","to":"VICTIM","handshake":{"by":"HOST","attempt":0},"sdp":"v=0"}"#,
        "from",
    ),
    (
        r#"{"type":"candidate","to":"VICTIM","handshake":{"by":"HOST","attempt":1},"candidate":{"candidate":""}}"#,
        "from",
    ),
    (
        r#"{"type":"missing","to":"VICTIM","missing":{"picture":true,"sound":true}}"#,
        "from",
    ),
    (
        r#"{"type":"want","to":"VICTIM","want":{"camera":0,"screen":0}}"#,
        "from",
    ),
];

/// What the attacker says to all, and the field.
const TO_ALL: &[(&str, &str)] = &[
    (
        r#"{"type":"media","media":{"audio":false,"video":false,"recording":true}}"#,
        "member",
    ),
    (r#"{"type":"react","reaction":"heart"}"#, "from"),
];

/// What must be refused as it is.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "two receivers",
        r#"{"type":"missing","to":"VICTIM","to":"HOST","missing":{"picture":true,"sound":true}}"#,
        "badMessage",
    ),
    ("two types", r#"{"type":"ping","type":"leave"}"#, "badMessage"),
    (
        "a type that is escaped twice",
        r#"{"type":"ping","\u0074ype":"leave"}"#,
        "badMessage",
    ),
    (
        "many receivers",
        r#"{"type":"missing","to":["VICTIM","HOST"],"missing":{"picture":true,"sound":true}}"#,
        "badMessage",
    ),
    (
        "everybody",
        r#"{"type":"missing","to":"*","missing":{"picture":true,"sound":true}}"#,
        "badMessage",
    ),
    (
        "nobody",
        r#"{"type":"missing","to":null,"missing":{"picture":true,"sound":true}}"#,
        "badMessage",
    ),
    (
        "a message of the server",
        r#"{"type":"join","member":{"id":"HOST","name":"Host","media":{"audio":true,"video":true}}}"#,
        "badMessage",
    ),
    (
        "an order of the server",
        r#"{"type":"order","order":1,"media":{"audio":false,"video":false}}"#,
        "badMessage",
    ),
    (
        "the rules",
        r#"{"type":"rules","locked":false,"waiting":false,"passcode":false,"history":"all","hosts":["ME"]}"#,
        "badMessage",
    ),
    (
        "the end of another",
        r#"{"type":"removed","member":"HOST"}"#,
        "badMessage",
    ),
    (
        "an error for another",
        r#"{"type":"error","code":"ended","message":"go","to":"VICTIM"}"#,
        "badMessage",
    ),
    (
        "what is for hosts, by their name",
        r#"{"type":"moderate","action":"end","from":"HOST","by":"HOST","host":"HOST"}"#,
        "notHost",
    ),
];

struct Cast {
    host: Client,
    victim: Client,
    attacker: Client,
}

impl Cast {
    async fn meet(world: &World) -> Self {
        let host = world.enter("spoofing", "Host").await;
        let victim = world.enter("spoofing", "Victim").await;
        let attacker = world.enter("spoofing", "Mallory").await;
        let mut cast = Self {
            host,
            victim,
            attacker,
        };
        for client in [&mut cast.attacker, &mut cast.victim] {
            client.hear_a("history").await;
            client.is_served().await;
        }
        cast.host.is_served().await;
        cast
    }

    /// Puts the ids in.
    fn told(&self, text: &str) -> String {
        text.replace("HOST", &self.host.id)
            .replace("VICTIM", &self.victim.id)
            .replace("ME", &self.attacker.id)
    }

    /// The same with every lie that it has room for.
    fn lie(&self, text: &str) -> Value {
        let mut message: Value = serde_json::from_str(&self.told(text)).expect("a message");
        for (field, lie) in LIES {
            if message.get(field).is_none() {
                message[field] = json!(self.told(lie));
            }
        }
        message
    }

    /// Looks that a message is the attacker's, and says nothing of what it lied.
    fn is_the_attackers(&self, heard: &Value, field: &str) -> anyhow::Result<()> {
        ensure!(heard[field] == json!(self.attacker.id), "{heard}");
        for (lie, _) in LIES.iter().filter(|(lie, _)| *lie != field) {
            ensure!(heard.get(lie).is_none(), "{lie} was passed on: {heard}");
        }
        Ok(())
    }

    async fn tell_one(&mut self, text: &str, field: &str) -> anyhow::Result<()> {
        self.attacker.say(self.lie(text)).await;
        let heard = self.victim.hear().await;
        self.is_the_attackers(&heard, field)?;
        self.host.has_heard_nothing().await
    }

    async fn tell_all(&mut self, text: &str, field: &str) -> anyhow::Result<()> {
        self.attacker.say(self.lie(text)).await;
        let heard = [self.victim.hear().await, self.host.hear().await];
        for heard in &heard {
            self.is_the_attackers(heard, field)?;
        }
        self.attacker.is_served().await;
        Ok(())
    }

    async fn refused(&mut self, text: &str, code: &str) -> anyhow::Result<()> {
        self.attacker.say_text(&self.told(text)).await;
        let heard = self.attacker.hear().await;
        is(heard["code"].as_str().unwrap_or_default(), code)?;
        self.victim.has_heard_nothing().await?;
        self.host.has_heard_nothing().await
    }

    async fn hand(&mut self) -> anyhow::Result<()> {
        self.attacker
            .say(self.lie(r#"{"type":"hand","raised":true}"#))
            .await;
        let heard = self.victim.hear().await;
        ensure!(
            heard == json!({"type": "hands", "raised": [self.attacker.id]}),
            "{heard}"
        );
        self.host.is_served().await;
        self.attacker.is_served().await;
        Ok(())
    }

    async fn chat(&mut self) -> anyhow::Result<()> {
        let said = self.lie(r#"{"type":"chat","text":"I am the host","nonce":"n","name":"Host"}"#);
        self.attacker.say(said).await;
        let heard = self.victim.hear().await;
        let message = &heard["message"];
        ensure!(message["memberId"] == json!(self.attacker.id), "{heard}");
        ensure!(message["name"] == "Mallory", "{heard}");
        ensure!(message["id"] != json!(self.host.id), "{heard}");
        ensure!(message["sentAt"].as_u64() > Some(1_000_000_000_000), "{heard}");
        self.host.is_served().await;
        self.attacker.is_served().await;
        Ok(())
    }

    /// Nobody but the one who says it leaves, and who comes in is somebody new, whatever it says.
    async fn leave_and_come(&mut self) -> anyhow::Result<()> {
        self.attacker.say(self.lie(r#"{"type":"leave"}"#)).await;
        let heard = self.victim.hear_a("leave").await;
        ensure!(heard["member"] == json!(self.attacker.id), "{heard}");
        let join = r#"{"type":"join","room":"spoofing","name":"Host","media":{"audio":true,"video":true},"away":true,"keep":true}"#;
        self.attacker.say(self.lie(join)).await;
        let joined = self.attacker.hear_a("joined").await;
        let me = &joined["member"];
        ensure!(
            *me != json!(self.host.id) && *me != json!(self.victim.id),
            "{joined}"
        );
        ensure!(joined["resumed"] == json!(false), "{joined}");
        let heard = self.victim.hear_a("join").await;
        ensure!(
            heard["member"]["id"] == *me && heard["member"]["away"] == json!(false),
            "{heard}"
        );
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_as_another() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("spoofing", &world).await;
    let mut cast = Cast::meet(&world).await;
    for (text, field) in MESSAGES {
        stage.row(text, cast.tell_one(text, field)).await;
    }
    for (text, field) in TO_ALL {
        stage.row(text, cast.tell_all(text, field)).await;
    }
    for (what, text, code) in REFUSED {
        stage.row(what, cast.refused(text, code)).await;
    }
    stage.row("a raised hand", cast.hand()).await;
    stage.row("chat in the host's name", cast.chat()).await;
    stage
        .row("leaving and coming as another", cast.leave_and_come())
        .await;
    stage.end(world).await;
}
