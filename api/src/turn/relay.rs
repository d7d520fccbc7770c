//! What is done with a packet, however it came.

use super::{Quota, Relays, framing, ledger::Ledger};
use crate::{
    clock::Clock,
    rooms::{Buckets, Rate, Source, Taken},
};
use bytes::{Bytes, BytesMut};
use futures::FutureExt;
use std::{
    collections::HashMap,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{net::UdpSocket, sync::mpsc};
use turn_server::{
    codec::{
        DecodeResult, Decoder,
        crypto::{Password, generate_password},
        message::{
            MessageEncoder,
            attributes::{ErrorCode, PasswordAlgorithm, error::ErrorType},
            methods::{ALLOCATE_ERROR, ALLOCATE_REQUEST},
        },
    },
    service::{
        InterfaceAddr, Service, ServiceHandler, ServiceOptions, Transport,
        routing::RouteResult,
        session::{Identifier, ports::PortRange},
    },
};

/// What the server calls itself in the credentials' digests.
const REALM: &str = "tsukiyo";
/// The most that a packet may be.
const PACKET: usize = 4 * 1024;
/// What somebody may ask who holds no session yet, by address: each wish is remembered for ten minutes.
const STRANGERS: Rate = Rate {
    burst: 200,
    every: Duration::from_millis(50),
};
/// The same for all together.
const ALL_STRANGERS: Rate = Rate {
    burst: 2_000,
    every: Duration::from_millis(5),
};
/// How many addresses are remembered for that.
const SOURCES: usize = 50_000;
/// After which silence an allocation is taken back. Clients refresh theirs more often than that.
const SILENCE: Duration = Duration::from_secs(600);
/// How often it is looked for those.
const SWEEP: Duration = Duration::from_secs(10);

/// Takes packets, answers them, and passes on what is for others.
pub(super) struct Relay {
    service: Service<Handler>,
    ledger: Arc<Ledger>,
    clock: Clock,
    strangers: Mutex<Strangers>,
    udp: Arc<UdpSocket>,
    streams: Mutex<HashMap<SocketAddr, mpsc::Sender<Bytes>>>,
    external: SocketAddr,
}

struct Strangers {
    each: Buckets<Source>,
    all: Buckets<()>,
}

/// Who may have an allocation.
#[derive(Clone)]
struct Handler {
    relays: Relays,
    ledger: Arc<Ledger>,
    clock: Clock,
}

impl Relay {
    pub fn new(udp: Arc<UdpSocket>, external: SocketAddr, relays: Relays, quota: Quota) -> Self {
        let (ledger, clock) = (Arc::new(Ledger::new(quota)), Clock::start());
        let interface = |transport| InterfaceAddr {
            addr: external,
            external,
            transport,
        };
        let service = Service::new(ServiceOptions {
            port_range: PortRange::default(),
            realm: REALM.to_owned(),
            interfaces: vec![interface(Transport::Udp), interface(Transport::Tcp)],
            handler: Handler {
                relays,
                ledger: Arc::clone(&ledger),
                clock,
            },
        });
        Self {
            service,
            ledger,
            clock,
            strangers: Mutex::new(Strangers {
                each: Buckets::new(SOURCES),
                all: Buckets::new(1),
            }),
            udp,
            streams: Mutex::default(),
            external,
        }
    }

    /// Names a client.
    pub fn id(&self, source: SocketAddr, transport: Transport) -> Identifier {
        Identifier {
            source,
            external: self.external,
            interface: self.external,
            transport,
        }
    }

    /// Takes a packet, and returns what is to be answered.
    pub async fn take(&self, id: Identifier, packet: &[u8]) -> Option<Bytes> {
        let packet = framing::trimmed(packet);
        if !framing::is_plausible(packet) || !self.may(&id, packet) {
            return None;
        }
        self.ledger.heard(&id);
        let mut router = self.service.make_router(id);
        let mut buffer = BytesMut::with_capacity(PACKET);
        // What strangers send must not end the task, whatever the decoder makes of it.
        let routed = AssertUnwindSafe(router.route(packet, &mut buffer))
            .catch_unwind()
            .await;
        let RouteResult { relay, .. } = match routed {
            Ok(Ok(routed)) => routed?,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no TURN");
                return None;
            }
            Err(_) => {
                tracing::warn!("a packet was not understood");
                return None;
            }
        };
        if let Some(to) = relay {
            self.forward(&id, &to, buffer);
            return None;
        }
        if self.ledger.take_refused(&id) {
            return quota_reached(packet);
        }
        Some(buffer.freeze())
    }

    /// Takes note of a stream to a client.
    pub fn attach(&self, source: SocketAddr, queue: mpsc::Sender<Bytes>) {
        self.streams().insert(source, queue);
    }

    /// Forgets a client whose stream has ended.
    pub fn detach(&self, id: &Identifier) {
        self.streams().remove(&id.source);
        self.service.get_session_manager().refresh(id, 0);
    }

    /// Tells whether somebody has shown credentials, or is about to.
    pub fn knows(&self, id: &Identifier) -> bool {
        let session = self.service.get_session_manager().get_session(id);
        session.get_ref().is_some()
    }

    fn may(&self, id: &Identifier, packet: &[u8]) -> bool {
        if framing::is_binding(packet) || self.knows(id) {
            return true;
        }
        let now = self.clock.now();
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let may = strangers.each.take(now, id.source.ip().into(), STRANGERS) != Taken::No
            && strangers.all.take(now, (), ALL_STRANGERS) != Taken::No;
        if !may {
            dropped("strangers");
        }
        may
    }

    fn forward(&self, from: &Identifier, to: &Identifier, mut packet: BytesMut) {
        if !self.ledger.pay(from, packet.len()) {
            return dropped("bandwidth");
        }
        let bytes = packet.len() as u64;
        let sent = match to.transport {
            Transport::Udp => self.udp.try_send_to(&packet, to.source).is_ok(),
            Transport::Tcp => {
                packet.resize(packet.len().next_multiple_of(4), 0);
                let queue = self.streams().get(&to.source).cloned();
                queue.is_some_and(|queue| queue.try_send(packet.freeze()).is_ok())
            }
        };
        if !sent {
            return dropped("congestion");
        }
        metrics::counter!("tsukiyo_turn_bytes_total").increment(bytes);
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<SocketAddr, mpsc::Sender<Bytes>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServiceHandler for Handler {
    async fn get_password(
        &self,
        id: &Identifier,
        username: &str,
        algorithm: PasswordAlgorithm,
    ) -> Option<Password> {
        let (member, password) = self.relays.verify(username, self.clock.now())?;
        if !self.ledger.has_room(id, member) {
            dropped("quota");
            return None;
        }
        Some(generate_password(username, &password, REALM, algorithm))
    }

    fn on_allocated(&self, id: &Identifier, username: &str, _: u16) {
        let member = username.split_once(':').map_or("", |(_, member)| member);
        tracing::debug!(member, "relays for");
        self.ledger.open(id, member);
    }

    fn on_destroy(&self, id: &Identifier, _: &str) {
        self.ledger.close(id);
    }
}

/// Serves all clients that come over UDP, one packet after the other.
pub(super) async fn serve_udp(relay: Arc<Relay>, socket: Arc<UdpSocket>) {
    let mut buffer = vec![0; PACKET];
    loop {
        let (length, source) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                // On some systems a client that is gone is an error of the socket's.
                tracing::debug!(%error, "cannot receive");
                tokio::task::yield_now().await;
                continue;
            }
        };
        let id = relay.id(source, Transport::Udp);
        let packet = buffer.get(..length).unwrap_or_default();
        if let Some(answer) = relay.take(id, packet).await
            && socket.try_send_to(&answer, source).is_err()
        {
            dropped("congestion");
        }
    }
}

/// Takes allocations back of which nothing is heard, whatever lifetime they asked for.
pub(super) async fn sweep(relay: Arc<Relay>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        for id in relay.ledger.silent(SILENCE) {
            relay.service.get_session_manager().refresh(&id, 0);
        }
        metrics::gauge!("tsukiyo_turn_allocations").set(relay.ledger.allocations() as f64);
    }
}

/// Answers that the member has as many allocations as it may (RFC 8656 §19).
fn quota_reached(packet: &[u8]) -> Option<Bytes> {
    let mut decoder = Decoder::default();
    let Ok(DecodeResult::Message(message)) = decoder.decode(packet) else {
        return None;
    };
    if message.method() != ALLOCATE_REQUEST {
        return None;
    }
    let mut buffer = BytesMut::with_capacity(PACKET);
    let mut encoder = MessageEncoder::extend(ALLOCATE_ERROR, &message, &mut buffer);
    encoder.append::<ErrorCode>(ErrorCode::from(ErrorType::AllocationQuotaReached));
    encoder.flush(None).ok()?;
    Some(buffer.freeze())
}

fn dropped(why: &'static str) {
    metrics::counter!("tsukiyo_turn_dropped_total", "reason" => why).increment(1);
}
