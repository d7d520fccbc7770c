//! Joining, signaling, getting lost and coming back.

use crate::{
    client::Client,
    world::{World, short_grace},
};
use serde_json::json;

#[tokio::test]
async fn two_members_find_each_other_and_signal() {
    let world = World::start().await;
    let mut a = world.enter("月見", "Aki").await;
    let mut b = world.connect().await;
    let joined = b.join("月見", "Bo").await;
    assert_eq!(joined["members"][0]["id"], json!(a.id));
    assert_eq!(a.hear_a("join").await["member"]["id"], json!(b.id));

    let handshake = json!({"by": a.id, "attempt": 1});
    a.say(json!({"type": "accept", "to": b.id, "handshake": handshake}))
        .await;
    let accept = b.hear_a("accept").await;
    assert_eq!(
        accept,
        json!({"type": "accept", "from": a.id, "handshake": handshake, "keep": false})
    );
    b.say(json!({"type": "offer", "to": a.id, "handshake": handshake, "sdp": "v=0\r\n"}))
        .await;
    let offer = a.hear_a("offer").await;
    assert_eq!((&offer["from"], &offer["sdp"]), (&json!(b.id), &json!("v=0\r\n")));
    world.server.shutdown().await;
}

#[tokio::test]
async fn nobody_speaks_for_another() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let b = world.enter("tsukimi", "Bo").await;
    let mut mallory = world.enter("tsukimi", "Mallory").await;
    mallory
        .say(json!({"type": "offer", "from": b.id, "member": b.id, "to": a.id,
            "handshake": {"by": a.id, "attempt": 1}, "sdp": "v=0"}))
        .await;
    assert_eq!(a.hear_a("offer").await["from"], json!(mallory.id));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_lost_member_is_away_and_comes_back_as_who_it_was() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let lost = world.enter("tsukimi", "Bo").await;
    let Client { socket, id, token } = lost;
    // The process is killed: the operating system closes its socket.
    drop(socket);
    assert_eq!(a.hear_a("away").await["member"], json!(id));

    let lost = Client {
        socket: world.connect().await.socket,
        id,
        token,
    };
    let mut again = world.connect().await;
    let joined = again.come_back("tsukimi", &lost, true).await;
    assert_eq!(
        (&joined["member"], &joined["resumed"]),
        (&json!(lost.id), &json!(true))
    );
    assert_eq!(a.hear_a("join").await["member"]["id"], json!(lost.id));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_lost_member_that_does_not_come_back_leaves() {
    let world = World::with(short_grace).await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let b = world.enter("tsukimi", "Bo").await;
    drop(b.socket);
    let left = a.hear_a("leave").await;
    assert_eq!(left, json!({"type": "leave", "member": b.id, "reason": "lost"}));
    let room = world.get("/api/rooms/tsukimi", "").await.json();
    assert_eq!(room["members"], json!(["Aki"]));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_reloaded_page_replaces_the_member_it_was() {
    let world = World::start().await;
    let mut a = world.enter("tsukimi", "Aki").await;
    let mut old = world.enter("tsukimi", "Bo").await;
    let mut new = world.connect().await;
    new.come_back("tsukimi", &old, false).await;
    assert_ne!(new.id, old.id);
    let left = a.hear_a("leave").await;
    assert_eq!(
        (&left["member"], &left["reason"]),
        (&json!(old.id), &json!("replaced"))
    );
    assert_eq!(a.hear_a("join").await["member"]["id"], json!(new.id));
    assert_eq!(old.hear_a("error").await["code"], "superseded");
    assert_eq!(old.closed().await, Some(4001));
    world.server.shutdown().await;
}

#[tokio::test]
async fn everybody_returns_under_the_old_ids_after_a_restart() {
    let world = World::start().await;
    let old_a = world.enter("tsukimi", "Aki").await;
    let old_b = world.enter("tsukimi", "Bo").await;
    let world = world.restart().await;
    let mut a = world.connect().await;
    assert_eq!(a.come_back("tsukimi", &old_a, true).await["resumed"], false);
    let mut b = world.connect().await;
    b.come_back("tsukimi", &old_b, true).await;
    assert_eq!((&a.id, &b.id), (&old_a.id, &old_b.id));
    assert_eq!(a.hear_a("join").await["member"]["id"], json!(b.id));
    world.server.shutdown().await;
}
