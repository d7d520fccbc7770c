//! What one address may take. Addresses are told apart by what a trusted proxy says, as in front of a real site.

use crate::{
    client::{Client, join},
    world::World,
};
use api::{access::ApiToken, guards::Proxies, rooms::Rate, server::Config};
use serde_json::json;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Error;

const TOKEN: &str = "a token for the tests";

fn behind_a_proxy(config: &mut Config) {
    config.guards.proxies = Proxies::new(vec!["127.0.0.0/8".parse().expect("a network")]);
}

fn at_once(burst: u32) -> Rate {
    Rate {
        burst,
        every: Duration::from_secs(3_600),
    }
}

async fn open(world: &World, path: &str, from: &str) -> Result<Client, Error> {
    Client::open(world.address(), path, &[("x-forwarded-for", from)]).await
}

async fn open_from(world: &World, from: &str) -> Client {
    open(world, "/ws", from).await.expect("the socket opens")
}

/// Returns the status and the text with which a socket is refused.
async fn refusal(world: &World, path: &str, from: &str) -> (u16, String) {
    match open(world, path, from).await.map(|_| ()) {
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (
                response.status().as_u16(),
                String::from_utf8_lossy(&body).into_owned(),
            )
        }
        other => panic!("a refusal was expected, and there came {other:?}"),
    }
}

fn post(headers: &str) -> String {
    let body = r#"{"title":"a"}"#;
    let length = body.len();
    format!(
        "POST /api/posts HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

#[tokio::test]
async fn one_address_has_so_many_sockets_and_others_are_not_concerned() {
    let world = World::with(|config| {
        behind_a_proxy(config);
        config.guards.limits.sockets = 2;
    })
    .await;
    let mut first = open_from(&world, "203.0.113.1").await;
    let second = open(&world, "/Prod", "203.0.113.1")
        .await
        .expect("the socket opens");
    for path in ["/ws", "/Prod"] {
        let (status, text) = refusal(&world, path, "203.0.113.1").await;
        assert_eq!(status, 429);
        assert!(text.contains("too many sockets are open"), "{text}");
    }
    let _other = open_from(&world, "203.0.113.2").await;
    first.hear_a("hello").await;
    first.is_served().await;
    drop(second);
    let again = async {
        while open(&world, "/ws", "203.0.113.1").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::client::SOON, again)
        .await
        .expect("a closed socket makes room");
    world.server.shutdown().await;
}

#[tokio::test]
async fn sockets_that_are_opened_too_quickly_are_refused() {
    let world = World::with(|config| {
        behind_a_proxy(config);
        config.guards.limits.opens = at_once(2);
    })
    .await;
    drop(open_from(&world, "203.0.113.1").await);
    drop(open_from(&world, "203.0.113.1").await);
    let (status, text) = refusal(&world, "/ws", "203.0.113.1").await;
    assert_eq!(status, 429);
    assert!(text.contains("in too short a time"), "{text}");
    world.server.shutdown().await;
}

#[tokio::test]
async fn nobody_is_believed_about_its_address_but_a_trusted_proxy() {
    let world = World::with(|config| config.guards.limits.sockets = 0).await;
    // The header is of no use to it, nor against it: it is this machine, which is not counted.
    drop(open_from(&world, "203.0.113.1").await);
    world.server.shutdown().await;

    let world = World::with(|config| {
        behind_a_proxy(config);
        config.guards.limits.sockets = 0;
    })
    .await;
    // What a client writes itself stands before what the proxy adds.
    let (status, _) = refusal(&world, "/ws", "127.0.0.1, 203.0.113.1").await;
    assert_eq!(status, 429);
    world.server.shutdown().await;
}

#[tokio::test]
async fn one_address_writes_and_asks_so_much() {
    let world = World::with(|config| {
        behind_a_proxy(config);
        config.guards.limits.writes = at_once(2);
        config.guards.limits.reads = at_once(3);
    })
    .await;
    let (one, other) = (
        "X-Forwarded-For: 203.0.113.1\r\n",
        "X-Forwarded-For: 203.0.113.2\r\n",
    );
    for _ in 0..2 {
        assert_eq!(world.request(&post(one)).await.status, 200);
    }
    let refused = world.request(&post(one)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "2"));
    assert!(
        refused.json()["error"]
            .as_str()
            .is_some_and(|text| text.contains("written"))
    );
    assert_eq!(world.request(&post(other)).await.status, 200);
    for _ in 0..3 {
        assert_eq!(world.get("/api/posts", one).await.status, 200);
    }
    let refused = world.get("/api/posts", one).await;
    assert_eq!(refused.status, 429);
    assert!(
        refused.json()["error"]
            .as_str()
            .is_some_and(|text| text.contains("requests"))
    );
    // The page itself is not of the API.
    assert_ne!(world.get("/", one).await.status, 429);
    world.server.shutdown().await;
}

#[tokio::test]
async fn with_a_token_only_who_knows_it_writes_posts_and_everybody_reads_them() {
    let world = World::with(|config| {
        config.access.token = Some(ApiToken::new(TOKEN).expect("it is long enough"));
    })
    .await;
    for headers in [
        "",
        "Authorization: Bearer something else\r\n",
        "Authorization: Basic YTpi\r\n",
    ] {
        let refused = world.request(&post(headers)).await;
        assert_eq!(refused.status, 401, "{headers}");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
    let made = world
        .request(&post(&format!("Authorization: Bearer {TOKEN}\r\n")))
        .await;
    assert_eq!(made.status, 200, "{made:?}");
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let deleted = world
        .request(&format!("DELETE /api/posts/{id} HTTP/1.1\r\n\r\n"))
        .await;
    assert_eq!(deleted.status, 401);
    assert_eq!(world.get("/api/posts", "").await.json()[0]["id"], json!(id));
    let functions = world.server.addresses().functions;
    let elsewhere = post("").replace("/api/posts", "/project/region/api/posts");
    let refused = crate::http::exchange(functions, elsewhere.as_bytes()).await;
    assert_eq!(refused.status, 401, "the other port is no way around it");
    world.server.shutdown().await;
}

#[tokio::test]
async fn one_address_joins_so_often() {
    let world = World::with(|config| {
        behind_a_proxy(config);
        config.rooms.limits.joins = at_once(2);
    })
    .await;
    for name in ["Aki", "Bo"] {
        let mut client = open_from(&world, "203.0.113.1").await;
        client.join("tsukimi", name).await;
    }
    let mut third = open_from(&world, "203.0.113.1").await;
    third.say(join("elsewhere", "Chie")).await;
    assert_eq!(third.hear_a("error").await["code"], "tooManyJoins");
    third.is_served().await;
    let mut other = open_from(&world, "203.0.113.2").await;
    other.join("tsukimi", "Dan").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn one_address_does_not_take_all_places_before_a_door() {
    let world = World::with(|config| {
        behind_a_proxy(config);
        config.rooms.limits.waiting = 1;
    })
    .await;
    let mut host = open_from(&world, "203.0.113.1").await;
    host.join("tsukimi", "Aki").await;
    host.hear_a("host").await;
    host.say(json!({"type": "moderate", "action": "wait"})).await;
    while host.hear_a("rules").await["waiting"] != json!(true) {}
    let mut first = open_from(&world, "203.0.113.2").await;
    first.say(join("tsukimi", "Bo")).await;
    first.hear_a("waiting").await;
    let mut second = open_from(&world, "203.0.113.2").await;
    second.say(join("tsukimi", "Chie")).await;
    assert_eq!(second.hear_a("error").await["code"], "tooManyWaiting");
    let mut other = open_from(&world, "203.0.113.3").await;
    other.say(join("tsukimi", "Dan")).await;
    other.hear_a("waiting").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_member_says_so_much_and_the_limits_are_settings() {
    let world = World::with(|config| {
        config.rooms.limits.messages = at_once(8);
        config.rooms.limits.chats = at_once(1);
    })
    .await;
    let mut client = world.enter("tsukimi", "Aki").await;
    for nonce in ["n1", "n2"] {
        client
            .say(json!({"type": "chat", "text": "hello", "nonce": nonce}))
            .await;
    }
    let error = client.hear_a("error").await;
    assert_eq!(
        (&error["code"], &error["nonce"]),
        (&json!("tooFast"), &json!("n2"))
    );
    for _ in 0..6 {
        client.say(json!({"type": "ping"})).await;
    }
    assert_eq!(client.hear_a("error").await["code"], "tooFast");
    world.server.shutdown().await;
}
