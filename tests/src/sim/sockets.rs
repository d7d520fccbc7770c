//! Sockets: in order, until they break; then whatever is under way is lost, and both ends take their time to notice.

use super::Violation;
use super::cluster::Told;
use super::world::{Happening, World};
use api::rooms::{Output, SocketId};
use call::Input;
use std::{sync::Arc, time::Duration};
use wire::{ClientMessage, MemberId, ServerMessage};

/// One socket, as the network sees it.
#[derive(Debug)]
pub struct Socket {
    who: usize,
    /// Where it leads.
    server: usize,
    /// It carries. Once it does not, it never will again.
    carries: bool,
    /// The page still listens.
    client_listens: bool,
    /// The server knows of it.
    server_knows: bool,
    /// When the last message in each direction arrives: none may arrive before it.
    to_server: Duration,
    to_client: Duration,
}

impl World {
    pub(super) fn connect(&mut self, who: usize, life: u32) {
        let client = &self.clients[who];
        if client.life != life || !client.wanted || client.socket.is_some() {
            return;
        }
        if !client.link || !self.up {
            let again = Duration::from_millis(100) + self.rng.millis(900);
            return self.connect_after(who, again);
        }
        let Some(server) = self.servers.pick(who, &mut self.rng) else {
            let again = Duration::from_millis(100) + self.rng.millis(900);
            return self.connect_after(who, again);
        };
        self.stats.sockets += 1;
        let id = SocketId(self.stats.sockets);
        let there = self.rng.within(self.weather.latency);
        let back = there + self.rng.within(self.weather.latency);
        let socket = Socket {
            who,
            server,
            carries: true,
            client_listens: true,
            server_knows: false,
            to_server: self.now + back,
            to_client: self.now + back,
        };
        self.note(|| format!("{who}: connects {id}"));
        self.sockets.insert(id, socket);
        self.clients[who].socket = Some(id);
        self.after(there, Happening::ServerSeesOpen(id));
        self.after(back, Happening::ClientSeesOpen(id));
    }

    pub(super) fn server_sees_open(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id).filter(|socket| socket.carries) else {
            return;
        };
        let server = socket.server;
        if !self.servers.is_up(server) {
            return self.breaks(id);
        }
        socket.server_knows = true;
        self.servers.connected(self.now, server, id);
        self.poll_servers();
    }

    pub(super) fn client_sees_open(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get(&id).filter(|socket| socket.carries) else {
            return;
        };
        let who = socket.who;
        if self.clients[who].socket != Some(id) {
            return;
        }
        self.note(|| format!("{who}: {id} is open"));
        self.clients[who].open = true;
        if self.clients[who].wanted {
            self.ask_in(who);
        }
    }

    /// The page says something; where there is no socket, nobody hears it.
    pub(super) fn say_to_server(&mut self, who: usize, message: ClientMessage) {
        let Some(id) = self.clients[who].socket.filter(|_| self.clients[who].open) else {
            return;
        };
        self.note(|| format!("{who}: → {}", super::trace::said(&message)));
        self.stats.messages += 1;
        let latency = self.rng.within(self.weather.latency);
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.to_server = socket.to_server.max(self.now + latency);
            self.queue.put(socket.to_server, Happening::ToServer(id, message));
        }
    }

    pub(super) fn server_hears(&mut self, id: SocketId, message: ClientMessage) {
        if !self
            .sockets
            .get(&id)
            .is_some_and(|socket| socket.carries && socket.server_knows)
        {
            return;
        }
        let fresh = self.fresh();
        self.servers.message(self.now, id, message, fresh);
        self.poll_servers();
    }

    /// Does what the servers want done.
    pub(super) fn poll_servers(&mut self) {
        while let Some(told) = self.servers.poll_output() {
            let (place, output) = match told {
                Told::Do(place, output) => (place, output),
                Told::Text(socket, text) => {
                    let message = serde_json::from_str(&text).expect("a server's text is a message");
                    self.say_to_client(socket, Arc::new(message));
                    continue;
                }
            };
            match output {
                Output::Send { socket, message } => self.say_to_client(socket, message),
                Output::Close { socket: id, .. } => {
                    let latency = self.rng.within(self.weather.latency);
                    if let Some(socket) = self.sockets.get_mut(&id) {
                        socket.to_client = socket.to_client.max(self.now + latency);
                        let seen = socket.to_client;
                        self.queue.put(seen, Happening::ClientSeesClose(id));
                        self.queue.put(seen, Happening::ServerSeesClose(id));
                    }
                }
                Output::OpenRoom { room, socket, .. } => self.open_room(place, room, socket),
                Output::LoadRules { room } => self.wants_room(place, room),
                Output::SaveRules { room, rules } => self.save_rules(place, room, *rules),
                Output::DropRoom { room } => self.gives_back(place, &room),
                // Nobody looks into a room from outside, and a node relays by itself.
                Output::Peek { .. } | Output::Relay { .. } => {}
                // Nobody has a passcode here.
                Output::CheckPasscode { .. } | Output::CheckAccess { .. } | Output::HashPasscode { .. } => {}
                // Nobody measures anything here.
                Output::Report { .. } => {}
                Output::StoreChat {
                    keep: _,
                    room,
                    id,
                    member,
                    name,
                    text,
                    nonce,
                } => self.store_chat(place, room, id, member, name, text, nonce),
            }
        }
        self.poll_bus();
        let mut at = self.now;
        while let Some((to, hearsay)) = self.servers.poll_hearsay() {
            at = at
                .max(self.heard_last[to])
                .max(self.now + self.rng.within(self.weather.latency));
            self.heard_last[to] = at;
            let start = self.starts;
            self.queue.put(
                at,
                Happening::Hear {
                    start,
                    at: to,
                    hearsay,
                },
            );
        }
    }

    pub(super) fn server_learns(&mut self, start: u32, at: usize, hearsay: super::twin::Hearsay) {
        if start == self.starts {
            self.servers.hear(at, hearsay);
            self.poll_servers();
        }
    }

    fn say_to_client(&mut self, id: SocketId, message: Arc<ServerMessage>) {
        let latency = self.rng.within(self.weather.latency);
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.to_client = socket.to_client.max(self.now + latency);
        let (who, at) = (socket.who, socket.to_client);
        if is_signal(&message) {
            self.repeat(id, who, at, &message);
        }
        self.queue.put(at, Happening::ToClient(id, message));
    }

    /// The same signal once more: soon and over the same socket, or much later and over any.
    fn repeat(&mut self, id: SocketId, who: usize, at: Duration, message: &Arc<ServerMessage>) {
        if self.rng.chance(self.weather.duplicates) {
            let later = at + self.rng.millis(1_000);
            self.queue
                .put(later, Happening::ToClient(id, Arc::clone(message)));
        }
        if let Some(member) = self.clients[who].me.clone()
            && self.rng.chance(self.weather.echoes)
        {
            let echo = Happening::Echo {
                who,
                member,
                message: Arc::clone(message),
            };
            let later = at + self.rng.millis(60_000);
            self.queue.put(later, echo);
        }
    }

    pub(super) fn client_hears(&mut self, id: SocketId, message: &ServerMessage) -> Result<(), Violation> {
        let Some(socket) = (self.sockets.get(&id)).filter(|socket| socket.carries && socket.client_listens)
        else {
            return Ok(());
        };
        let who = socket.who;
        self.take_in(who, message)
    }

    /// The page closes its socket, or its process ends. What it has said before still arrives.
    pub(super) fn client_closes(&mut self, who: usize) {
        let Some(id) = self.clients[who].socket.take() else {
            return;
        };
        let latency = self.rng.within(self.weather.latency);
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.client_listens = false;
        if socket.carries {
            socket.to_server = socket.to_server.max(self.now + latency);
            self.queue.put(socket.to_server, Happening::ServerSeesClose(id));
        }
    }

    pub(super) fn drop_link(&mut self, who: usize) {
        self.clients[who].link = false;
        let mine: Vec<_> = (self.sockets.iter())
            .filter(|(_, socket)| socket.who == who && socket.carries)
            .map(|(id, _)| *id)
            .collect();
        for id in mine {
            self.breaks(id);
            let notice = self.rng.within(self.weather.notice);
            self.after(notice, Happening::ServerSeesClose(id));
        }
    }

    pub(super) fn restart_servers(&mut self, down: Duration) {
        self.starts += 1;
        self.servers = super::servers::Servers::start(self.servers_are, self.starts);
        self.up = false;
        let alive: Vec<_> = (self.sockets.iter())
            .filter(|(_, socket)| socket.carries)
            .map(|(id, _)| *id)
            .collect();
        for id in alive {
            self.breaks(id);
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.server_knows = false;
            }
        }
        let start = self.starts;
        self.after(down, Happening::ServersUp { start });
    }

    pub(super) fn breaks(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.carries = false;
        }
        let notice = self.rng.within(self.weather.notice);
        self.after(notice, Happening::ClientSeesClose(id));
    }

    pub(super) fn server_sees_close(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.carries = false;
        if !std::mem::take(&mut socket.server_knows) {
            return;
        }
        self.note(|| format!("server: {id} is gone"));
        self.servers.disconnected(self.now, id);
        self.poll_servers();
    }

    pub(super) fn client_sees_close(&mut self, id: SocketId) -> Result<(), Violation> {
        let Some(socket) = self.sockets.get(&id) else {
            return Ok(());
        };
        let who = socket.who;
        if self.clients[who].socket != Some(id) {
            return Ok(());
        }
        let client = &mut self.clients[who];
        client.socket = None;
        let was_open = std::mem::take(&mut client.open);
        client.out_of_room();
        if client.wanted {
            let soon = self.rng.millis(1_000);
            self.connect_after(who, soon);
        }
        if was_open {
            self.feed(who, Input::SocketLost)
        } else {
            Ok(())
        }
    }

    /// An id that no member has ever had. Who came first must not be seen from it.
    fn fresh(&mut self) -> MemberId {
        self.stats.members += 1;
        let shuffled = self.rng.bits() & 0xffff;
        format!("{shuffled:04x}-{}", self.stats.members)
            .parse()
            .expect("an id")
    }
}

fn is_signal(message: &ServerMessage) -> bool {
    match message {
        ServerMessage::Accept { .. }
        | ServerMessage::Offer { .. }
        | ServerMessage::Answer { .. }
        | ServerMessage::Candidate { .. } => true,
        ServerMessage::Hello { .. }
        | ServerMessage::Peek(_)
        | ServerMessage::Joined { .. }
        | ServerMessage::History { .. }
        | ServerMessage::Join { .. }
        | ServerMessage::Media { .. }
        | ServerMessage::Missing { .. }
        | ServerMessage::Want { .. }
        | ServerMessage::Hands { .. }
        | ServerMessage::React { .. }
        | ServerMessage::Away { .. }
        | ServerMessage::Leave { .. }
        | ServerMessage::Chat { .. }
        | ServerMessage::Error { .. }
        | ServerMessage::Waiting { .. }
        | ServerMessage::Rules { .. }
        | ServerMessage::Knocks { .. }
        | ServerMessage::Order { .. }
        | ServerMessage::Host { .. }
        | ServerMessage::Pong => false,
    }
}
