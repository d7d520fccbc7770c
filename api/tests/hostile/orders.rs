//! What only a host may do, tried by everybody else; and messages that reach for another room.

use crate::{
    client::Client,
    people::{host, is},
    raw,
    stage::Stage,
    world::World,
};
use anyhow::ensure;
use serde_json::{Value, json};

const ROOM: &str = "orders";

const ACTIONS: [&str; 16] = [
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
];

/// What is said to a member of another room. `THEM` is its id.
const ACROSS: &[&str] = &[
    r#"{"type":"accept","to":"THEM","handshake":{"by":"THEM","attempt":1}}"#,
    r#"{"type":"offer","to":"THEM","handshake":{"by":"THEM","attempt":1},"sdp":"v=0"}"#,
    r#"{"type":"offer","to":"THEM","room":"bystanders","handshake":{"by":"THEM","attempt":1},"sdp":"v=0"}"#,
    r#"{"type":"answer","to":"THEM","handshake":{"by":"THEM","attempt":1},"sdp":"v=0"}"#,
    r#"{"type":"candidate","to":"THEM","handshake":{"by":"THEM","attempt":1},"candidate":{"candidate":""}}"#,
    r#"{"type":"missing","to":"THEM","missing":{"picture":true,"sound":true}}"#,
    r#"{"type":"want","to":"THEM","want":{"camera":0,"screen":0}}"#,
    r#"{"type":"moderate","action":"mute","member":"THEM"}"#,
    r#"{"type":"moderate","action":"stopShare","member":"THEM"}"#,
    r#"{"type":"moderate","action":"remove","member":"THEM"}"#,
    r#"{"type":"moderate","action":"passOn","member":"THEM"}"#,
    r#"{"type":"moderate","action":"admit","member":"THEM"}"#,
    r#"{"type":"moderate","action":"deny","member":"THEM"}"#,
];

/// What somebody says who waits, or is nowhere.
const OUTSIDE: &[&str] = &[
    r#"{"type":"chat","text":"let me in","nonce":"n"}"#,
    r#"{"type":"media","media":{"audio":true,"video":true}}"#,
    r#"{"type":"hand","raised":true}"#,
    r#"{"type":"react","reaction":"clap"}"#,
    r#"{"type":"offer","to":"THEM","handshake":{"by":"THEM","attempt":1},"sdp":"v=0"}"#,
    r#"{"type":"want","to":"THEM","want":{"camera":0,"screen":0}}"#,
    r#"{"type":"report","version":1,"platform":"web","connected":1,"failed":{"handshake":0,"noCandidates":0,"ice":0,"disconnected":0},"restarts":0,"freezes":0,"frozen":0,"lasted":0,"relayed":false}"#,
    r#"{"type":"moderate","action":"admit"}"#,
    r#"{"type":"moderate","action":"noWait"}"#,
    r#"{"type":"moderate","action":"end"}"#,
];

fn order(action: &str, member: &str) -> Value {
    json!({"type": "moderate", "action": action, "member": member, "passcode": "moonlight"})
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_host_orders_nothing() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("orders", &world).await;
    let (mut host, token) = host(&world, ROOM).await;
    let mut mallory = world.enter(ROOM, "Mallory").await;
    mallory.hear_a("history").await;
    host.hear_a("join").await;
    for action in ACTIONS {
        let attack = async {
            for message in [
                order(action, &host.id.clone()),
                json!({"type": "moderate", "action": action}),
            ] {
                is(&mallory.refusal(message).await?, "notHost")?;
            }
            host.has_heard_nothing().await
        };
        stage.row(format!("{action} by a member"), attack).await;
    }
    stage
        .row(
            "orders that a member puts into other messages",
            smuggled(&mut mallory, &mut host, &token),
        )
        .await;
    stage
        .row("somebody new still comes in freely", open(&world))
        .await;
    mallory.hear_a("leave").await;

    // Who was host, and is not any more.
    let (mut former, former_token) = crate::people::host(&world, "passed").await;
    let next = world.enter("passed", "Next").await;
    former
        .order(json!({"action": "passOn", "member": next.id}), |rules| {
            rules["hosts"] == json!([next.id])
        })
        .await;
    former.is_served().await;
    for action in ["remove", "end", "lock", "passOn"] {
        let refusal = async { is(&former.refusal(order(action, &next.id)).await?, "notHost") };
        stage.row(format!("{action} by who was host"), refusal).await;
    }
    stage
        .row("the token of who was host", stale(&world, &former_token))
        .await;

    let (mut other, _) = crate::people::host(&world, "across").await;
    for text in ACROSS {
        let message = text.replace("THEM", &mallory.id);
        let attack = async {
            other.say_text(&message).await;
            let heard = other.hear_a("error").await;
            let code = heard["code"].as_str().unwrap_or_default();
            ensure!(["unknownMember", "notDone"].contains(&code), "{heard}");
            mallory.has_heard_nothing().await
        };
        stage.row(format!("to another room: {text}"), attack).await;
    }

    other
        .order(json!({"action": "wait"}), |rules| rules["waiting"] == true)
        .await;
    let mut waits = world.connect().await;
    let code = waits.knock("across", &json!({})).await.expect("it is answered");
    assert_eq!(code, "waiting");
    other.hear_a("knocks").await;
    for text in OUTSIDE {
        let message: Value = serde_json::from_str(&text.replace("THEM", &other.id)).expect("a message");
        for (who, client) in [
            ("who waits", &mut waits),
            ("who is nowhere", &mut world.connect().await),
        ] {
            let attack = async {
                is(&client.refusal(message.clone()).await?, "notInRoom")?;
                other.has_heard_nothing().await
            };
            stage.row(format!("{who}: {text}"), attack).await;
        }
    }
    stage
        .row("joining while waiting", async {
            is(&waits.knock("bystanders", &json!({})).await?, "alreadyInRoom")
        })
        .await;
    stage
        .row("joining a second room", async {
            is(&mallory.knock("bystanders", &json!({})).await?, "alreadyInRoom")
        })
        .await;
    stage.end(world).await;
}

/// A host's token is of use when one joins, and nowhere else.
async fn smuggled(mallory: &mut Client, host: &mut Client, token: &str) -> anyhow::Result<()> {
    let mut message = order("end", &host.id);
    message["host"] = json!(token);
    message["token"] = json!(token);
    is(&mallory.refusal(message).await?, "notHost")?;
    host.has_heard_nothing().await
}

async fn open(world: &World) -> anyhow::Result<()> {
    let mut anybody = world.connect().await;
    is(&anybody.knock(ROOM, &json!({})).await?, "joined")?;
    let rules = anybody.hear_a("rules").await;
    for rule in ["locked", "waiting", "passcode"] {
        ensure!(rules[rule] == json!(false), "{rules}");
    }
    ensure!(rules["history"] == "all", "{rules}");
    anybody.say(json!({"type": "leave"})).await;
    Ok(())
}

/// What was passed on is void: it makes nobody host.
async fn stale(world: &World, token: &str) -> anyhow::Result<()> {
    let mut again = world.connect().await;
    is(&again.knock("passed", &json!({"host": token})).await?, "joined")?;
    again.hear_a("history").await;
    again.is_served().await;
    is(
        &again
            .refusal(json!({"type": "moderate", "action": "end"}))
            .await?,
        "notHost",
    )
}
