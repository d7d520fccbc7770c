//! STUN and TURN, with a client of another house.

use crate::{
    client::{Client, SOON, join},
    world::World,
};
use api::turn::{Config, Quota};
use serde_json::Value;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use turn::client::{Client as TurnClient, ClientConfig};
use webrtc_util::Conn;

const QUOTA: Quota = Quota {
    allocations: 4,
    bytes_per_second: 1_000_000,
};

async fn world(quota: Quota) -> World {
    World::with(|config| {
        config.turn = Some(Config {
            port: 0,
            external: None,
            tls_port: None,
            name: None,
            quota,
        });
    })
    .await
}

fn turn(world: &World) -> SocketAddr {
    world.server.addresses().turn.expect("it has an address")
}

/// What a member is told to use.
#[derive(Clone)]
struct Credentials {
    username: String,
    password: String,
}

/// Joins, and returns the credentials that come with that.
async fn member(world: &World, name: &str) -> (Client, Credentials) {
    let mut client = world.connect().await;
    client.say(join("tsukimi", name)).await;
    let hello = client.hear_a("hello").await;
    let servers = hello["iceServers"].as_array().expect("servers");
    let relay = servers.iter().find(|server| server["username"].is_string());
    let relay = relay.expect("members are told a relay");
    let urls = format!("{}", relay["urls"]);
    let address = turn(world);
    for transport in ["udp", "tcp"] {
        assert!(
            urls.contains(&format!("turn:{address}?transport={transport}")),
            "{urls}"
        );
    }
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let credentials = Credentials {
        username: text(&relay["username"]),
        password: text(&relay["credential"]),
    };
    client.hear_a("joined").await;
    (client, credentials)
}

/// A client of TURN over a socket of its own.
async fn client(world: &World, credentials: &Credentials) -> TurnClient {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let address = turn(world).to_string();
    let client = TurnClient::new(ClientConfig {
        stun_serv_addr: address.clone(),
        turn_serv_addr: address,
        username: credentials.username.clone(),
        password: credentials.password.clone(),
        realm: String::new(),
        software: String::new(),
        rto_in_ms: 0,
        conn: Arc::new(socket),
        vnet: None,
    })
    .await
    .expect("a client");
    client.listen().await.expect("it listens");
    client
}

/// Sends until something arrives, as UDP may lose anything, and returns what does.
async fn pass(from: &impl Conn, to: &impl Conn, to_address: SocketAddr, text: &str) -> (String, SocketAddr) {
    let mut buffer = [0; 1_500];
    let passing = async {
        loop {
            from.send_to(text.as_bytes(), to_address)
                .await
                .expect("it is sent");
            if let Ok(received) = timeout(Duration::from_millis(200), to.recv_from(&mut buffer)).await {
                return received.expect("it comes");
            }
        }
    };
    let (length, source) = timeout(SOON, passing).await.expect("it comes in time");
    (String::from_utf8_lossy(&buffer[..length]).into_owned(), source)
}

/// Lets the server know that one wants to hear from the other; what is sent for it is lost on the way.
async fn permit(from: &impl Conn, to: SocketAddr) {
    from.send_to(b"may I", to).await.expect("the server permits it");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_reach_each_other_through_the_relay() {
    let world = world(QUOTA).await;
    let (_aki, of_aki) = member(&world, "Aki").await;
    let (_bo, of_bo) = member(&world, "Bo").await;
    assert_ne!(of_aki.username, of_bo.username);
    let (a, b) = (client(&world, &of_aki).await, client(&world, &of_bo).await);
    let own = a.send_binding_request().await.expect("STUN answers");
    assert!(own.ip().is_loopback() && own.port() > 0);
    let (relay_a, relay_b) = (
        a.allocate().await.expect("an allocation"),
        b.allocate().await.expect("an allocation"),
    );
    let (at_a, at_b) = (
        relay_a.local_addr().expect("an address"),
        relay_b.local_addr().expect("an address"),
    );
    permit(&relay_a, at_b).await;
    permit(&relay_b, at_a).await;
    let mut heard = pass(&relay_a, &relay_b, at_b, "from a").await;
    // The first words may have come through as well.
    if heard.0 == "may I" {
        heard = pass(&relay_a, &relay_b, at_b, "from a").await;
    }
    assert_eq!(heard, ("from a".to_owned(), at_a));
    let mut heard = pass(&relay_b, &relay_a, at_a, "from b").await;
    while heard.0 == "may I" {
        heard = pass(&relay_b, &relay_a, at_a, "from b").await;
    }
    assert_eq!(heard, ("from b".to_owned(), at_b));
    world.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_allocations_of_this_server_can_be_reached() {
    let world = world(QUOTA).await;
    let (_aki, credentials) = member(&world, "Aki").await;
    let turn_client = client(&world, &credentials).await;
    let relay = turn_client.allocate().await.expect("an allocation");
    let victim = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let victims = [
        victim.local_addr().expect("an address"),
        SocketAddr::from(([169, 254, 169, 254], 80)),
        SocketAddr::from(([10, 0, 0, 1], 53)),
        SocketAddr::from(([8, 8, 8, 8], 53)),
        turn(&world),
    ];
    for address in victims {
        let refused = relay.send_to(b"attack", address).await;
        assert!(refused.is_err(), "{address} may be reached");
    }
    let mut buffer = [0; 100];
    assert!(victim.try_recv(&mut buffer).is_err(), "something came");
    world.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_member_gets_no_allocation() {
    let world = world(QUOTA).await;
    let visitor = Client::open(world.address(), "/ws", &[]).await;
    let hello = visitor.expect("the socket opens").hear().await.to_string();
    assert!(hello.contains("stun:") && !hello.contains("turn:"), "{hello}");
    let (_aki, good) = member(&world, "Aki").await;
    let (end, name) = good.username.split_once(':').expect("an end and a name");
    let later: u64 = end.parse::<u64>().expect("a time") + 1;
    for (username, password) in [
        (good.username.clone(), "guessed".to_owned()),
        (format!("{later}:{name}"), good.password.clone()),
        (format!("1:{name}"), good.password.clone()),
        (String::new(), String::new()),
    ] {
        let forged = client(
            &world,
            &Credentials {
                username: username.clone(),
                password,
            },
        )
        .await;
        let outcome = timeout(SOON, forged.allocate())
            .await
            .expect("it is answered in time");
        assert!(outcome.is_err(), "{username}");
    }
    assert!(client(&world, &good).await.allocate().await.is_ok());
    world.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_has_so_many_allocations() {
    let world = world(Quota {
        allocations: 1,
        ..QUOTA
    })
    .await;
    let (_aki, of_aki) = member(&world, "Aki").await;
    let (_bo, of_bo) = member(&world, "Bo").await;
    let first = client(&world, &of_aki).await;
    let _held = first.allocate().await.expect("an allocation");
    let second = client(&world, &of_aki).await;
    let Err(error) = second.allocate().await else {
        panic!("there are two allocations")
    };
    assert!(error.to_string().contains("486"), "{error}");
    assert!(client(&world, &of_bo).await.allocate().await.is_ok());
    world.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_turn_leaves_the_server_serving() {
    let world = world(QUOTA).await;
    let address = turn(&world);
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let mut seed = 1_u64;
    let mut random = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u8
    };
    for round in 0..3_000_usize {
        let mut packet: Vec<u8> = (0..round % 120).map(|_| random()).collect();
        // Most of them look like messages as far as the header goes.
        if round % 3 != 0 && packet.len() >= 20 {
            let length = packet.len() as u16 - 20;
            packet[..2].copy_from_slice(&[0, [1, 3, 4, 8, 9, 22][round % 6]]);
            packet[2..4].copy_from_slice(&length.to_be_bytes());
            packet[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        }
        socket.send_to(&packet, address).await.expect("it is sent");
        if round % 300 == 0 {
            let mut stream = TcpStream::connect(address).await.expect("it listens");
            let _ = stream.write_all(&packet).await;
        }
    }
    let nobody = Credentials {
        username: String::new(),
        password: String::new(),
    };
    let asking = client(&world, &nobody).await;
    timeout(SOON, asking.send_binding_request())
        .await
        .expect("it answers in time")
        .expect("it answers");
    // Over TCP, and in pieces.
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let (head, tail) = request.split_at(9);
    stream.write_all(head).await.expect("it is sent");
    stream.flush().await.expect("it is sent");
    stream.write_all(tail).await.expect("it is sent");
    let mut answer = [0; 20];
    timeout(SOON, stream.read_exact(&mut answer))
        .await
        .expect("it answers in time")
        .expect("it answers");
    assert_eq!((&answer[..2], &answer[8..]), (&[1, 1][..], &[7; 12][..]));
    // What is no message ends the stream.
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .await
        .expect("it is sent");
    let mut rest = Vec::new();
    let ended = timeout(SOON, stream.read_to_end(&mut rest))
        .await
        .expect("it ends in time");
    assert!(ended.is_err() || rest.is_empty(), "{rest:?}");
    world.server.shutdown().await;
}
