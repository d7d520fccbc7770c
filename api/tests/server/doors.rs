//! Who gets a socket and who does not.

use crate::{client::Client, world::World};
use futures::StreamExt;
use tokio_tungstenite::tungstenite::{Error, Message};

async fn refused(world: &World, headers: &[(&'static str, &str)]) -> (u16, String) {
    match Client::open(world.address(), "/ws", headers).await {
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (
                response.status().as_u16(),
                String::from_utf8_lossy(&body).into_owned(),
            )
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the socket opened"),
    }
}

#[tokio::test]
async fn a_page_of_the_servers_own_host_gets_a_socket_and_a_foreign_one_does_not() {
    let world = World::with(|config| config.allow_origins = vec!["https://friend.example".to_owned()]).await;
    let own = format!("http://{}", world.address());
    for origin in [own.as_str(), "https://friend.example"] {
        let opened = Client::open(world.address(), "/ws", &[("origin", origin)]).await;
        assert!(opened.is_ok(), "{origin}");
    }
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        for path in ["/ws", "/Prod"] {
            let opened = Client::open(world.address(), path, &[("origin", origin)]).await;
            assert!(
                matches!(opened, Err(Error::Http(answer)) if answer.status() == 403),
                "{origin}"
            );
        }
    }
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_version_is_agreed_on_by_subprotocol() {
    let world = World::start().await;
    let offer = [("sec-websocket-protocol", "chat, tsukiyo.v1")];
    let client = Client::open(world.address(), "/ws", &offer).await;
    assert!(client.is_ok(), "{:?}", client.err());
    let (status, body) = refused(&world, &[("sec-websocket-protocol", "tsukiyo.v9")]).await;
    assert_eq!(status, 400);
    assert!(body.contains("tsukiyo.v1"), "{body}");
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_plain_request_is_told_that_this_is_a_socket() {
    let world = World::start().await;
    for path in ["/ws", "/Prod"] {
        let answer = world.get(path, "").await;
        assert_eq!(answer.status, 426);
        assert_eq!(answer.header("upgrade"), "websocket");
        assert!(
            answer.json()["error"]
                .as_str()
                .is_some_and(|text| text.contains("WebSocket"))
        );
    }
    let key = "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n";
    assert_eq!(world.get("/ws", key).await.status, 400);
    assert_eq!(world.get("/ws", &key.replace("13", "8")).await.status, 426);
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_service_works_over_any_stream() {
    let world = World::start().await;
    let (near, far) = tokio::io::duplex(4 * 1024);
    let service =
        hyper_util::service::TowerToHyperService::new(warp::service(api::routes(world.server.app())));
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(hyper_util::rt::TokioIo::new(far), service)
        .with_upgrades();
    tokio::spawn(connection);
    let (mut socket, _) = tokio_tungstenite::client_async("ws://localhost/ws", near)
        .await
        .expect("the socket opens");
    let hello = socket.next().await.expect("a message").expect("a message");
    assert!(matches!(hello, Message::Text(text) if text.contains("hello")));
    drop(socket);
    world.server.shutdown().await;
}

#[tokio::test]
async fn hello_names_the_ice_servers() {
    let world = World::with(|config| {
        config.rooms.ice_servers = api::config::parse_ice_servers("stun:stun.example:3478").expect("a URL");
    })
    .await;
    let mut client = Client::open(world.address(), "/ws", &[])
        .await
        .expect("the socket opens");
    let hello = client.hear().await;
    assert_eq!(hello["iceServers"][0]["urls"][0], "stun:stun.example:3478");
    assert_eq!(hello["version"], env!("CARGO_PKG_VERSION"));
    world.server.shutdown().await;
}
