//! STUN and TURN (RFC 8489, RFC 8656), built in: for members whose networks let no two of them meet.
//!
//! The protocol and the sessions are those of the `turn-server` crate; sockets, credentials and quotas are ours.
//!
//! # Invariants
//! - No packet goes anywhere but to somebody who holds an allocation of this server. An allocation's port is a number in a
//!   table and not a socket, so nothing can be sent to a private network, this machine or a metadata service through it.
//!   Two members who both hold one reach each other; that all members are given credentials makes that enough.
//! - Who is no member gets no allocation: credentials are made when somebody is let in ([`Relays`]), and end.
//! - What strangers may make the server remember has a bound, by address.

mod credentials;
mod framing;
mod ledger;
mod relay;
mod stream;

pub use credentials::Relays;
pub use ledger::Quota;

use crate::{guards::Guards, tls::Tls};
use relay::Relay;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::{
    net::{TcpListener, UdpSocket},
    task::JoinHandle,
};

/// Where the server listens, and what each member may have.
#[derive(Debug, Clone)]
pub struct Config {
    /// The port, of UDP and of TCP.
    pub port: u16,
    /// The address that clients reach it under, where that is not the one it listens on.
    pub external: Option<IpAddr>,
    /// The port of TURN over TLS, for networks that let nothing else out.
    pub tls_port: Option<u16>,
    /// The name in the certificate that is shown there.
    pub name: Option<String>,
    /// What each member may have.
    pub quota: Quota,
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Turn {
    external: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

/// Sockets that are open, before it is known with which credentials.
#[derive(Debug)]
pub struct Bound {
    udp: UdpSocket,
    tcp: TcpListener,
    tls: Option<TcpListener>,
    external: SocketAddr,
    /// Where TLS is spoken, as a URL has it.
    tls_place: Option<String>,
    quota: Quota,
}

impl Bound {
    /// Opens the sockets.
    ///
    /// # Errors
    /// What the operating system says.
    pub async fn open(host: IpAddr, config: &Config) -> io::Result<Self> {
        let (udp, tcp) = pair(host, config.port).await?;
        let local = udp.local_addr()?;
        let ip = config.external.unwrap_or(host);
        let (mut tls, mut tls_place) = (None, None);
        if let Some(port) = config.tls_port {
            let listener = TcpListener::bind((host, port)).await?;
            let port = listener.local_addr()?.port();
            let address = SocketAddr::new(ip, port).to_string();
            tls_place = Some((config.name.as_ref()).map_or(address, |name| format!("{name}:{port}")));
            tls = Some(listener);
        }
        Ok(Self {
            udp,
            tcp,
            tls,
            external: SocketAddr::new(ip, local.port()),
            tls_place,
            quota: config.quota,
        })
    }

    /// Returns where clients ask for their own address.
    pub fn stun_url(&self) -> String {
        format!("stun:{}", self.external)
    }

    /// Returns where clients ask for an allocation.
    pub fn turn_urls(&self) -> Vec<String> {
        let plain = ["udp", "tcp"].map(|transport| format!("turn:{}?transport={transport}", self.external));
        let secure = self
            .tls_place
            .iter()
            .map(|place| format!("turns:{place}?transport=tcp"));
        plain.into_iter().chain(secure).collect()
    }

    /// Serves whoever comes. Over TLS nobody is served without a certificate.
    pub fn serve(self, relays: Relays, guards: Guards, certificate: Option<Tls>) -> Turn {
        let udp = Arc::new(self.udp);
        let relay = Arc::new(Relay::new(Arc::clone(&udp), self.external, relays, self.quota));
        let mut tasks = vec![
            tokio::spawn(relay::serve_udp(Arc::clone(&relay), udp)),
            tokio::spawn(stream::accept(Arc::clone(&relay), self.tcp, guards.clone(), None)),
        ];
        if let (Some(listener), Some(tls)) = (self.tls, certificate) {
            tasks.push(tokio::spawn(stream::accept(
                Arc::clone(&relay),
                listener,
                guards,
                Some(tls),
            )));
        }
        tasks.push(tokio::spawn(relay::sweep(relay)));
        Turn {
            external: self.external,
            tasks,
        }
    }
}

/// Opens a port of both. Where any will do, one that is free for UDP may be taken for TCP, and then another is tried.
async fn pair(host: IpAddr, port: u16) -> io::Result<(UdpSocket, TcpListener)> {
    let mut tries = if port == 0 { 10 } else { 1 };
    loop {
        let udp = UdpSocket::bind((host, port)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(_) if tries > 1 => tries -= 1,
            Err(error) => return Err(error),
        }
    }
}

impl Turn {
    /// Returns where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.external
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
