//! The chat and the store behind it.

use crate::world::World;
use serde_json::{Value, json};

fn chat(text: &str, nonce: usize) -> Value {
    json!({"type": "chat", "text": text, "nonce": format!("n{nonce}")})
}

#[tokio::test]
async fn a_hundred_messages_from_two_authors_have_one_order_for_all() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let mut b = world.enter("tsukimi", "Bo").await;
    for n in 0..50 {
        a.say(chat(&format!("a{n}"), n)).await;
        b.say(chat(&format!("b{n}"), n)).await;
    }
    let (mut heard_a, mut heard_b) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        heard_a.push(a.hear_a("chat").await["message"].take());
        heard_b.push(b.hear_a("chat").await["message"].take());
    }
    assert_eq!(heard_a, heard_b);
    let times: Vec<u64> = heard_a
        .iter()
        .filter_map(|message| message["sentAt"].as_u64())
        .collect();
    assert_eq!(times.len(), 100);
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
    for author in ["a", "b"] {
        let own = heard_a.iter().filter_map(|message| message["text"].as_str());
        let own: Vec<&str> = own.filter(|text| text.starts_with(author)).collect();
        let expected: Vec<String> = (0..50).map(|n| format!("{author}{n}")).collect();
        assert_eq!(own, expected);
    }

    let mut late = world.enter("tsukimi", "Chiyo").await;
    assert_eq!(late.hear_a("history").await["messages"], json!(heard_a));
    world.server.shutdown().await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart_and_times_go_on_rising() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    a.say(chat("<script>月</script> 🌕", 1)).await;
    let before = a.hear_a("chat").await;
    assert_eq!(before["nonce"], "n1");

    let world = world.restart().await;
    let mut again = world.connect().await;
    again.come_back("tsukimi", &a, true).await;
    let history = again.hear_a("history").await;
    assert_eq!(history["messages"], json!([before["message"]]));
    again.say(chat("hello", 2)).await;
    let after = again.hear_a("chat").await;
    assert!(after["message"]["sentAt"].as_u64() > before["message"]["sentAt"].as_u64());
    world.server.shutdown().await;
}

#[tokio::test]
async fn what_is_repeated_under_one_nonce_is_stored_once() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    a.say(chat("hello", 1)).await;
    let first = a.hear_a("chat").await;
    a.say(chat("hello", 1)).await;
    assert_eq!(a.hear_a("chat").await, first);
    let stored = world.get("/api/rooms/tsukimi/messages", "").await.json();
    assert_eq!(stored["messages"], json!([first["message"]]));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_long_history_comes_newest_and_says_that_there_is_more() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let said = wire::limits::HISTORY_MESSAGES + 5;
    for n in 0..said {
        a.say(chat(&format!("{n}"), n)).await;
    }
    for _ in 0..said {
        a.hear_a("chat").await;
    }
    let mut late = world.enter("tsukimi", "Bo").await;
    let history = late.hear_a("history").await;
    assert_eq!(history["more"], true);
    assert_eq!(history["messages"][0]["text"], "5");
    world.server.shutdown().await;
}
