//! The one place where the rooms live, and where their outputs become deeds.

use super::{
    chat::{Pending, Scribe},
    history::{self, Histories},
    rules,
    servers::{self, Among},
};
use crate::{
    access::Access,
    bus::Bus,
    clock::Clock,
    cluster::{self, Node},
    passcode::Passcodes,
    rest::Presence as _,
    rooms::{Census, Input, Output, Settings, SocketId, Tokens},
    socket::Outbox,
    store::Store,
    telemetry::{Calls, Meters},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Notify, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::{Instrument, Span};
use wire::{ClientMessage, ServerMessage};

/// Everybody's rooms. Clones are the same hub.
#[derive(Debug, Clone)]
pub struct Hub(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    state: Mutex<State>,
    pub(super) clock: Clock,
    store: Store,
    scribe: Scribe,
    histories: Histories,
    passcodes: Passcodes,
    access: Access,
    pub(super) tokens: Tokens,
    /// The time at which the rooms want to be woken has changed.
    rescheduled: Arc<Notify>,
    next_socket: AtomicU64,
    stopping: AtomicBool,
    draining: AtomicBool,
    meters: Meters,
    /// Every open socket holds a receiver.
    open: watch::Sender<()>,
    /// What there is besides where this server is one of several.
    pub(super) among: Among,
}

#[derive(Debug)]
pub(super) struct State {
    pub node: Node,
    outboxes: HashMap<SocketId, Arc<Outbox>>,
    /// Since when each of those waits who wants to come in.
    joining: HashMap<SocketId, Joining>,
}

/// The wish to come in, until it is answered.
#[derive(Debug)]
struct Joining {
    since: Instant,
    /// Ends when this is dropped.
    span: Span,
}

/// Held by a socket's task for as long as it runs.
pub(super) type Open = watch::Receiver<()>;

impl Hub {
    /// Makes rooms over a store, and starts the task that keeps their time. It ends with the last clone.
    pub fn start(settings: Settings, store: Store) -> Self {
        Self::join(settings, store, Bus::Alone, Access::open())
    }

    /// The same for one server of those which a bus connects, and which have one store. Where not everybody makes rooms,
    /// `access` knows who may.
    pub fn join(mut settings: Settings, store: Store, bus: Bus, access: Access) -> Self {
        settings.shared = bus.is_shared();
        settings.restricted = access.guards_rooms();
        let clock = Clock::start();
        let tokens = settings.tokens.clone();
        let shared = settings.shared;
        let meters = Meters {
            calls: settings.reports.then(Calls::default),
            ..Meters::default()
        };
        let rescheduled = Arc::new(Notify::new());
        let hub = Self(Arc::new(Inner {
            state: Mutex::new(State {
                node: Node::new(servers::id(), crate::random::bytes(), settings),
                outboxes: HashMap::new(),
                joining: HashMap::new(),
            }),
            clock,
            store,
            scribe: Scribe::default(),
            histories: Histories::default(),
            passcodes: Passcodes::default(),
            access,
            tokens,
            rescheduled: Arc::clone(&rescheduled),
            next_socket: AtomicU64::new(1),
            stopping: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            meters,
            open: watch::Sender::new(()),
            among: Among::new(bus),
        }));
        if shared {
            servers::start(&hub);
        }
        tokio::spawn(keep_time(Arc::downgrade(&hub.0), clock, rescheduled));
        hub
    }

    /// Returns how many sockets, members and rooms there are.
    pub fn census(&self) -> Census {
        self.lock().node.census()
    }

    /// Lets nobody new in from now on. Whoever is inside stays, and may come back.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
        self.input(Input::Draining);
    }

    /// Says whether the server is about to stop.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::SeqCst) || self.is_stopping()
    }

    /// Tells every client that the server goes, closes every socket, and waits until they are closed.
    pub async fn stop(&self) {
        self.0.stopping.store(true, Ordering::SeqCst);
        // First of all, so that whoever comes back elsewhere need not wait for us.
        self.resign().await;
        self.input(Input::ShuttingDown);
        self.0.open.closed().await;
        self.say_goodbye().await;
        self.0.scribe.close();
        self.0.histories.close();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::SeqCst)
    }

    /// Takes a socket in, unless the server is about to stop.
    pub(super) fn connect(&self, outbox: Arc<Outbox>, address: Option<IpAddr>) -> Option<(SocketId, Open)> {
        let open = self.0.open.subscribe();
        let socket = SocketId(self.0.next_socket.fetch_add(1, Ordering::Relaxed));
        let mut state = self.lock();
        // Under the lock: either the rooms are told of the end after this, or this is told of it.
        if self.is_stopping() {
            return None;
        }
        state.outboxes.insert(socket, outbox);
        self.handle(&mut state, Input::Connected { socket, address });
        Some((socket, open))
    }

    pub(super) fn disconnect(&self, socket: SocketId) {
        let mut state = self.lock();
        state.outboxes.remove(&socket);
        state.joining.remove(&socket);
        self.handle(&mut state, Input::Disconnected { socket });
    }

    pub(super) fn input(&self, input: Input) {
        self.handle(&mut self.lock(), input);
    }

    /// Takes note of a message that came.
    pub(super) fn heard(&self, bytes: usize) {
        self.0.meters.heard.increment(1);
        self.0.meters.heard_bytes.increment(bytes as u64);
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn histories(&self) -> &Histories {
        &self.0.histories
    }

    pub(super) fn passcodes(&self) -> &Passcodes {
        &self.0.passcodes
    }

    pub(super) fn access(&self) -> &Access {
        &self.0.access
    }

    /// Returns the time since 1970 in milliseconds.
    pub(super) fn unix_millis(&self) -> u64 {
        u64::try_from(self.0.clock.now().as_millis()).unwrap_or(u64::MAX)
    }

    /// Says whether a socket is still there.
    pub(super) fn knows(&self, socket: SocketId) -> bool {
        let state = self.lock();
        state.outboxes.contains_key(&socket) || state.node.has_guest(socket)
    }

    /// Lets another server hear what a client says whose room is there. Returns whether there is one.
    pub(super) fn relay(&self, socket: SocketId, text: &str) -> bool {
        self.0.among.is_shared() && self.with(|node, now| node.relay(now, socket, text))
    }

    /// The same for what is no text.
    pub(super) fn relay_malformed(&self, socket: SocketId, why: &str) -> bool {
        self.0.among.is_shared() && self.with(|node, now| node.relay_malformed(now, socket, why))
    }

    /// Lets something happen to this server, and does what follows.
    pub(super) fn with<T>(&self, happen: impl FnOnce(&mut Node, Duration) -> T) -> T {
        let mut state = self.lock();
        let before = state.node.poll_timeout();
        let outcome = happen(&mut state.node, self.0.clock.now());
        self.follow(&mut state, before);
        outcome
    }

    /// Lets the rooms know that time has passed, and returns when they want to know it again.
    fn expire(&self) -> Option<Duration> {
        let mut state = self.lock();
        let now = self.0.clock.now();
        state.node.handle_timeout(now);
        self.perform(&mut state);
        if self.0.among.is_shared() {
            let packets = state.node.poll_packets(now);
            self.0.among.post(packets);
        }
        state.node.poll_timeout()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, state: &mut State, input: Input) {
        if let Input::Message {
            socket,
            message: ClientMessage::Join { .. },
            ..
        } = &input
        {
            state.joining.entry(*socket).or_insert_with(|| Joining {
                since: Instant::now(),
                span: tracing::info_span!("join", outcome = tracing::field::Empty),
            });
        }
        let before = state.node.poll_timeout();
        state.node.handle_input(self.0.clock.now(), input);
        self.follow(state, before);
    }

    fn follow(&self, state: &mut State, before: Option<Duration>) {
        self.perform(state);
        if state.node.has_news() {
            self.0.among.wake();
        }
        if state.node.poll_timeout() != before {
            self.0.rescheduled.notify_one();
        }
    }

    fn perform(&self, state: &mut State) {
        let mut last: Option<(Arc<ServerMessage>, Utf8Bytes)> = None;
        while let Some(output) = state.node.poll_output() {
            let output = match output {
                cluster::Output::Rooms(output) => output,
                cluster::Output::Text { socket, text } => {
                    if let Some(outbox) = state.outboxes.get(&socket) {
                        self.0.meters.said.increment(1);
                        self.0.meters.said_bytes.increment(text.len() as u64);
                        outbox.push(text.into());
                    }
                    state.joining.remove(&socket);
                    continue;
                }
                cluster::Output::Told { ask, info } => {
                    self.0.among.told(ask, info);
                    continue;
                }
            };
            match output {
                Output::Send { socket, message } => {
                    let Some(outbox) = state.outboxes.get(&socket) else {
                        continue;
                    };
                    // What goes to many follows itself, and is written down once.
                    let text = match last.take() {
                        Some((same, text)) if Arc::ptr_eq(&same, &message) => text,
                        _ => serialize(&message),
                    };
                    self.0.meters.said.increment(1);
                    self.0.meters.said_bytes.increment(text.len() as u64);
                    outbox.push(text.clone());
                    self.measure(&mut state.joining, socket, &message);
                    last = Some((message, text));
                }
                Output::Close { socket, code, reason } => {
                    metrics::counter!("tsukiyo_closed_total", "code" => code.to_string()).increment(1);
                    if let Some(outbox) = state.outboxes.get(&socket) {
                        outbox.close(code, reason);
                    }
                }
                Output::OpenRoom { room, socket, since } => {
                    history::load(self, &room, socket, since);
                }
                Output::LoadRules { room } if self.0.among.is_shared() => {
                    tokio::spawn(servers::take(self.clone(), room).in_current_span());
                }
                Output::LoadRules { room } => {
                    tokio::spawn(rules::load(self.clone(), room).in_current_span());
                }
                Output::Peek { socket, room } => {
                    let hub = self.clone();
                    tokio::spawn(async move {
                        let info = hub.room(&room).await;
                        hub.input(Input::Peeked { socket, info });
                    });
                }
                Output::DropRoom { room } => {
                    if let Some(fence) = self.0.among.forget(&room) {
                        self.0.scribe.release(self, room, fence);
                    }
                }
                // The node has given it to the other server.
                Output::Relay { .. } => {}
                Output::SaveRules { room, rules } => {
                    tokio::spawn(rules::save(self.clone(), room, rules).in_current_span());
                }
                Output::CheckPasscode {
                    socket,
                    passcode,
                    hash,
                } => {
                    tokio::spawn(rules::check_passcode(self.clone(), socket, passcode, hash));
                }
                Output::CheckAccess { socket, access } => {
                    tokio::spawn(rules::check_access(self.clone(), socket, access));
                }
                Output::HashPasscode { socket, passcode } => {
                    tokio::spawn(rules::hash_passcode(self.clone(), socket, passcode));
                }
                Output::Report { report } => {
                    if let Some(calls) = &self.0.meters.calls {
                        calls.add(&report);
                    }
                }
                Output::StoreChat {
                    keep,
                    room,
                    id,
                    member,
                    name,
                    text,
                    nonce,
                } => {
                    let pending = Pending {
                        fence: self.0.among.fence(&room),
                        keep,
                        id,
                        member,
                        name,
                        text,
                        nonce,
                    };
                    if let Err(refused) = self.0.scribe.write(self, &room, pending) {
                        let Pending { member, nonce, .. } = *refused;
                        let refused = Input::ChatRefused { room, member, nonce };
                        state.node.handle_input(self.0.clock.now(), refused);
                    }
                }
            }
        }
    }
}

impl Hub {
    /// Takes note of what became of those who want to come in, and of what is refused.
    fn measure(&self, joining: &mut HashMap<SocketId, Joining>, socket: SocketId, message: &ServerMessage) {
        if let ServerMessage::Error { code, .. } = message {
            metrics::counter!("tsukiyo_errors_total", "code" => format!("{code:?}")).increment(1);
            ended(joining.remove(&socket), "refused");
        }
        // Who waits for the host waits for a person.
        if matches!(message, ServerMessage::Waiting { .. }) {
            ended(joining.remove(&socket), "waiting");
        }
        if matches!(message, ServerMessage::Joined { .. })
            && let Some(joining) = joining.remove(&socket)
        {
            self.0.meters.joins.record(joining.since.elapsed());
            ended(Some(joining), "inside");
        }
    }
}

fn ended(joining: Option<Joining>, outcome: &str) {
    if let Some(Joining { span, .. }) = joining {
        span.record("outcome", outcome);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.rescheduled.notify_one();
    }
}

/// Wakes the rooms when they want to be woken.
async fn keep_time(hub: Weak<Inner>, clock: Clock, rescheduled: Arc<Notify>) {
    while let Some(timeout) = hub.upgrade().map(|hub| Hub(hub).expire()) {
        match timeout {
            Some(at) => tokio::select! {
                () = clock.sleep_until(at) => {}
                () = rescheduled.notified() => {}
            },
            None => rescheduled.notified().await,
        }
    }
}

fn serialize(message: &ServerMessage) -> Utf8Bytes {
    #[allow(
        clippy::expect_used,
        reason = "the types of the protocol have no value that is no JSON"
    )]
    let text = serde_json::to_string(message).expect("a message is JSON");
    text.into()
}
