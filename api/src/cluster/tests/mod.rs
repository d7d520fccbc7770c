//! Servers without sockets, store and bus: what one says to another is carried by hand.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one message among all others"
)]

mod links;
mod servers;

use super::{ALIVE, Node, Output, Packet, SETTLE, SILENCE, UNHEARD};
use crate::rooms::{self, Input, Rules, ServerId, Settings, SocketId};
use std::{collections::BTreeMap, time::Duration};
use wire::{ClientMessage, MemberId, RoomId, ServerMessage};

/// Several servers; the first one that wants a room gets it.
struct Site {
    now: Duration,
    nodes: Vec<Node>,
    owners: BTreeMap<RoomId, ServerId>,
    /// What came to each socket, and with which code it was closed.
    heard: BTreeMap<SocketId, Vec<ServerMessage>>,
    closed: BTreeMap<SocketId, u16>,
    /// Rooms that a server wants to know more of, and has not been told.
    wanted: Vec<(usize, RoomId)>,
    sockets: u64,
}

impl Site {
    fn of(servers: usize) -> Self {
        let node = |n| {
            let mut settings = Settings::new(b"a key for tests");
            settings.shared = true;
            let id = format!("server{n}").parse().unwrap();
            Node::new(id, [u8::try_from(n).unwrap(); 16], settings)
        };
        Self {
            now: Duration::from_secs(1_000),
            nodes: (0..servers).map(node).collect(),
            owners: BTreeMap::new(),
            heard: BTreeMap::new(),
            closed: BTreeMap::new(),
            wanted: Vec::new(),
            sockets: 0,
        }
    }

    fn id(&self, server: usize) -> ServerId {
        self.nodes[server].id().clone()
    }

    /// Opens a socket at a server.
    fn connect(&mut self, server: usize) -> SocketId {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        let address = None;
        self.input(server, Input::Connected { socket, address });
        socket
    }

    /// Opens a socket at a server and goes into a room; whatever is between servers is carried.
    fn enter(&mut self, server: usize, room: &str, name: &str) -> SocketId {
        let socket = self.connect(server);
        self.says(server, socket, join(room, name, None));
        self.carry();
        socket
    }

    fn says(&mut self, server: usize, socket: SocketId, message: ClientMessage) {
        let text = serde_json::to_string(&message).unwrap();
        if !self.nodes[server].relay(self.now, socket, &text) {
            let fresh: MemberId = format!("m{}", socket.0).parse().unwrap();
            let input = Input::Message {
                socket,
                message,
                fresh,
            };
            self.nodes[server].handle_input(self.now, input);
        }
        self.perform();
    }

    fn input(&mut self, server: usize, input: Input) {
        self.nodes[server].handle_input(self.now, input);
        self.perform();
    }

    /// Does what the servers want done.
    fn perform(&mut self) {
        for server in 0..self.nodes.len() {
            while let Some(output) = self.nodes[server].poll_output() {
                match output {
                    Output::Text { socket, text } => {
                        let message = serde_json::from_str(&text).unwrap();
                        self.heard.entry(socket).or_default().push(message);
                    }
                    Output::Rooms(rooms::Output::Send { socket, message }) => {
                        let message = message.as_ref().clone();
                        self.heard.entry(socket).or_default().push(message);
                    }
                    Output::Rooms(rooms::Output::Close { socket, code, .. }) => {
                        self.closed.insert(socket, code);
                    }
                    Output::Rooms(rooms::Output::LoadRules { room }) => self.wanted.push((server, room)),
                    Output::Rooms(_) | Output::Told { .. } => {}
                }
            }
        }
    }

    /// Answers what is wanted of the store.
    fn store(&mut self) -> bool {
        let wanted = std::mem::take(&mut self.wanted);
        let any = !wanted.is_empty();
        for (server, room) in wanted {
            let me = self.id(server);
            let owner = self
                .owners
                .entry(room.clone())
                .or_insert_with(|| me.clone())
                .clone();
            let answer = if owner == me {
                let rules = Some(Box::new(Rules::default()));
                Input::RulesLoaded { room, rules }
            } else {
                Input::RoomElsewhere { room, server: owner }
            };
            self.input(server, answer);
        }
        any
    }

    /// Takes what the servers have for each other now.
    fn packets(&mut self) -> Vec<(usize, Packet)> {
        let ids: Vec<ServerId> = self.nodes.iter().map(|node| node.id().clone()).collect();
        let now = self.now;
        let all = self.nodes.iter_mut().flat_map(|node| node.poll_packets(now));
        all.filter_map(|(to, packet)| Some((ids.iter().position(|id| *id == to)?, packet)))
            .collect()
    }

    fn give(&mut self, (to, packet): (usize, Packet)) {
        self.nodes[to].handle_packet(self.now, packet);
        self.perform();
    }

    /// Carries everything until nobody has any more to say.
    fn carry(&mut self) {
        loop {
            let asked = self.store();
            let packets = self.packets();
            if packets.is_empty() && !asked {
                return;
            }
            for packet in packets {
                self.give(packet);
            }
        }
    }

    /// Lets time pass, in which these servers hear each other and no other is heard.
    fn pass(&mut self, time: Duration, alive: &[usize]) {
        let end = self.now + time;
        while self.now < end {
            self.now += ALIVE / 10;
            for server in alive {
                self.nodes[*server].handle_timeout(self.now);
            }
            self.perform();
            for (to, packet) in self.packets() {
                let from = self.nodes.iter().position(|node| *node.id() == packet.from);
                if alive.contains(&to) && from.is_some_and(|from| alive.contains(&from)) {
                    self.give((to, packet));
                }
            }
        }
    }

    fn last(&self, socket: SocketId) -> &ServerMessage {
        self.heard[&socket].last().unwrap()
    }

    fn joined(&self, socket: SocketId) -> (MemberId, wire::ResumeToken, bool) {
        let joined = self.heard[&socket]
            .iter()
            .rev()
            .find_map(|message| match message {
                ServerMessage::Joined {
                    member,
                    resume,
                    resumed,
                    ..
                } => Some((member.clone(), resume.clone(), *resumed)),
                _ => None,
            });
        joined.unwrap()
    }
}

fn join(room: &str, name: &str, resume: Option<wire::ResumeToken>) -> ClientMessage {
    ClientMessage::Join {
        room: room.parse().unwrap(),
        name: wire::DisplayName::new(name).unwrap(),
        media: wire::MediaState::default(),
        keep: resume.is_some(),
        resume,
        passcode: None,
        access: None,
        host: None,
        order: 0,
    }
}
