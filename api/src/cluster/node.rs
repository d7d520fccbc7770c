//! One server of several, without any I/O.
//!
//! | in | means | out |
//! |---|---|---|
//! | [`Node::handle_input`] | something happens to the rooms | what they want done |
//! | [`Node::relay`] | a client of ours says something whose room is elsewhere | a packet |
//! | [`Node::handle_packet`] | another server says something | what a client is to hear, or what the rooms want done |
//! | [`Node::ask`] | who is in a room of another server? | a packet, and later [`Output::Told`] |
//! | [`Node::set_bus`] | the bus carries, or does not | – |
//! | [`Node::forget`] | the others have given this server up | the end for all sockets whose rooms they are |
//! | [`Node::handle_timeout`] | time has passed | packets again, and the end for clients whose room's server is silent |
//!
//! A server that is alone has a [`Node`] as well, which then adds nothing to what [`Rooms`] does.

mod peers;

use super::{
    ALIVE, SILENCE,
    edge::Relay,
    frame::Frame,
    link::{Link, Packet, Session},
};
use crate::rooms::{self, Census, Input, Rooms, Rules, ServerId, Settings, SocketId};
use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};
use wire::{MemberId, RoomId, RoomInfo};

/// Sockets of other servers' clients have numbers from here on.
pub(super) const GUESTS: u64 = 1 << 63;

/// What is to be done.
#[derive(Debug)]
pub enum Output {
    /// What the rooms want done. Sockets in it are ours.
    Rooms(rooms::Output),
    /// Send a text that another server has made.
    Text {
        /// Over which socket.
        socket: SocketId,
        /// What: JSON.
        text: String,
    },
    /// A question is answered, or never will be.
    Told {
        /// Its name.
        ask: u64,
        /// The answer.
        info: Option<RoomInfo>,
    },
}

/// One server.
#[derive(Debug)]
pub struct Node {
    pub(super) me: ServerId,
    /// What fresh ids are made of, and how many were.
    seed: [u8; 16],
    made: u64,
    pub(super) rooms: Rooms,
    pub(super) links: BTreeMap<ServerId, Link>,
    /// The highest session that it has heard of, and which it has forgotten, with whom and when.
    sessions: u64,
    forgotten: BTreeMap<ServerId, (Session, Duration)>,
    /// Servers that are silent, and since when they were given up.
    silent: BTreeMap<ServerId, Duration>,
    /// Clients of ours whose room is elsewhere, and by the names that the others know them under.
    pub(super) relays: BTreeMap<SocketId, Relay>,
    pub(super) names: BTreeMap<u64, SocketId>,
    /// Clients of others whose room is here.
    pub(super) guests: BTreeMap<(ServerId, u64), SocketId>,
    pub(super) homes: BTreeMap<SocketId, (ServerId, u64)>,
    /// How much there is between us and each: relays, guests and questions.
    ties: BTreeMap<ServerId, usize>,
    /// Questions to others that are open.
    pub(super) asked: BTreeMap<u64, ServerId>,
    /// What is written down once for many.
    pub(super) last: Option<(std::sync::Arc<wire::ServerMessage>, Bytes)>,
    /// Long texts of which not all has come.
    pub(super) pieces: BTreeMap<u64, BytesMut>,
    bus: bool,
    stopping: bool,
    pub(super) outputs: VecDeque<Output>,
    replies: Vec<(ServerId, Packet)>,
}

impl Node {
    /// Makes a server with nothing in memory. The seed is a secret of its own.
    pub fn new(me: ServerId, seed: [u8; 16], settings: Settings) -> Self {
        Self {
            me,
            seed,
            made: 0,
            rooms: Rooms::new(settings),
            links: BTreeMap::new(),
            sessions: 0,
            forgotten: BTreeMap::new(),
            silent: BTreeMap::new(),
            relays: BTreeMap::new(),
            names: BTreeMap::new(),
            guests: BTreeMap::new(),
            homes: BTreeMap::new(),
            ties: BTreeMap::new(),
            asked: BTreeMap::new(),
            last: None,
            pieces: BTreeMap::new(),
            bus: true,
            stopping: false,
            outputs: VecDeque::new(),
            replies: Vec::new(),
        }
    }

    /// Who it is.
    pub fn id(&self) -> &ServerId {
        &self.me
    }

    /// Takes note of what happened to the rooms, or to a socket.
    pub fn handle_input(&mut self, now: Duration, input: Input) {
        match &input {
            Input::Disconnected { socket } if self.relays.contains_key(socket) => {
                self.relay_gone(now, *socket)
            }
            Input::Reach { sure: false } => {
                self.rooms.handle_input(now, input);
                self.take_back(now);
            }
            Input::ShuttingDown => {
                self.stopping = true;
                self.close_relays();
                self.rooms.handle_input(now, input);
            }
            Input::Connected { .. }
            | Input::Attached { .. }
            | Input::Message { .. }
            | Input::Malformed { .. }
            | Input::Disconnected { .. }
            | Input::RulesLoaded { .. }
            | Input::PasscodeChecked { .. }
            | Input::AccessChecked { .. }
            | Input::PasscodeHashed { .. }
            | Input::RulesSaved { .. }
            | Input::HistoryLoaded { .. }
            | Input::ChatStored { .. }
            | Input::ChatRefused { .. }
            | Input::RoomElsewhere { .. }
            | Input::RoomLost { .. }
            | Input::Reach { .. }
            | Input::Peeked { .. }
            | Input::Draining => self.rooms.handle_input(now, input),
        }
        self.sort(now);
    }

    /// Asks a server who is in a room of its. [`Output::Told`] follows.
    pub fn ask(&mut self, now: Duration, server: &ServerId, room: &RoomId) -> u64 {
        self.made += 1;
        let id = self.made;
        self.asked.insert(id, server.clone());
        self.tie(now, server);
        let room = Bytes::copy_from_slice(room.as_str().as_bytes());
        self.tell(now, server, &Frame::Ask { id, room });
        id
    }

    /// Nobody waits for an answer any more.
    pub fn forget_ask(&mut self, ask: u64) {
        if let Some(server) = self.asked.remove(&ask) {
            self.untie(&server);
        }
    }

    /// The others have given this server up and may have its rooms. It goes on as another.
    pub fn forget(&mut self, now: Duration, me: ServerId) {
        tracing::error!(was = %self.me, is = %me, "the others have given us up");
        for room in self.rooms.ids() {
            self.rooms.handle_input(now, Input::RoomLost { room });
        }
        self.sort(now);
        for server in self.links.keys().cloned().collect::<Vec<_>>() {
            self.give_up(now, &server);
        }
        self.me = me;
        self.silent.clear();
        self.sort(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.rooms.handle_timeout(now);
        if self.bus {
            let gone: Vec<ServerId> = (self.links.iter())
                .filter(|(server, link)| {
                    now >= link.silent_since() + self.patience(server, link) || link.is_stuck()
                })
                .map(|(server, _)| server.clone())
                .collect();
            for server in gone {
                if self.is_tied_to(&server) {
                    tracing::warn!(%server, "is silent; doing without it");
                    self.silent.retain(|_, since| now < *since + SILENCE * 20);
                    self.silent.insert(server.clone(), now);
                }
                self.give_up(now, &server);
            }
        }
        self.sort(now);
    }

    /// When [`Node::handle_timeout`] and [`Node::poll_packets`] want to be called.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let rooms = self.rooms.poll_timeout();
        if self.links.is_empty() {
            return rooms;
        }
        let links = self.links.iter().flat_map(|(server, link)| {
            [
                link.due_at(),
                (self.is_tied_to(server)).then(|| link.sent_at() + ALIVE),
                (self.bus).then(|| link.silent_since() + self.patience(server, link)),
            ]
        });
        links.flatten().chain(rooms).min()
    }

    /// Takes the next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        // In the order in which they were made: what the rooms want done was sorted before.
        self.outputs
            .pop_front()
            .or_else(|| self.rooms.poll_output().map(Output::Rooms))
    }

    /// When the rooms themselves have something to do.
    pub fn rooms_timeout(&self) -> Option<Duration> {
        self.rooms.poll_timeout()
    }

    /// Says whether the others have everything that they were told.
    pub fn is_quiet(&self) -> bool {
        self.links.values().all(Link::is_quiet)
    }

    /// Says whether there is something for another server.
    pub fn has_news(&self) -> bool {
        !self.replies.is_empty() || self.links.values().any(Link::has_news)
    }

    /// Takes what is to go over the bus now.
    pub fn poll_packets(&mut self, now: Duration) -> Vec<(ServerId, Packet)> {
        let mut all = std::mem::take(&mut self.replies);
        let tied: BTreeSet<ServerId> = (self.links.keys())
            .filter(|server| self.is_tied_to(server))
            .cloned()
            .collect();
        for (server, link) in &mut self.links {
            let mut packets = Vec::new();
            link.due(now, &self.me, &mut packets);
            if packets.is_empty() && tied.contains(server) && now >= link.sent_at() + ALIVE {
                packets.push(link.alive(now, &self.me));
            }
            all.extend(packets.into_iter().map(|packet| (server.clone(), packet)));
        }
        all
    }

    /// See [`Rooms::presence`].
    pub fn presence(&self, id: &RoomId) -> RoomInfo {
        self.rooms.presence(id)
    }

    /// See [`Rooms::knows`].
    pub fn knows(&self, id: &RoomId) -> bool {
        self.rooms.knows(id)
    }

    /// See [`Rooms::rules`].
    pub fn rules(&self, id: &RoomId) -> Option<&Rules> {
        self.rooms.rules(id)
    }

    /// See [`Rooms::census`]. Clients count where they are connected, members where their room is.
    pub fn census(&self) -> Census {
        let census = self.rooms.census();
        Census {
            sockets: (census.sockets + self.relays.len()).saturating_sub(self.homes.len()),
            ..census
        }
    }

    /// Says whether a client of another server is still there.
    pub fn has_guest(&self, socket: SocketId) -> bool {
        self.homes.contains_key(&socket)
    }

    /// The servers that it has to do with: clients of either in rooms of the other.
    pub fn peers(&self) -> impl ExactSizeIterator<Item = &ServerId> {
        self.ties.keys()
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// Makes an id that no member has ever had.
    #[allow(clippy::expect_used, reason = "hexadecimal digits are an id")]
    pub(super) fn fresh(&mut self) -> MemberId {
        self.made += 1;
        let mut digest = Sha256::new();
        digest.update(self.seed);
        digest.update(self.made.to_be_bytes());
        let bytes = digest.finalize();
        crate::random::hex(bytes.get(..10).unwrap_or_default())
            .try_into()
            .expect("hexadecimal digits")
    }

    pub(super) fn name(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    fn frame(&mut self, now: Duration, from: &ServerId, frame: Frame) {
        match frame {
            Frame::Attach { id, address } => self.attach(now, from, id, address),
            Frame::Heard { id, text } => self.guest_says(now, from, id, &text),
            Frame::Malformed { id, why } => self.guest_stammers(now, from, id, &why),
            Frame::Gone { id } => self.guest_gone(now, from, id),
            Frame::Ask { id, room } => self.answer(now, from, id, &room),
            Frame::Say { id, last, text } => self.say(from, id, last, &text),
            Frame::Close { id, code } => self.close(from, id, code),
            Frame::Moved { id, server, said } => self.moved(now, from, id, server, &said),
            Frame::Tell { id, info } => {
                if self.asked.contains_key(&id) {
                    self.forget_ask(id);
                    let info = serde_json::from_slice(&info).ok();
                    self.outputs.push_back(Output::Told { ask: id, info });
                }
            }
        }
        self.sort(now);
    }

    /// Gives to others what is theirs of what the rooms want done. Where nobody else is, it does nothing.
    pub(super) fn sort(&mut self, now: Duration) {
        if self.homes.is_empty() && self.outputs.is_empty() && !self.rooms.is_shared() {
            return;
        }
        while let Some(output) = self.rooms.poll_output() {
            if let Some(ours) = self.export(now, output) {
                self.outputs.push_back(Output::Rooms(ours));
            }
        }
        self.last = None;
    }
}
