//! A client of TURN that says what no good one would: any attribute, signed with anything.

use crate::client::SOON;
use anyhow::{Context, bail};
use bytes::BytesMut;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::UdpSocket,
    time::{Instant, timeout},
};
use turn_server::codec::{
    DecodeResult, Decoder,
    crypto::{Password, generate_password},
    message::{
        MessageEncoder,
        attributes::{
            AttributeType, ChannelNumber, PasswordAlgorithm, Realm, RequestedTransport, UserName,
            XorPeerAddress,
        },
        methods::{ALLOCATE_REQUEST, CHANNEL_BIND_REQUEST, CREATE_PERMISSION_REQUEST, Method},
    },
};

/// What a request is signed with.
#[derive(Clone)]
pub struct Credentials {
    pub username: String,
    pub password: String,
    pub realm: String,
}

impl Credentials {
    fn key(&self) -> Password {
        generate_password(
            &self.username,
            &self.password,
            &self.realm,
            PasswordAlgorithm::Md5,
        )
    }
}

/// A socket that asks a server.
pub struct Asker {
    pub socket: UdpSocket,
    server: SocketAddr,
    asked: u64,
}

impl Asker {
    /// From an address of this machine.
    pub async fn bind(from: [u8; 4], server: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            socket: UdpSocket::bind(SocketAddr::from((from, 0))).await?,
            server,
            asked: 0,
        })
    }

    pub async fn allocate(&mut self, signed: Option<&Credentials>) -> anyhow::Result<u16> {
        self.ask(ALLOCATE_REQUEST, None, None, signed).await
    }

    pub async fn permit(&mut self, peer: SocketAddr, signed: &Credentials) -> anyhow::Result<u16> {
        self.ask(CREATE_PERMISSION_REQUEST, Some(peer), None, Some(signed))
            .await
    }

    pub async fn bind_channel(&mut self, peer: SocketAddr, signed: &Credentials) -> anyhow::Result<u16> {
        self.ask(CHANNEL_BIND_REQUEST, Some(peer), Some(0x4000), Some(signed))
            .await
    }

    /// Makes a request that no other is like.
    pub fn request(
        &mut self,
        method: Method,
        peer: Option<SocketAddr>,
        channel: Option<u16>,
        signed: Option<&Credentials>,
    ) -> anyhow::Result<BytesMut> {
        self.asked += 1;
        let mut id = [7; 12];
        id[4..].copy_from_slice(&self.asked.to_be_bytes());
        let mut buffer = BytesMut::with_capacity(2_048);
        let mut message = MessageEncoder::new(method, &id, &mut buffer);
        message.append::<RequestedTransport>(RequestedTransport::Udp);
        if let Some(peer) = peer {
            message.append::<XorPeerAddress>(peer);
        }
        if let Some(channel) = channel {
            message.append::<ChannelNumber>(channel);
        }
        if let Some(signed) = signed {
            message.append::<UserName>(&signed.username);
            message.append::<Realm>(&signed.realm);
        }
        let flushed = message.flush(signed.map(Credentials::key).as_ref());
        flushed.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        Ok(buffer)
    }

    /// Asks, and returns the code of the error that is answered, or 0 for a success.
    async fn ask(
        &mut self,
        method: Method,
        peer: Option<SocketAddr>,
        channel: Option<u16>,
        signed: Option<&Credentials>,
    ) -> anyhow::Result<u16> {
        let request = self.request(method, peer, channel, signed)?;
        self.exchange(&request).await
    }

    /// Sends until it is answered, as UDP may lose anything.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        let deadline = Instant::now() + SOON;
        let mut buffer = [0; 2_048];
        loop {
            self.socket.send_to(request, self.server).await?;
            let received = timeout(Duration::from_millis(300), self.socket.recv_from(&mut buffer)).await;
            if let Ok(received) = received {
                let packet = &buffer[..received?.0];
                // Of an earlier request that was repeated, the second answer.
                if packet.get(8..20) == request.get(8..20) {
                    return outcome(packet);
                }
            }
            if Instant::now() > deadline {
                bail!("the server does not answer");
            }
        }
    }
}

fn outcome(packet: &[u8]) -> anyhow::Result<u16> {
    let mut decoder = Decoder::default();
    let Ok(DecodeResult::Message(message)) = decoder.decode(packet) else {
        bail!("{packet:?} is no message");
    };
    if !message.method().is_error() {
        return Ok(0);
    }
    let error = message
        .get_for_type(AttributeType::ErrorCode)
        .context("an error has a code")?;
    let (class, number) = (
        error.get(2).context("a class")?,
        error.get(3).context("a number")?,
    );
    Ok(u16::from(*class) * 100 + u16::from(*number))
}
