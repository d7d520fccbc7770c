//! Reports of calls that lie: what cannot be is refused, what can be adds a bounded number, and no word of a client's comes into
//! the figures.

use crate::{client::Client, people::is, raw, stage::Stage, world::World};
use anyhow::ensure;
use serde_json::{Value, json};

const SECRET: &str = "from-the-client";

/// What is put in place of a field that a report has.
const LIES: &[(&str, &str)] = &[
    ("version", "0"),
    ("version", "\"1\""),
    ("platform", "\"from-the-client\""),
    ("platform", "{\"web\":\"from-the-client\"}"),
    ("platform", "[\"web\"]"),
    ("firstFrame", "-0.5"),
    ("firstFrame", "600001"),
    ("connected", "1001"),
    ("connected", "-1"),
    ("failed", "{\"from-the-client\":1}"),
    ("restarts", "18446744073709551616"),
    ("freezes", "\"7\""),
    ("frozen", "1e308"),
    ("lasted", "NaN"),
    ("lasted", "1e999"),
    ("relayed", "\"from-the-client\""),
];

fn report() -> Value {
    json!({
        "type": "report", "version": 1, "platform": "web", "connected": 1,
        "failed": {"handshake": 0, "noCandidates": 0, "ice": 0, "disconnected": 0},
        "restarts": 0, "freezes": 0, "frozen": 0, "lasted": 0, "relayed": false
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_adds_numbers_within_bounds_and_nothing_else() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("reports", &world).await;
    let mut mallory = world.enter("reports", "Mallory").await;
    for (field, lie) in LIES {
        let mut message = report();
        message[field] = json!("THE LIE");
        let text = message.to_string().replace("\"THE LIE\"", lie);
        let attack = async {
            mallory.say_text(&text).await;
            let error = mallory.hear_a("error").await;
            is(error["code"].as_str().unwrap_or_default(), "badMessage")
        };
        stage.row(format!("{field}: {lie}"), attack).await;
    }
    stage
        .row("fields that a report does not have", more(&world))
        .await;
    stage.row("many at once", flood(&world)).await;
    stage.end(world).await;
}

/// What it does not have is not read, so it comes nowhere.
async fn more(world: &World) -> anyhow::Result<()> {
    let mut mallory = world.enter("reports", "Mallory").await;
    let mut message = report();
    for field in ["outcome", "label", "room", "name", "le", "from"] {
        message[field] = json!(SECRET);
    }
    mallory.say(message).await;
    mallory.is_served().await;
    no_word_of_it(world).await
}

/// Of as many as one likes, few are taken, and the socket ends.
async fn flood(world: &World) -> anyhow::Result<()> {
    let mut mallory = world.enter("reports", "Mallory").await;
    for _ in 0..100 {
        mallory.say(report()).await;
    }
    ensure!(refusals(&mut mallory).await >= 20, "most are refused");
    no_word_of_it(world).await
}

async fn refusals(client: &mut Client) -> usize {
    let mut refused = 0;
    while let Some(Ok(message)) = client.next().await {
        let text = message.into_text().map(|text| text.to_string());
        refused += usize::from(text.is_ok_and(|text| text.contains("tooFast")));
    }
    refused
}

async fn no_word_of_it(world: &World) -> anyhow::Result<()> {
    let answer = world.get("/metrics", "").await;
    ensure!(answer.status == 200, "{answer:?}");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(!text.contains(SECRET), "{text}");
    Ok(())
}
