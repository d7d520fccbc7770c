//! Resume tokens and hosts' tokens that are made up, altered, of elsewhere, or shown once too often.

use crate::{
    client::Client,
    people::{host, is},
    raw,
    stage::Stage,
    world::World,
};
use anyhow::ensure;
use api::rooms::{Pass, Tokens};
use serde_json::{Value, json};
use std::time::Duration;
use wire::RoomId;

const ROOM: &str = "tokens";
/// The key of the server, and that of another.
const KEY: &[u8] = b"a key for tests";

/// Tokens that are not good, made from one that is and from another member's.
fn forged(good: &str, others: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = good.split('.').collect();
    let foreign: Vec<&str> = others.split('.').collect();
    let with = |place: usize, part: &str| {
        let mut parts = parts.clone();
        parts[place] = part;
        parts.join(".")
    };
    let proof = parts[5];
    let mut forged = vec![
        ("nothing".to_owned(), String::new()),
        ("a word".to_owned(), "token".to_owned()),
        ("dots".to_owned(), ".....".to_owned()),
        ("without its proof".to_owned(), parts[..5].join(".")),
        ("with an empty proof".to_owned(), with(5, "")),
        ("its proof alone".to_owned(), proof.to_owned()),
        ("with its proof twice".to_owned(), format!("{good}{proof}")),
        ("with a part more".to_owned(), format!("{good}.0")),
        (
            "with a part more before the proof".to_owned(),
            with(4, &format!("{}.0", parts[4])),
        ),
        ("with a dot at the end".to_owned(), format!("{good}.")),
        ("with a dot before it".to_owned(), format!(".{good}")),
        ("in capitals".to_owned(), good.to_uppercase()),
        ("two at once".to_owned(), format!("{good}.{others}")),
        ("one's claims, the other's proof".to_owned(), with(5, foreign[5])),
        ("as the other member".to_owned(), with(1, foreign[1])),
        ("of the other's lineage".to_owned(), with(2, foreign[2])),
        ("that ends later".to_owned(), with(0, "ffffffff")),
        ("that never ends".to_owned(), with(0, "ffffffffffffffff")),
        ("that came before all".to_owned(), with(3, "0")),
        ("that was issued later".to_owned(), with(4, "ffffffff")),
        (
            "with its end in capitals or with a zero".to_owned(),
            with(0, &format!("0{}", parts[0])),
        ),
        ("whose proof is filled up".to_owned(), format!("{good}=")),
    ];
    // In the other alphabet of base64 a quarter of all proofs read alike.
    let other = proof.replace('-', "+").replace('_', "/");
    if other != proof {
        forged.push(("whose proof is of the other alphabet".to_owned(), with(5, &other)));
    }
    // Of 256 bits in 43 characters, the last one has two to spare: they must not make a second good token.
    let last = proof.chars().last().expect("a character");
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).expect("a character of base64");
    for other in (0..4).map(|low| at & !3 | low).filter(|other| *other != at) {
        let end = &alphabet[other..=other];
        forged.push((
            format!("whose last character is {end} for {last}"),
            format!("{}{end}", &good[..good.len() - 1]),
        ));
    }
    forged
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_as_it_was_given_is_good() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("tokens", &world).await;
    let (mut host, host_token) = host(&world, ROOM).await;
    let mut aki = world.enter(ROOM, "Aki").await;
    let bo = world.enter(ROOM, "Bo").await;
    host.order(json!({"action": "lock"}), |rules| rules["locked"] == true)
        .await;

    for (what, token) in forged(&aki.token, &bo.token) {
        let with = json!({"resume": token, "keep": true});
        stage
            .row(format!("a token {what}"), stays_out(&world, with))
            .await;
    }
    let good = aki.token.clone();
    stage
        .row(
            "a token cut off anywhere",
            each(&world, (1..good.len()).map(|end| good[..end].to_owned())),
        )
        .await;
    let flipped = (0..good.len()).map(|at| {
        let other = if &good[at..=at] == "0" { "1" } else { "0" };
        format!("{}{other}{}", &good[..at], &good[at + 1..])
    });
    stage
        .row("a token with any one character changed", each(&world, flipped))
        .await;

    for (what, token) in made(&aki, &host_token) {
        stage
            .row(what, stays_out(&world, json!({"resume": token, "keep": true})))
            .await;
    }
    let elsewhere = world.enter("elsewhere", "Mallory").await;
    for room in ["elsewhere", "Tokens", "tokens-", "tokens2"] {
        let other = world.enter(room, "Mallory").await;
        let with = json!({"resume": other.token, "keep": true});
        stage
            .row(format!("a token of the room {room}"), stays_out(&world, with))
            .await;
    }
    let (_other_host, others_token) = crate::people::host(&world, "another").await;
    for (what, token) in [
        ("another room's", others_token),
        ("shorter by one", host_token[..host_token.len() - 1].to_owned()),
        ("longer by one", format!("{host_token}A")),
        ("in small letters", host_token.to_lowercase()),
        ("that is a resume token", aki.token.clone()),
        ("that is a member's id", host.id.clone()),
        ("that is a pattern", ".".repeat(44)),
    ] {
        stage
            .row(
                format!("a host's token {what}"),
                stays_out(&world, json!({"host": token})),
            )
            .await;
    }
    for wrong in [
        json!(1),
        json!(["a"]),
        json!({"a": 1}),
        json!(true),
        json!("a b"),
        json!("a'--"),
        json!("月"),
    ] {
        stage
            .row(
                format!("{wrong} for tokens"),
                stays_out(&world, json!({"resume": wrong, "host": wrong})),
            )
            .await;
    }
    for token in [&elsewhere.token, "", "null", &aki.token[1..]] {
        stage
            .row("a wrong token over REST", over_rest(&world, token))
            .await;
    }
    // After all that, nobody was put out of a seat, and the true one is good.
    stage
        .row("the member whose token it is sits where it sat", async {
            aki.is_served().await;
            let mut again = world.connect().await;
            is(
                &again.knock(ROOM, &json!({"resume": good, "keep": true})).await?,
                "joined",
            )?;
            is(&again.id, &aki.id)?;
            ensure!(aki.closed().await == Some(4001), "the older socket stays");
            Ok(())
        })
        .await;
    stage
        .row("a good token on 40 sockets at once", at_once(&world, &good))
        .await;
    stage.row("a token of who was put out", put_out(&world)).await;
    stage.row("a token from before the end", ended(&world)).await;
    stage.end(world).await;
}

/// Tokens that only whoever has a key can make.
fn made(aki: &Client, host_token: &str) -> Vec<(&'static str, String)> {
    let now = Duration::from_secs(2_000_000_000);
    let pass = Pass {
        member: aki.id.parse().expect("an id"),
        lineage: aki.id.parse().expect("an id"),
        came: 0,
        issued: now,
    };
    let mint = |key: &[u8], room: &str, end| {
        let room: RoomId = room.parse().expect("a room");
        Tokens::new(key).mint(&room, &pass, end).as_str().to_owned()
    };
    vec![
        ("a token of another server", mint(b"another key", ROOM, now * 2)),
        ("a token of an empty key", mint(b"", ROOM, now * 2)),
        (
            "a token that has ended",
            mint(KEY, ROOM, Duration::from_secs(1_000_000_000)),
        ),
        (
            "a token of this server for another room",
            mint(KEY, "other", now * 2),
        ),
        ("the host's token as a resume token", host_token.to_owned()),
    ]
}

/// Whoever shows this is a stranger to the room, which is locked.
async fn stays_out(world: &World, with: Value) -> anyhow::Result<()> {
    let mut mallory = world.connect().await;
    let code = mallory.knock(ROOM, &with).await?;
    ensure!(["locked", "badMessage"].contains(&code.as_str()), "{code}");
    Ok(())
}

async fn each(world: &World, tokens: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let mut mallory = world.connect().await;
    for token in tokens {
        let code = mallory
            .knock(ROOM, &json!({"resume": token, "keep": true}))
            .await?;
        ensure!(code == "locked", "{code} with {token}");
    }
    Ok(())
}

async fn over_rest(world: &World, token: &str) -> anyhow::Result<()> {
    let headers = format!("Authorization: Bearer {token}\r\n");
    let answer = world.get(&format!("/api/rooms/{ROOM}/messages"), &headers).await;
    ensure!(answer.status == 401, "{answer:?}");
    Ok(())
}

/// One member has one socket, however many ask for its place.
async fn at_once(world: &World, token: &str) -> anyhow::Result<()> {
    let mut clients = Vec::new();
    for _ in 0..40 {
        clients.push(world.connect().await);
    }
    let with = json!({"resume": token, "keep": true});
    let knocks = clients.iter_mut().map(|client| client.knock(ROOM, &with));
    for outcome in futures::future::join_all(knocks).await {
        is(&outcome?, "joined")?;
    }
    let ids: std::collections::BTreeSet<_> = clients.iter().map(|client| client.id.clone()).collect();
    ensure!(ids.len() == 1, "{ids:?}");
    let ends = clients.iter_mut().map(async |client| {
        client.say(json!({"type": "ping"})).await;
        loop {
            match client.next().await {
                Some(Ok(message)) if message.is_text() && message.to_string().contains("pong") => {
                    return true;
                }
                Some(Ok(message)) if !message.is_close() => {}
                _ => return false,
            }
        }
    });
    let alive = futures::future::join_all(ends)
        .await
        .into_iter()
        .filter(|alive| *alive)
        .count();
    ensure!(alive == 1, "{alive} sockets are one member's");
    Ok(())
}

async fn put_out(world: &World) -> anyhow::Result<()> {
    let (mut host, _) = host(world, "put-out").await;
    let mut mallory = world.enter("put-out", "Mallory").await;
    // A page that is loaded anew has another id, and is the same person.
    let mut anew = world.connect().await;
    anew.come_back("put-out", &mallory, false).await;
    host.order(json!({"action": "remove", "member": anew.id}), |rules| {
        rules["waiting"] == true
    })
    .await;
    for token in [&mallory.token, &anew.token] {
        for keep in [true, false] {
            let mut again = world.connect().await;
            let code = again
                .knock("put-out", &json!({"resume": token, "keep": keep}))
                .await?;
            is(&code, "removed")?;
        }
    }
    mallory.closed().await;
    Ok(())
}

async fn ended(world: &World) -> anyhow::Result<()> {
    let (mut host, _) = host(world, "ended").await;
    let mut mallory = world.enter("ended", "Mallory").await;
    host.say(json!({"type": "moderate", "action": "end"})).await;
    ensure!(mallory.closed().await == Some(4004), "it goes on");
    for keep in [true, false] {
        let mut again = world.connect().await;
        let code = again
            .knock("ended", &json!({"resume": mallory.token, "keep": keep}))
            .await?;
        is(&code, "ended")?;
    }
    Ok(())
}
