//! Several servers: the real nodes, a bus that loses, doubles and overtakes, and the store's account of who has which room.

use super::rng::Rng;
use api::{
    cluster::{Node, Output as Done, Packet},
    rooms::{Input, Output, ServerId, Settings, SocketId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use wire::{ClientMessage, MemberId, RoomId};

/// For how long a server that was killed is believed to live.
const LIFE: Duration = Duration::from_secs(4);

/// Who has a room, and which of its reigns it is.
pub type Reign = (ServerId, u64);

/// One server at one time of its life: what is meant for an earlier one reaches nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub server: usize,
    /// How often it was started before.
    pub life: u32,
}

/// What came of a claim.
#[derive(Debug)]
pub enum Claim {
    /// The room is the server's.
    Ours,
    /// It is another's.
    Elsewhere(ServerId),
    /// That will be seen.
    Later,
    /// The others have given a server up that is still there, which it is to notice.
    LaterWithout(Place),
}

/// All servers and what the store knows of them.
#[derive(Debug)]
pub struct Cluster {
    servers: Vec<Server>,
    /// Which server a person's socket is on.
    homes: BTreeMap<SocketId, usize>,
    owners: BTreeMap<RoomId, Reign>,
    /// Servers that were given up.
    dead: BTreeSet<ServerId>,
    /// When servers were killed.
    killed: BTreeMap<ServerId, Duration>,
    /// Between which servers nothing passes.
    parted: BTreeSet<(usize, usize)>,
    carries: bool,
    named: u64,
}

#[derive(Debug)]
struct Server {
    node: Option<Node>,
    life: u32,
    fences: BTreeMap<RoomId, Reign>,
}

/// A text that goes to a person, as the servers have written it.
pub enum Told {
    /// What is to be done by the world, and by which server it is wanted.
    Do(Place, Output),
    /// A text for a client.
    Text(SocketId, String),
}

impl Cluster {
    /// Starts so many servers. Names are not used again after `starts` earlier ones.
    pub fn start(servers: usize, starts: u32) -> Self {
        let mut cluster = Self {
            servers: Vec::new(),
            homes: BTreeMap::new(),
            owners: BTreeMap::new(),
            dead: BTreeSet::new(),
            killed: BTreeMap::new(),
            parted: BTreeSet::new(),
            carries: true,
            named: u64::from(starts) * 10_000,
        };
        for _ in 0..servers {
            let node = cluster.node();
            cluster.servers.push(Server {
                node: Some(node),
                life: 0,
                fences: BTreeMap::new(),
            });
        }
        cluster
    }

    fn node(&mut self) -> Node {
        let mut settings = Settings::new(b"the same for all servers");
        settings.shared = true;
        let me = self.name();
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&self.named.to_be_bytes());
        Node::new(me, seed, settings)
    }

    fn name(&mut self) -> ServerId {
        self.named += 1;
        format!("server{}", self.named).parse().expect("a server's name")
    }

    /// Picks a server for a socket, as a balancer does that knows who is up.
    pub fn pick(&self, rng: &mut Rng) -> Option<usize> {
        let up: Vec<usize> = (0..self.servers.len())
            .filter(|server| self.servers[*server].node.is_some())
            .collect();
        (!up.is_empty()).then(|| rng.pick(&up))
    }

    /// Tells whether a server is there.
    pub fn is_up(&self, server: usize) -> bool {
        self.servers[server].node.is_some()
    }

    /// How many servers there are.
    pub fn len(&self) -> usize {
        self.servers.len()
    }

    fn at(&mut self, place: Place) -> Option<&mut Node> {
        let server = self.servers.get_mut(place.server)?;
        server.node.as_mut().filter(|_| server.life == place.life)
    }

    /// A person's socket is open at a server.
    pub fn connected(&mut self, now: Duration, server: usize, socket: SocketId) {
        self.homes.insert(socket, server);
        let address = None;
        self.input(now, server, Input::Connected { socket, address });
    }

    /// A client says something.
    pub fn message(&mut self, now: Duration, socket: SocketId, message: ClientMessage, fresh: MemberId) {
        let Some(node) = self.home(socket) else { return };
        let text = serde_json::to_string(&message).expect("a message is JSON");
        if !node.relay(now, socket, &text) {
            let input = Input::Message {
                socket,
                message,
                fresh,
            };
            node.handle_input(now, input);
        }
    }

    /// A socket is gone.
    pub fn disconnected(&mut self, now: Duration, socket: SocketId) {
        if let Some(server) = self.homes.remove(&socket) {
            self.input(now, server, Input::Disconnected { socket });
        }
    }

    /// The store answers a server.
    pub fn stored(&mut self, now: Duration, place: Place, answer: Input) {
        if let Some(node) = self.at(place) {
            node.handle_input(now, answer);
        }
    }

    /// A server wants a room.
    pub fn claim(&mut self, now: Duration, place: Place, room: &RoomId, rng: &mut Rng) -> Option<Claim> {
        let me = self.at(place)?.id().clone();
        let reign = match self.owners.get(room).cloned() {
            Some((owner, _)) if owner != me && !self.dead.contains(&owner) => {
                let node = self.at(place)?;
                let (hears, silent) = (node.hears(now, &owner), node.is_silent(now, &owner));
                let lapsed = self.killed.get(&owner).is_some_and(|at| now >= *at + LIFE);
                if lapsed && !hears {
                    self.dead.insert(owner);
                    return Some(Claim::Later);
                }
                if !silent {
                    return Some(Claim::Elsewhere(owner));
                }
                // Its word to the store may have been slow.
                if !self.killed.contains_key(&owner) && rng.chance(60) {
                    self.dead.insert(owner.clone());
                    let living = (0..self.servers.len()).find(|server| self.is(*server, &owner));
                    return Some(living.map_or(Claim::Later, |server| {
                        Claim::LaterWithout(Place {
                            server,
                            life: self.servers[server].life,
                        })
                    }));
                }
                return Some(Claim::Later);
            }
            Some((_, reign)) => reign + 1,
            None => 1,
        };
        self.owners.insert(room.clone(), (me.clone(), reign));
        self.servers[place.server]
            .fences
            .insert(room.clone(), (me, reign));
        Some(Claim::Ours)
    }

    /// Tells whether a room is still a server's.
    pub fn holds(&self, place: Place, room: &RoomId) -> bool {
        let fence = self.servers[place.server].fences.get(room);
        fence.is_some() && self.owners.get(room) == fence
    }

    /// A room is no more a server's, which learns of it.
    pub fn lose(&mut self, now: Duration, place: Place, room: &RoomId) {
        self.servers[place.server].fences.remove(room);
        self.stored(now, place, Input::RoomLost { room: room.clone() });
    }

    /// Nobody is in a room.
    pub fn release(&mut self, place: Place, room: &RoomId) {
        if self.holds(place, room) {
            self.owners.remove(room);
        }
        self.servers[place.server].fences.remove(room);
    }

    /// A server learns that the others have given it up.
    pub fn renamed(&mut self, now: Duration, place: Place) {
        let name = self.name();
        let Some(node) = self.at(place) else { return };
        node.forget(now, name);
        self.servers[place.server].fences.clear();
    }

    /// A server is killed. Returns the sockets that it had.
    pub fn kill(&mut self, now: Duration, server: usize) -> Vec<SocketId> {
        let Some(slot) = self.servers.get_mut(server) else {
            return Vec::new();
        };
        if let Some(node) = slot.node.take() {
            self.killed.insert(node.id().clone(), now);
        }
        slot.fences.clear();
        let theirs = self.homes.iter().filter(|(_, home)| **home == server);
        let theirs: Vec<SocketId> = theirs.map(|(socket, _)| *socket).collect();
        for socket in &theirs {
            self.homes.remove(socket);
        }
        theirs
    }

    /// Starts a server again that was killed.
    pub fn revive(&mut self, now: Duration, server: usize) {
        if self.servers[server].node.is_some() {
            return;
        }
        let mut node = self.node();
        if !self.carries {
            node.set_bus(now, false);
            node.handle_input(now, Input::Reach { sure: false });
        }
        self.servers[server].node = Some(node);
        self.servers[server].life += 1;
    }

    /// Nothing passes between two servers, or everything does again.
    pub fn part(&mut self, a: usize, b: usize, parted: bool) {
        for pair in [(a, b), (b, a)] {
            if parted {
                self.parted.insert(pair);
            } else {
                self.parted.remove(&pair);
            }
        }
    }

    /// The bus carries or not, and a server notices.
    pub fn set_bus(&mut self, now: Duration, server: usize, carries: bool) {
        if let Some(node) = self.servers[server].node.as_mut() {
            node.set_bus(now, carries);
            node.handle_input(now, Input::Reach { sure: carries });
        }
    }

    /// The bus carries or not.
    pub fn set_carries(&mut self, carries: bool) {
        self.carries = carries;
    }

    /// A packet comes for a server.
    pub fn packet(&mut self, now: Duration, from: usize, to: &ServerId, packet: &Packet) {
        let server = (0..self.servers.len()).find(|server| self.is(*server, to));
        let Some(server) = server else { return };
        if !self.carries || self.parted.contains(&(from, server)) {
            return;
        }
        let packet = Packet::decode(packet.encode()).expect("a packet is read as it was written");
        if let Some(node) = self.servers[server].node.as_mut() {
            node.handle_packet(now, packet);
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        for node in self.servers.iter_mut().filter_map(|server| server.node.as_mut()) {
            node.handle_timeout(now);
        }
    }

    /// When something is due.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let nodes = self.servers.iter().filter_map(|server| server.node.as_ref());
        nodes.filter_map(Node::poll_timeout).min()
    }

    /// Whether nothing is due but signs of life.
    pub fn is_quiet(&self) -> bool {
        let nodes: Vec<&Node> = self
            .servers
            .iter()
            .filter_map(|server| server.node.as_ref())
            .collect();
        // Who has to do with a server that has nothing to do with it, or is not there, is still to find out.
        let agree = |node: &Node, peer: &ServerId| {
            let peer = nodes.iter().find(|other| other.id() == peer);
            peer.is_some_and(|peer| peer.peers().any(|its| its == node.id()))
        };
        nodes.iter().all(|node| {
            node.is_quiet() && node.rooms_timeout().is_none() && node.peers().all(|peer| agree(node, peer))
        })
    }

    /// Takes the next thing to do.
    pub fn poll_output(&mut self) -> Option<Told> {
        for (server, slot) in self.servers.iter_mut().enumerate() {
            let place = Place {
                server,
                life: slot.life,
            };
            while let Some(output) = slot.node.as_mut().and_then(Node::poll_output) {
                match output {
                    Done::Rooms(output) => return Some(Told::Do(place, output)),
                    Done::Text { socket, text } => return Some(Told::Text(socket, text)),
                    Done::Told { .. } => {}
                }
            }
        }
        None
    }

    /// Takes all packets that are to go now: from which server, to whom, and what.
    pub fn poll_packets(&mut self, now: Duration) -> Vec<(usize, ServerId, Packet)> {
        let mut all = Vec::new();
        for (server, slot) in self.servers.iter_mut().enumerate() {
            let packets = slot.node.as_mut().map(|node| node.poll_packets(now));
            all.extend(
                packets
                    .into_iter()
                    .flatten()
                    .map(|(to, packet)| (server, to, packet)),
            );
        }
        all
    }

    fn is(&self, server: usize, id: &ServerId) -> bool {
        self.servers[server]
            .node
            .as_ref()
            .is_some_and(|node| node.id() == id)
    }

    fn home(&mut self, socket: SocketId) -> Option<&mut Node> {
        let server = *self.homes.get(&socket)?;
        self.servers[server].node.as_mut()
    }

    fn input(&mut self, now: Duration, server: usize, input: Input) {
        if let Some(node) = self.servers[server].node.as_mut() {
            node.handle_input(now, input);
        }
    }
}
