//! The one place where the rooms live, and where their outputs become deeds.

use super::{
    chat::{Pending, Scribe},
    history, rules,
};
use crate::{
    clock::Clock,
    passcode::Passcodes,
    rest::Presence,
    rooms::{Census, Input, Output, Pass, Rooms, Rules, Settings, SocketId, Tokens},
    socket::Outbox,
    store::Store,
    telemetry::Meters,
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
use wire::{ClientMessage, ResumeToken, RoomId, RoomInfo, ServerMessage};

/// Everybody's rooms. Clones are the same hub.
#[derive(Debug, Clone)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    clock: Clock,
    store: Store,
    scribe: Scribe,
    passcodes: Passcodes,
    tokens: Tokens,
    /// The time at which the rooms want to be woken has changed.
    rescheduled: Arc<Notify>,
    next_socket: AtomicU64,
    stopping: AtomicBool,
    draining: AtomicBool,
    meters: Meters,
    /// Every open socket holds a receiver.
    open: watch::Sender<()>,
}

#[derive(Debug)]
struct State {
    rooms: Rooms,
    outboxes: HashMap<SocketId, Arc<Outbox>>,
    /// Since when each of those waits who wants to come in.
    joining: HashMap<SocketId, Instant>,
}

/// Held by a socket's task for as long as it runs.
pub(super) type Open = watch::Receiver<()>;

impl Hub {
    /// Makes rooms over a store, and starts the task that keeps their time. It ends with the last clone.
    pub fn start(settings: Settings, store: Store) -> Self {
        let clock = Clock::start();
        let tokens = settings.tokens.clone();
        let rescheduled = Arc::new(Notify::new());
        let hub = Self(Arc::new(Inner {
            state: Mutex::new(State {
                rooms: Rooms::new(settings),
                outboxes: HashMap::new(),
                joining: HashMap::new(),
            }),
            clock,
            store,
            scribe: Scribe::default(),
            passcodes: Passcodes::default(),
            tokens,
            rescheduled: Arc::clone(&rescheduled),
            next_socket: AtomicU64::new(1),
            stopping: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            meters: Meters::default(),
            open: watch::Sender::new(()),
        }));
        tokio::spawn(keep_time(Arc::downgrade(&hub.0), clock, rescheduled));
        hub
    }

    /// Returns how many sockets, members and rooms there are.
    pub fn census(&self) -> Census {
        self.lock().rooms.census()
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
        self.input(Input::ShuttingDown);
        self.0.open.closed().await;
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

    pub(super) fn passcodes(&self) -> &Passcodes {
        &self.0.passcodes
    }

    /// Returns the time since 1970 in milliseconds.
    pub(super) fn unix_millis(&self) -> u64 {
        u64::try_from(self.0.clock.now().as_millis()).unwrap_or(u64::MAX)
    }

    /// Says whether a socket is still there.
    pub(super) fn knows(&self, socket: SocketId) -> bool {
        self.lock().outboxes.contains_key(&socket)
    }

    /// Lets the rooms know that time has passed, and returns when they want to know it again.
    fn expire(&self) -> Option<Duration> {
        let mut state = self.lock();
        state.rooms.handle_timeout(self.0.clock.now());
        self.perform(&mut state);
        state.rooms.poll_timeout()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, state: &mut State, input: Input) {
        if let Input::Message {
            socket,
            message: ClientMessage::Join { .. },
            ..
        } = &input
        {
            state.joining.entry(*socket).or_insert_with(Instant::now);
        }
        let before = state.rooms.poll_timeout();
        state.rooms.handle_input(self.0.clock.now(), input);
        self.perform(state);
        if state.rooms.poll_timeout() != before {
            self.0.rescheduled.notify_one();
        }
    }

    fn perform(&self, state: &mut State) {
        let mut last: Option<(Arc<ServerMessage>, Utf8Bytes)> = None;
        while let Some(output) = state.rooms.poll_output() {
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
                    tokio::spawn(history::load(self.clone(), room, socket, since));
                }
                Output::LoadRules { room } => {
                    tokio::spawn(rules::load(self.clone(), room));
                }
                Output::SaveRules { room, rules } => {
                    tokio::spawn(rules::save(self.clone(), room, rules));
                }
                Output::CheckPasscode {
                    socket,
                    passcode,
                    hash,
                } => {
                    tokio::spawn(rules::check_passcode(self.clone(), socket, passcode, hash));
                }
                Output::HashPasscode { socket, passcode } => {
                    tokio::spawn(rules::hash_passcode(self.clone(), socket, passcode));
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
                        state.rooms.handle_input(self.0.clock.now(), refused);
                    }
                }
            }
        }
    }
}

impl Hub {
    /// Takes note of what became of those who want to come in, and of what is refused.
    fn measure(&self, joining: &mut HashMap<SocketId, Instant>, socket: SocketId, message: &ServerMessage) {
        if let ServerMessage::Error { code, .. } = message {
            metrics::counter!("tsukiyo_errors_total", "code" => format!("{code:?}")).increment(1);
            joining.remove(&socket);
        }
        // Who waits for the host waits for a person.
        if matches!(message, ServerMessage::Waiting { .. }) {
            joining.remove(&socket);
        }
        if matches!(message, ServerMessage::Joined { .. })
            && let Some(since) = joining.remove(&socket)
        {
            self.0.meters.joins.record(since.elapsed());
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.rescheduled.notify_one();
    }
}

impl Presence for Hub {
    async fn room(&self, id: &RoomId) -> RoomInfo {
        self.lock().rooms.presence(id)
    }

    async fn rules(&self, id: &RoomId) -> Option<Rules> {
        self.lock().rooms.rules(id).cloned()
    }

    fn pass(&self, id: &RoomId, token: &ResumeToken) -> Option<Pass> {
        self.0.tokens.verify(id, token, self.0.clock.now())
    }

    fn now(&self) -> Duration {
        self.0.clock.now()
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
