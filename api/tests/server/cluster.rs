//! Several servers over one store, on a bus within this process.

use crate::{client::join, world::World};
use api::{
    bus::{Bus, Memory},
    server::{Database, Others},
    store::{Endpoint, StoreConfig},
};
use serde_json::{Value, json};
use std::time::Duration;

/// A store that outlives every server, and servers over it.
struct Site {
    store: emulator::Emulator,
    bus: Memory,
    servers: Vec<World>,
}

impl Site {
    async fn of(servers: usize) -> Self {
        let store = emulator::Emulator::start(emulator::Config::default())
            .await
            .expect("an emulator in memory starts");
        let mut site = Self {
            store,
            bus: Memory::default(),
            servers: Vec::new(),
        };
        for _ in 0..servers {
            site.add().await;
        }
        site
    }

    async fn add(&mut self) {
        let store = StoreConfig {
            project: "test".to_owned(),
            endpoint: Endpoint::Emulator(self.store.grpc_addr().to_string()),
        };
        let bus = self.bus.clone();
        let server = World::with(|config| {
            config.database = Database::Remote(store);
            config.others = Others::On(Bus::Memory(bus));
        });
        self.servers.push(server.await);
    }

    async fn end(self) {
        for server in self.servers {
            server.server.shutdown().await;
        }
        self.store.shutdown().await;
    }
}

/// Asks until the answer is right, for as long as a person would.
async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let right = async {
        while !look().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, right).await.expect(what);
}

#[tokio::test]
async fn members_of_one_room_on_two_servers_meet_and_talk() {
    let site = Site::of(2).await;
    let mut luna = site.servers[0].enter("tsukimi", "Luna").await;
    let mut kaguya = site.servers[1].enter("tsukimi", "Kaguya").await;
    assert_eq!(luna.hear_a("join").await["member"]["id"], json!(kaguya.id));
    let offer = json!({"type": "accept", "to": luna.id, "handshake": {"by": kaguya.id, "attempt": 1}});
    kaguya.say(offer).await;
    assert_eq!(luna.hear_a("accept").await["from"], json!(kaguya.id));
    for (n, from_luna) in [(1, true), (2, false), (3, true)] {
        let said = json!({"type": "chat", "text": format!("words {n}"), "nonce": format!("n{n}")});
        if from_luna {
            luna.say(said).await;
        } else {
            kaguya.say(said).await;
        }
        for member in [&mut luna, &mut kaguya] {
            assert_eq!(
                member.hear_a("chat").await["message"]["text"],
                json!(format!("words {n}"))
            );
        }
    }
    for server in &site.servers {
        let info = server.get("/api/rooms/tsukimi", "").await.json();
        assert_eq!(info["members"], json!(["Luna", "Kaguya"]));
    }
    site.end().await;
}

#[tokio::test]
async fn who_has_a_room_and_stops_leaves_it_to_another_and_nobody_is_forgotten() {
    let mut site = Site::of(2).await;
    let mut luna = site.servers[0].enter("tsukimi", "Luna").await;
    let mut kaguya = site.servers[1].enter("tsukimi", "Kaguya").await;
    luna.say(json!({"type": "chat", "text": "before", "nonce": "n1"}))
        .await;
    kaguya.hear_a("chat").await;
    let stopped = site.servers.remove(0);
    stopped.server.shutdown().await;
    for member in [&mut luna, &mut kaguya] {
        assert_eq!(member.closed().await, Some(1012));
    }
    for member in [&luna, &kaguya] {
        let mut again = site.servers[0].connect().await;
        let joined = again.come_back("tsukimi", member, true).await;
        assert_eq!(joined["member"], json!(member.id));
        let history = again.hear_a("history").await;
        assert_eq!(history["messages"][0]["text"], json!("before"));
    }
    site.end().await;
}

#[tokio::test]
async fn without_a_bus_nobody_new_comes_in_and_it_is_said_so() {
    let site = Site::of(2).await;
    let mut luna = site.servers[0].enter("tsukimi", "Luna").await;
    let mut kaguya = site.servers[1].enter("tsukimi", "Kaguya").await;
    site.bus.set_carries(false);
    for server in &site.servers {
        until("it is said that it is cut off", async || {
            server.get("/readyz", "").await.status == 503
        })
        .await;
        let health: Value = server.get("/healthz", "").await.json();
        assert_eq!(
            (&health["status"], &health["bus"]["carries"]),
            (&json!("cut off"), &json!(false))
        );
        // A moment without the bus is an everyday matter.
        until("nobody new is let in", async || {
            let mut stranger = server.connect().await;
            stranger.say(join("tsukimi", "Stranger")).await;
            stranger.hear().await["code"] == json!("unavailable")
        })
        .await;
    }
    luna.is_served().await;
    kaguya.is_served().await;
    kaguya.say(json!({"type": "hand", "raised": true})).await;
    site.bus.set_carries(true);
    assert_eq!(luna.hear_a("hands").await["raised"], json!([kaguya.id]));
    for server in &site.servers {
        until("it lets people in", async || {
            server.get("/readyz", "").await.status == 200
        })
        .await;
    }
    site.servers[1].enter("tsukimi", "Neko").await;
    luna.hear_a("join").await;
    site.end().await;
}
