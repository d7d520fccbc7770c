//! What clients tell of their calls: what of it comes into the figures, and what does not.

use crate::{client::Client, figures, world::World};
use serde_json::{Value, json};

/// Figures belong to the process, and other tests of it may count along: so this one looks at what one platform adds.
const FIRST: &str = "tsukiyo_client_first_frame_seconds_count{platform=\"desktop\"}";

fn report() -> Value {
    json!({
        "type": "report", "version": 1, "platform": "desktop", "firstFrame": 850, "connected": 3,
        "failed": {"handshake": 1, "noCandidates": 2, "ice": 4, "disconnected": 5},
        "restarts": 6, "freezes": 7, "frozen": 1_600, "lasted": 59_900, "relayed": true
    })
}

async fn refused(client: &mut Client, message: Value, code: &str) {
    client.say(message.clone()).await;
    assert_eq!(client.hear_a("error").await["code"], code, "{message}");
}

#[tokio::test]
async fn a_report_is_added_to_the_figures_and_a_lie_is_not() {
    let world = World::with(|config| {
        config.metrics = Some(([127, 0, 0, 1], 0).into());
        config.rooms.reports = true;
    })
    .await;
    let metrics = world.server.addresses().metrics.expect("it has a port");
    let mut client = Client::open(world.address(), "/ws", &[]).await.expect("it opens");
    assert_eq!(client.hear().await["reports"], true);
    client.join("tsukimi", "Aki").await;

    let lies = [
        ("version", json!(2)),
        ("platform", json!("Aki’s fridge")),
        ("firstFrame", json!(-1)),
        ("firstFrame", json!(86_400_000)),
        ("connected", json!(1e300)),
        (
            "failed",
            json!({"handshake": 0, "noCandidates": 0, "ice": 4_000_000_000_u32, "disconnected": 0}),
        ),
        ("frozen", json!(0.5)),
        ("lasted", json!(1_000_000_000)),
    ];
    for (field, lie) in lies {
        let mut message = report();
        message[field] = lie;
        refused(&mut client, message, "badMessage").await;
    }
    let text = report().to_string().replace("59900", "NaN");
    client.say_text(&text).await;
    assert_eq!(client.hear_a("error").await["code"], "badMessage");
    let text = figures::figures(metrics).await;
    assert_eq!(
        figures::find(&text, FIRST),
        Some(0.0),
        "nothing is told yet: {text}"
    );

    client.say(report()).await;
    client.say(report()).await;
    client.is_served().await;
    let text = figures::figures(metrics).await;
    let connections = "tsukiyo_client_connections_total{platform=\"desktop\",outcome=";
    for (line, value) in [
        (FIRST.to_owned(), 2.0),
        (FIRST.replace("_count", "_sum"), 1.7),
        (format!("{connections}\"connected\"}}"), 6.0),
        (format!("{connections}\"handshake-failed\"}}"), 2.0),
        (format!("{connections}\"no-candidates\"}}"), 4.0),
        (format!("{connections}\"ice-failed\"}}"), 8.0),
        (format!("{connections}\"disconnected\"}}"), 10.0),
        (
            "tsukiyo_client_ice_restarts_total{platform=\"desktop\"}".to_owned(),
            12.0,
        ),
        (
            "tsukiyo_client_freezes_total{platform=\"desktop\"}".to_owned(),
            14.0,
        ),
        // The seconds of both together: 3.2 and 119.8.
        (
            "tsukiyo_client_freeze_seconds_total{platform=\"desktop\"}".to_owned(),
            3.0,
        ),
        (
            "tsukiyo_client_call_seconds_total{platform=\"desktop\",route=\"relay\"}".to_owned(),
            119.0,
        ),
        (
            "tsukiyo_client_call_seconds_total{platform=\"desktop\",route=\"direct\"}".to_owned(),
            0.0,
        ),
        (
            "tsukiyo_client_reports_total{platform=\"desktop\"}".to_owned(),
            2.0,
        ),
    ] {
        assert_eq!(figures::find(&text, &line), Some(value), "{line} in {text}");
    }
    assert!(
        text.contains("tsukiyo_client_first_frame_seconds_bucket{platform=\"desktop\",le=\"1\"} 2"),
        "{text}"
    );
    for secret in ["tsukimi", "Aki", "fridge", &client.id] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }

    client.say(report()).await;
    refused(&mut client, report(), "tooFast").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_server_that_is_not_told_to_ask_takes_no_reports() {
    let world = World::start().await;
    let mut client = Client::open(world.address(), "/ws", &[]).await.expect("it opens");
    assert_eq!(client.hear().await["reports"], Value::Null);
    client.join("tsukimi", "Aki").await;
    refused(&mut client, report(), "notWanted").await;
    client.is_served().await;
    world.server.shutdown().await;
}
