//! TURN as a way into networks that are none of the client's business, and as something to be had for nothing.

use crate::{
    client::{Client, SOON, join},
    people::host,
    raw::hurry,
    stage::Stage,
    stun::{Asker, Credentials},
    world::World,
};
use anyhow::{Context, ensure};
use api::turn::{Config, Quota, Relays};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{net::UdpSocket, time::timeout};
use turn_server::codec::message::methods::{ALLOCATE_REQUEST, SEND_INDICATION};
use wire::IceServer;

const REALM: &str = "tsukiyo";
/// The key of the test's server, from which it derives the one of TURN.
const KEY: &[u8] = b"a key for tests";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whom nobody may reach through a relay.
const PEERS: &[(&str, &str)] = &[
    ("SSH of the server", "127.0.0.1:22"),
    ("port 0 of the server", "127.0.0.1:0"),
    ("the rest of loopback", "127.0.0.2:80"),
    ("the end of loopback", "127.255.255.254:80"),
    ("this host", "0.0.0.0:80"),
    ("metadata of clouds", "169.254.169.254:80"),
    ("metadata of containers", "169.254.170.2:80"),
    ("metadata of another cloud", "100.100.100.200:80"),
    ("a home", "192.168.0.1:80"),
    ("a company", "10.255.255.254:445"),
    ("a cluster", "172.16.0.1:443"),
    ("the end of that network", "172.31.255.254:443"),
    ("behind a carrier", "100.64.0.1:80"),
    ("a network for benchmarks", "198.18.0.1:80"),
    ("somebody on the internet", "203.0.113.9:80"),
    ("a group", "224.0.0.251:5353"),
    ("everybody", "255.255.255.255:67"),
    ("loopback of IPv6", "[::1]:80"),
    ("this host in IPv6", "[::]:80"),
    ("loopback in the clothes of IPv6", "[::ffff:127.0.0.1]:80"),
    ("metadata in the clothes of IPv6", "[::ffff:169.254.169.254]:80"),
    ("metadata behind a translator", "[64:ff9b::a9fe:a9fe]:80"),
    ("loopback in a tunnel", "[2002:7f00:1::1]:80"),
    ("metadata of clouds in IPv6", "[fd00:ec2::254]:80"),
    ("the link", "[fe80::1]:80"),
    ("all of the link", "[ff02::1]:5353"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_reaches_nobody_else_and_is_no_strangers() {
    let world = World::with(|config| {
        hurry(config);
        config.turn = Some(Config {
            port: 0,
            external: None,
            tls_port: None,
            name: None,
            quota: Quota {
                allocations: 4,
                bytes_per_second: 100_000,
            },
        });
    })
    .await;
    let mut stage = Stage::set("relaying", &world).await;
    let turn = world.server.addresses().turn.expect("an address");
    let (_member, good) = member(&world).await;

    let mut asker = Asker::bind([127, 0, 0, 1], turn).await.expect("a socket");
    assert_eq!(asker.allocate(Some(&good)).await.expect("an answer"), 0);
    for (what, peer) in PEERS {
        let peer: SocketAddr = peer.parse().expect("an address");
        stage.row(what, no_way(&mut asker, peer, &good)).await;
    }
    for (what, peer) in [
        ("the server's own page", world.address()),
        (
            "the store",
            world.server.addresses().firestore.expect("an address"),
        ),
        ("the relay itself", turn),
    ] {
        stage.row(what, no_way(&mut asker, peer, &good)).await;
    }
    stage
        .row("a neighbour, without asking first", unasked(&mut asker, turn))
        .await;

    for (what, bad) in forged(&good) {
        stage.row(what, refused(turn, Some(&bad))).await;
    }
    stage.row("no credentials", refused(turn, None)).await;
    stage
        .row("a signature of another request", transplanted(turn, &good))
        .await;
    stage
        .row("who only waits is told of no relay", waits(&world))
        .await;
    stage.row("5,000 strangers' wishes", flood(turn, &good)).await;
    stage
        .row("50 allocations of one member", quota(turn, &good))
        .await;
    stage
        .row("a small question with a large answer", amplified(turn))
        .await;
    stage.end(world).await;
}

fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time after 1970")
}

fn of(server: &IceServer) -> Credentials {
    Credentials {
        username: server.username.clone().unwrap_or_default(),
        password: server.credential.clone().unwrap_or_default(),
        realm: REALM.to_owned(),
    }
}

/// Joins, and returns what comes with that.
async fn member(world: &World) -> (Client, Credentials) {
    let mut client = world.connect().await;
    client.say(join("relaying", "Aki")).await;
    let hello = client.hear_a("hello").await;
    let servers: Vec<IceServer> = serde_json::from_value(hello["iceServers"].clone()).expect("servers");
    let relay = servers
        .iter()
        .find(|server| server.username.is_some())
        .expect("a relay");
    client.hear_a("joined").await;
    (client, of(relay))
}

fn forged(good: &Credentials) -> Vec<(&'static str, Credentials)> {
    let member = "somebody".parse().expect("an id");
    let mint = |key: &[u8], life, at| of(&Relays::derived(key, life).mint(&member, at));
    let with = |username: &str, password: &str, realm: &str| Credentials {
        username: username.to_owned(),
        password: password.to_owned(),
        realm: realm.to_owned(),
    };
    let (end, name) = good.username.split_once(':').expect("an end and a name");
    vec![
        ("another realm", with(&good.username, &good.password, "elsewhere")),
        ("no realm", with(&good.username, &good.password, "")),
        (
            "the realm in capitals",
            with(&good.username, &good.password, "TSUKIYO"),
        ),
        (
            "credentials that have ended",
            mint(KEY, DAY, Duration::from_secs(1_000_000_000)),
        ),
        (
            "credentials that end later than any do",
            mint(KEY, DAY * 400, now()),
        ),
        ("credentials of another server", mint(b"another key", DAY, now())),
        (
            "another's name",
            with(&format!("{end}:somebody"), &good.password, REALM),
        ),
        (
            "an end in hex",
            with(&format!("0x7fffffff:{name}"), &good.password, REALM),
        ),
        (
            "an end with a sign",
            with(&format!("+{end}:{name}"), &good.password, REALM),
        ),
        (
            "a negative end",
            with(&format!("-1:{name}"), &good.password, REALM),
        ),
        ("no end", with(name, &good.password, REALM)),
        ("no name", with(&format!("{end}:"), &good.password, REALM)),
        (
            "two names",
            with(&format!("{end}:{name}:somebody"), &good.password, REALM),
        ),
        (
            "a null byte in the name",
            with(&format!("{}\0", good.username), &good.password, REALM),
        ),
        (
            "a name of 500 bytes",
            with(&format!("{end}:{}", "x".repeat(500)), &good.password, REALM),
        ),
        (
            "the name as the password",
            with(&good.username, &good.username, REALM),
        ),
        ("no password", with(&good.username, "", REALM)),
        ("a script as a name", with("';--<script>", "a", REALM)),
    ]
}

async fn no_way(asker: &mut Asker, peer: SocketAddr, good: &Credentials) -> anyhow::Result<()> {
    for code in [
        asker.permit(peer, good).await?,
        asker.bind_channel(peer, good).await?,
    ] {
        ensure!((400..500).contains(&code), "{peer} may be reached: {code}");
    }
    Ok(())
}

/// What is sent without permission reaches no socket of this machine, and no channel leads anywhere.
async fn unasked(asker: &mut Asker, turn: SocketAddr) -> anyhow::Result<()> {
    let victim = UdpSocket::bind("127.0.0.1:0").await?;
    let mut packet = asker.request(SEND_INDICATION, Some(victim.local_addr()?), None, None)?;
    // DATA, of eight bytes.
    packet.extend_from_slice(&[0, 0x13, 0, 8]);
    packet.extend_from_slice(b"attack!!");
    let length = u16::try_from(packet.len() - 20)?;
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    for _ in 0..20 {
        asker.socket.send_to(&packet, turn).await?;
        asker
            .socket
            .send_to(&[0x40, 0, 0, 4, b'e', b'v', b'i', b'l'], turn)
            .await?;
    }
    // Once the server answers what came later, it has done with that.
    ensure!(asker.allocate(None).await? >= 400, "it knows who asks");
    let mut buffer = [0; 100];
    ensure!(victim.try_recv(&mut buffer).is_err(), "something came");
    Ok(())
}

async fn refused(turn: SocketAddr, signed: Option<&Credentials>) -> anyhow::Result<()> {
    let mut asker = Asker::bind([127, 0, 0, 1], turn).await?;
    let code = asker.allocate(signed).await?;
    ensure!((400..=401).contains(&code), "{code} was answered");
    Ok(())
}

/// A good signature under a request that was changed behind it.
async fn transplanted(turn: SocketAddr, good: &Credentials) -> anyhow::Result<()> {
    let mut asker = Asker::bind([127, 0, 0, 1], turn).await?;
    let mut request = asker.request(ALLOCATE_REQUEST, None, None, Some(good))?;
    request[19] ^= 1;
    let code = asker.exchange(&request).await?;
    ensure!(code == 401, "{code} was answered");
    Ok(())
}

async fn waits(world: &World) -> anyhow::Result<()> {
    let (mut host, _) = host(world, "relaying-door").await;
    host.order(json!({"action": "wait"}), |rules| rules["waiting"] == true)
        .await;
    let mut client = world.connect().await;
    client.say(join("relaying-door", "Mallory")).await;
    let heard = client.hear().await;
    ensure!(heard["type"] == "waiting", "{heard}");
    client.has_heard_nothing().await
}

/// Strangers of one address use up what they have, and members of others are answered.
async fn flood(turn: SocketAddr, good: &Credentials) -> anyhow::Result<()> {
    let mut strangers = Vec::new();
    for _ in 0..50 {
        strangers.push(Asker::bind([127, 0, 0, 2], turn).await?);
    }
    for _ in 0..100 {
        for stranger in &mut strangers {
            let request = stranger.request(ALLOCATE_REQUEST, None, None, None)?;
            stranger.socket.send_to(&request, turn).await?;
        }
    }
    let mut asker = Asker::bind([127, 0, 0, 3], turn).await?;
    let code = asker.allocate(Some(good)).await?;
    ensure!(code == 0, "{code} was answered");
    Ok(())
}

async fn quota(turn: SocketAddr, good: &Credentials) -> anyhow::Result<()> {
    let (mut held, mut askers) = (0, Vec::new());
    for _ in 0..50 {
        let mut asker = Asker::bind([127, 0, 0, 4], turn).await?;
        match asker.allocate(Some(good)).await? {
            0 => held += 1,
            code => ensure!(code == 486, "{code} was answered"),
        }
        askers.push(asker);
    }
    // One was made at the beginning and one during the flood.
    ensure!(held == 2, "{held} more allocations");
    Ok(())
}

/// Whoever asks in another's name must not be able to send that one much.
async fn amplified(turn: SocketAddr) -> anyhow::Result<()> {
    let asker = UdpSocket::bind("127.0.0.5:0").await?;
    let mut question = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    question.extend([9; 12]);
    let mut buffer = [0; 2_048];
    let answered = async {
        loop {
            asker.send_to(&question, turn).await?;
            if let Ok(received) = timeout(Duration::from_millis(300), asker.recv_from(&mut buffer)).await {
                return anyhow::Ok(received?.0);
            }
        }
    };
    let length = timeout(SOON, answered).await.context("no answer")??;
    ensure!(
        length <= 6 * question.len(),
        "{length} bytes for {}",
        question.len()
    );
    Ok(())
}
