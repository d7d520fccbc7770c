//! Passcodes that are guessed, over many sockets and from many places. Addresses are told apart by what a proxy says.

use crate::{
    client::Client,
    people::{host, is},
    raw::hurry,
    stage::Stage,
    world::World,
};
use anyhow::ensure;
use api::guards::Proxies;
use serde_json::{Value, json};

const ROOM: &str = "guessing";
const RIGHT: &str = "moonlight";

#[tokio::test(flavor = "multi_thread")]
async fn guesses_run_out_and_nobody_else_is_kept_out() {
    let world = World::with(|config| {
        hurry(config);
        config.guards.proxies = Proxies::new(vec!["127.0.0.0/8".parse().expect("a network")]);
    })
    .await;
    let mut stage = Stage::set("guessing", &world).await;
    let (mut host, host_token) = host(&world, ROOM).await;
    let member = world.enter(ROOM, "Aki").await;
    let lock = json!({"action": "passcode", "passcode": RIGHT});
    host.order(lock, |rules| rules["passcode"] == true).await;

    for (what, passcode, code) in [
        ("none", json!(null), "passcodeWanted"),
        ("an empty one", json!(""), "badMessage"),
        ("a short one", json!("moo"), "badMessage"),
        ("a long one", json!("m".repeat(65)), "badMessage"),
        ("a list of all", json!([RIGHT, "sunlight"]), "badMessage"),
        ("a pattern", json!({"$ne": ""}), "badMessage"),
        ("true", json!(true), "badMessage"),
        ("one with a null byte", json!("moonlight\0"), "badMessage"),
    ] {
        let codes = [code];
        let attack = asks(&world, "198.51.100.1", json!({"passcode": passcode}), &codes);
        stage.row(format!("{what} for a passcode"), attack).await;
    }
    for (number, wrong) in ["Moonlight", "moonlight.", "moon light", "ｍoonlight"]
        .into_iter()
        .enumerate()
    {
        let from = format!("198.51.100.{}", 10 + number);
        let attack = asks(&world, &from, json!({"passcode": wrong}), &["passcodeWrong"]);
        stage.row(format!("{wrong:?} for {RIGHT:?}"), attack).await;
    }

    stage
        .row("40 sockets at once", at_once(&world, "203.0.113.1", 40, 5))
        .await;
    let right = || json!({"passcode": RIGHT});
    for (what, from) in [
        ("the right one, too late", "203.0.113.1"),
        ("the same address in other clothes", "::ffff:203.0.113.1"),
        (
            "another address that only the client says",
            "192.0.2.7, 203.0.113.1",
        ),
        ("nonsense before the address", "evil, 203.0.113.1"),
    ] {
        stage
            .row(what, asks(&world, from, right(), &["tooManyTries"]))
            .await;
    }
    stage
        .row("a network of IPv6 at once", at_once(&world, "2001:db8::1", 10, 5))
        .await;
    stage
        .row(
            "another address of that network",
            asks(&world, "2001:db8::ffff:1", right(), &["tooManyTries"]),
        )
        .await;
    for (what, from, with) in [
        ("others come in", "203.0.113.2", right()),
        ("so do others of IPv6", "2001:db8:0:1::1", right()),
        (
            "the host comes in from there",
            "203.0.113.1",
            json!({"host": host_token}),
        ),
        (
            "a member comes back from there",
            "203.0.113.1",
            json!({"resume": member.token, "keep": true}),
        ),
    ] {
        stage.row(what, asks(&world, from, with, &["joined"])).await;
    }
    stage
        .row("the passcode as a token over REST", async {
            let headers = format!("Authorization: Bearer {RIGHT}\r\n");
            let answer = world.get(&format!("/api/rooms/{ROOM}/messages"), &headers).await;
            ensure!(answer.status == 401, "{answer:?}");
            Ok(())
        })
        .await;
    stage
        .row("names and rules from outside", async {
            let info = world.get(&format!("/api/rooms/{ROOM}"), "").await.json();
            ensure!(info["members"] == json!([]) && info["guarded"] == true, "{info}");
            ensure!(!info.to_string().contains("scrypt"), "{info}");
            Ok(())
        })
        .await;
    stage.end(world).await;
}

async fn asks(world: &World, from: &str, with: Value, codes: &[&str]) -> anyhow::Result<()> {
    let mut client = Client::open(world.address(), "/ws", &[("x-forwarded-for", from)]).await?;
    let code = client.knock(ROOM, &with).await?;
    ensure!(codes.contains(&code.as_str()), "{code} instead of {codes:?}");
    Ok(())
}

/// However many guess at the same time from one place, so many are compared.
async fn at_once(world: &World, from: &str, sockets: usize, permitted: usize) -> anyhow::Result<()> {
    let mut clients = Vec::new();
    for _ in 0..sockets {
        clients.push(Client::open(world.address(), "/ws", &[("x-forwarded-for", from)]).await?);
    }
    let guesses = clients.iter_mut().enumerate().map(async |(number, client)| {
        client
            .knock(ROOM, &json!({"passcode": format!("guess-{number}")}))
            .await
    });
    let mut wrong = 0;
    for outcome in futures::future::join_all(guesses).await {
        match outcome?.as_str() {
            "passcodeWrong" => wrong += 1,
            code => is(code, "tooManyTries")?,
        }
    }
    ensure!(wrong <= permitted, "{wrong} guesses were compared");
    Ok(())
}
