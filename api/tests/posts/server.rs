//! The API on a port of its own.

use crate::{
    http::{self, Answer},
    world::World,
};
use api::{
    access::Access,
    guards::Guards,
    rest::{self, Presence},
    rooms::{Pass, Rules, Tokens},
};
use emulator::Emulator;
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use warp::Filter;
use wire::{DisplayName, ResumeToken, RoomId, RoomInfo};

pub struct Server {
    pub world: World,
    address: SocketAddr,
    emulator: Emulator,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Server {
    pub async fn start() -> Self {
        let (emulator, world) = World::embedded().await;
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        let routes = warp::path("api").and(rest::routes(
            world.store.clone(),
            Kaguya,
            Access::open(),
            Guards::default(),
        ));
        let (stop, stopped) = oneshot::channel();
        let serving = warp::serve(routes).incoming(listener).graceful(async {
            stopped.await.ok();
        });
        let running = tokio::spawn(serving.run());
        Self {
            world,
            address,
            emulator,
            stop,
            running,
        }
    }

    pub async fn stop(self) {
        self.stop.send(()).ok();
        self.running.await.expect("the server ends in peace");
        self.emulator.shutdown().await;
    }

    /// Sends a request without a body.
    pub async fn send(&self, method: &str, path: &str) -> Answer {
        self.raw(&format!("{method} /api/{path} HTTP/1.1\r\n\r\n").into_bytes())
            .await
    }

    /// Sends a request with a body of JSON.
    pub async fn send_json(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send_body(method, path, &["Content-Type: application/json"], body)
            .await
    }

    /// Sends a request with a body and the headers given.
    pub async fn send_body(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let body = body.as_ref();
        let mut request = format!(
            "{method} /api/{path} HTTP/1.1\r\nContent-Length: {}\r\n",
            body.len()
        );
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        self.raw(&request).await
    }

    /// Sends bytes as they are, but for `Host` and `Connection`, which go in behind the first line.
    pub async fn raw(&self, request: &[u8]) -> Answer {
        http::exchange(self.address, request).await
    }

    /// Stores a post and returns it as answered.
    pub async fn post(&self, body: &Value) -> Value {
        let answer = self.send_json("POST", "posts", body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}

/// One person, who is in every room.
#[derive(Clone)]
struct Kaguya;

impl Presence for Kaguya {
    async fn room(&self, id: &RoomId) -> Option<RoomInfo> {
        Some(RoomInfo {
            id: id.clone(),
            members: vec![DisplayName::new("かぐや").expect("it is a name")],
            capacity: 16,
            guarded: false,
        })
    }

    async fn rules(&self, _: &RoomId) -> Option<Rules> {
        None
    }

    fn pass(&self, id: &RoomId, token: &ResumeToken) -> Option<Pass> {
        tokens().verify(id, token, self.now())
    }

    fn now(&self) -> Duration {
        NOW
    }
}

/// The time of every request.
pub const NOW: Duration = Duration::from_secs(1_800_000_000);

/// What the server mints tokens with.
pub fn tokens() -> Tokens {
    Tokens::new(b"a key for tests")
}
