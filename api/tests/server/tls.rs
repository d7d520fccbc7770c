//! TLS on the server's own ports.

use crate::{client::SOON, world::World};
use api::tls::{Files, Origin};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{net::SocketAddr, path::Path, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Writes a certificate of its own making for localhost, and its key.
fn certify(directory: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let pem = made.cert.pem();
    std::fs::write(directory.join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
    std::fs::write(directory.join("cert.pem"), &pem).expect("a file");
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("it is PEM")
}

/// Connects as one who trusts a certificate and no other.
async fn connect(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("it is a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("there are versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn get(stream: &mut TlsStream<TcpStream>, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    timeout(SOON, stream.read_to_end(&mut answer))
        .await
        .expect("it answers in time")
        .expect("it answers");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_certificate_is_shown_and_another_once_its_file_has_changed() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let first = certify(directory.path());
    let files = Files {
        certificate: directory.path().join("cert.pem"),
        key: directory.path().join("key.pem"),
    };
    let world = World::with(|config| {
        config.tls = Some(Origin::Files(files));
        config.redirect_port = Some(0);
    })
    .await;
    let mut stream = connect(world.address(), &first).await.expect("it speaks TLS");
    let answer = get(&mut stream, "/healthz").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("strict-transport-security: max-age=31536000"),
        "{answer}"
    );
    let functions = world.server.addresses().functions;
    assert!(connect(functions, &first).await.is_ok());

    // Sockets are sockets there as well.
    let stream = connect(world.address(), &first).await.expect("it speaks TLS");
    let request = format!("wss://localhost:{}/ws", world.address().port());
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .expect("the socket opens");
    let hello = timeout(SOON, futures::StreamExt::next(&mut socket)).await;
    let hello = hello
        .expect("it speaks in time")
        .expect("it speaks")
        .expect("a frame");
    assert!(hello.to_string().contains("hello"), "{hello}");

    let redirect = world.server.addresses().redirect.expect("it has an address");
    let sent = crate::http::exchange(redirect, b"GET /room/a?b=c HTTP/1.1\r\n\r\n").await;
    let target = format!("https://localhost:{}/room/a?b=c", world.address().port());
    assert_eq!((sent.status, sent.header("location")), (308, target.as_str()));

    std::fs::write(directory.path().join("cert.pem"), "nonsense").expect("a file");
    let second = certify(directory.path());
    let changed = async {
        while connect(world.address(), &second).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, changed)
        .await
        .expect("the new one is shown in time");
    assert!(
        connect(world.address(), &first).await.is_err(),
        "the old one is not"
    );
    world.server.shutdown().await;
}

#[tokio::test]
async fn members_are_told_a_relay_over_tls_and_it_answers() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let certificate = certify(directory.path());
    let world = World::with(|config| {
        config.tls = Some(Origin::Files(Files {
            certificate: directory.path().join("cert.pem"),
            key: directory.path().join("key.pem"),
        }));
        config.turn = Some(api::turn::Config {
            port: 0,
            external: None,
            tls_port: Some(0),
            name: Some("localhost".to_owned()),
            quota: api::turn::Quota {
                allocations: 1,
                bytes_per_second: 1_000_000,
            },
        });
    })
    .await;
    let stream = connect(world.address(), &certificate)
        .await
        .expect("it speaks TLS");
    let request = format!("wss://localhost:{}/ws", world.address().port());
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .expect("the socket opens");
    let join = crate::client::join("tsukimi", "Aki").to_string();
    let joining = futures::SinkExt::send(&mut socket, tokio_tungstenite::tungstenite::Message::text(join));
    joining.await.expect("it is sent");
    let told = async {
        loop {
            let frame = futures::StreamExt::next(&mut socket)
                .await
                .expect("it speaks")
                .expect("a frame");
            let text = frame.to_string();
            if let Some((_, rest)) = text.split_once("turns:localhost:") {
                return rest
                    .split_once('?')
                    .expect("a transport")
                    .0
                    .parse::<u16>()
                    .expect("a port");
            }
        }
    };
    let port = timeout(SOON, told).await.expect("it is told in time");
    let mut stream = connect(([127, 0, 0, 1], port).into(), &certificate)
        .await
        .expect("it speaks TLS");
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    stream.write_all(&request).await.expect("it is sent");
    let mut answer = [0; 20];
    timeout(SOON, stream.read_exact(&mut answer))
        .await
        .expect("it answers in time")
        .expect("it answers");
    assert_eq!((&answer[..2], &answer[8..]), (&[1, 1][..], &[7; 12][..]));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_plain_port_says_nothing_of_tls_unless_a_trusted_proxy_speaks_it() {
    let world = World::with(|config| {
        config.guards.proxies = api::guards::Proxies::new(vec!["127.0.0.0/8".parse().expect("a network")]);
    })
    .await;
    let hsts = |answer: crate::http::Answer| answer.header("strict-transport-security").to_owned();
    assert_eq!(hsts(world.get("/healthz", "").await), "");
    let behind = world.get("/healthz", "X-Forwarded-Proto: https\r\n").await;
    assert_eq!(hsts(behind), "max-age=31536000");
    world.server.shutdown().await;
    let world = World::start().await;
    let forged = world.get("/healthz", "X-Forwarded-Proto: https\r\n").await;
    assert_eq!(hsts(forged), "");
    world.server.shutdown().await;
}
