//! The world: virtual time, and everything that happens in it.

use super::client::Client;
use super::cluster::Place;
use super::core::MakeCore;
use super::fake::{FakeId, FakePeerConnection};
use super::queue::Queue;
use super::rng::Rng;
use super::servers::Servers;
use super::sockets::Socket;
use super::store::Store;
use super::twin::Hearsay;
use super::weather::Weather;
use super::{Stats, Violation};
use crate::scenario::{self, Scenario, Step};
use api::cluster::Packet;
use api::rooms::{ServerId, SocketId};
use call::{ConnectionState, Input};
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};
use wire::{ClientMessage, HandshakeId, IceCandidate, MemberId, RoomId, ServerMessage};

/// No schedule is as long as this, unless two sides keep each other busy for ever.
const MOST_STEPS: usize = 400_000;
/// After the last step of a schedule, all must be quiet within this time.
const QUIET_WITHIN: Duration = Duration::from_secs(15 * 60);

/// Everything there is.
pub struct World {
    pub(super) now: Duration,
    pub(super) rng: Rng,
    pub(super) weather: Weather,
    pub(super) queue: Queue<Happening>,
    pub(super) clients: Vec<Client>,
    pub(super) sockets: BTreeMap<SocketId, Socket>,
    pub(super) servers: Servers,
    pub(super) servers_are: scenario::Servers,
    pub(super) up: bool,
    /// How often the servers were started; answers for an earlier start reach nobody.
    pub(super) starts: u32,
    pub(super) store: Store,
    pub(super) fakes: BTreeMap<FakeId, FakePeerConnection>,
    /// When the last hearsay reaches either server: none may reach it before.
    pub(super) heard_last: [Duration; 2],
    /// Who has offered under a handshake.
    pub(super) offers: BTreeMap<HandshakeId, MemberId>,
    pub(super) stats: Stats,
    pub(super) make: MakeCore,
    trace: Option<Vec<String>>,
}

/// Something that is still to happen.
#[derive(Debug)]
pub enum Happening {
    /// A page tries to open its socket.
    Connect { who: usize, life: u32 },
    /// The server has the socket.
    ServerSeesOpen(SocketId),
    /// The page has it.
    ClientSeesOpen(SocketId),
    /// The server knows that the socket is gone.
    ServerSeesClose(SocketId),
    /// The page knows it.
    ClientSeesClose(SocketId),
    /// A message reaches the server.
    ToServer(SocketId, ClientMessage),
    /// A message reaches the page.
    ToClient(SocketId, Arc<ServerMessage>),
    /// A signal reaches a member once more, over whatever socket it has.
    Echo {
        who: usize,
        member: MemberId,
        message: Arc<ServerMessage>,
    },
    /// One server hears from the other.
    Hear { start: u32, at: usize, hearsay: Hearsay },
    /// The store answers.
    Stored {
        start: u32,
        place: Place,
        answer: api::rooms::Input,
    },
    /// A server looks whose the room is.
    Claim {
        place: Place,
        room: RoomId,
        until: Duration,
    },
    /// A server notices that it was given up.
    Renamed(Place),
    /// A packet comes to a server.
    Packet {
        from: usize,
        to: ServerId,
        packet: Packet,
    },
    /// A server runs again that was killed.
    ServerUp(usize),
    /// A server notices that the bus carries, or does not.
    Bus { server: usize, carries: bool },
    /// The bus carries again.
    BusCarries,
    /// Two servers reach each other again.
    Joined(usize, usize),
    /// Who was refused for a moment asks again.
    AskAgain { who: usize, life: u32 },
    /// The servers run again.
    ServersUp { start: u32 },
    /// The operation in hand is done.
    Operation(FakeId),
    /// A connection finds a candidate.
    Candidate(FakeId, IceCandidate),
    /// The state of a connection changes.
    State(FakeId, ConnectionState),
    /// A connection has no media path for too long.
    GiveUp(FakeId),
    /// Something of a closed connection comes back.
    Late { who: usize, life: u32, input: Input },
}

impl World {
    /// Makes a world in which nothing has happened yet.
    pub fn new(scenario: &Scenario, weather: Weather, rng: Rng, make: MakeCore) -> Self {
        Self {
            now: Duration::from_secs(1_000),
            rng,
            weather,
            queue: Queue::default(),
            clients: (0..scenario.people).map(|who| Client::new(who, make)).collect(),
            sockets: BTreeMap::new(),
            servers: Servers::start(scenario.servers, 0),
            servers_are: scenario.servers,
            up: true,
            starts: 0,
            store: Store::default(),
            fakes: BTreeMap::new(),
            heard_last: [Duration::ZERO; 2],
            offers: BTreeMap::new(),
            stats: Stats::default(),
            make,
            trace: None,
        }
    }

    /// Writes down what happens from now on.
    pub fn traced(mut self) -> Self {
        self.trace = Some(Vec::new());
        self
    }

    /// What was written down.
    pub fn trace(&self) -> &[String] {
        self.trace.as_deref().unwrap_or_default()
    }

    /// What there was of everything.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Runs steps, one after another.
    ///
    /// # Errors
    /// Something happened that must not, or something that was expected did not.
    pub fn run(&mut self, steps: &[Step]) -> Result<(), Violation> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Result<(), Violation> {
        self.note(|| format!("──── {step:?}"));
        match *step {
            Step::Join(who) => self.join(who),
            Step::Leave(who) => self.leave(who)?,
            Step::Crash(who) => self.crash(who),
            Step::Reload(who) => self.reload(who),
            Step::DropLink(who) => self.drop_link(who),
            Step::RestoreLink(who) => self.clients[who].link = true,
            Step::RestartServers(down) => self.restart_servers(down),
            Step::KillServer(server, down) => self.kill_server(server, down),
            Step::Part(a, b, time) => self.part(a, b, time),
            Step::CutBus(time) => self.cut_bus(time),
            Step::Mute(who, muted) => self.mute(who, muted),
            Step::Say(who) => self.say(who),
            Step::FailOperation(who) => self.clients[who].fails_next = true,
            Step::BreakConnection(a, b) => self.break_connection(a, b),
            Step::Advance(by) => return self.advance(self.now + by),
            Step::Settle => return self.settle(),
            Step::Expect(ref expected) => return self.expect(expected),
        }
        // What a step makes everybody say and do at once belongs to it.
        self.advance(self.now)
    }

    /// Nothing new goes wrong; time passes until nothing happens any more.
    fn settle(&mut self) -> Result<(), Violation> {
        let stormy = self.weather.clone();
        self.weather = stormy.calmed();
        for client in &mut self.clients {
            client.link = true;
            client.fails_next = false;
        }
        let since = self.now;
        self.advance_or_settle(since + QUIET_WITHIN, true)?;
        self.weather = stormy;
        if self.next_at().is_some() && !self.is_calm() {
            let busy = format!("still busy after {QUIET_WITHIN:?}: {:?}", self.queue);
            return Err(Violation::new(busy));
        }
        self.stats.unrest = self.stats.unrest.max(self.now - since);
        Ok(())
    }

    fn advance(&mut self, until: Duration) -> Result<(), Violation> {
        self.advance_or_settle(until, false)
    }

    fn advance_or_settle(&mut self, until: Duration, settling: bool) -> Result<(), Violation> {
        while let Some(at) = self.next_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.stats.steps += 1;
            if self.stats.steps > MOST_STEPS {
                return Err(Violation::new(format!("no end after {MOST_STEPS} steps")));
            }
            self.timers()?;
            if let Some(happening) = self.queue.take(self.now) {
                self.happen(happening)?;
            }
            // Servers that have to do with each other say for ever that they live.
            if settling && self.is_calm() {
                return Ok(());
            }
        }
        // Where nothing happens any more, time need not pass.
        if self.next_at().is_some() {
            self.now = until;
        }
        Ok(())
    }

    fn next_at(&self) -> Option<Duration> {
        let cores = self
            .clients
            .iter()
            .filter_map(|client| client.core.poll_timeout());
        let others = [self.queue.next_at(), self.servers.poll_timeout()];
        cores.chain(others.into_iter().flatten()).min()
    }

    fn timers(&mut self) -> Result<(), Violation> {
        if self.servers.poll_timeout().is_some_and(|at| at <= self.now) {
            self.servers.handle_timeout(self.now);
            self.poll_servers();
        }
        for who in 0..self.clients.len() {
            let due = self.clients[who].core.poll_timeout();
            if due.is_some_and(|at| at <= self.now) {
                self.note(|| format!("{who}: timeout"));
                self.clients[who].core.handle_timeout(self.now);
                self.poll_core(who)?;
            }
        }
        Ok(())
    }

    fn happen(&mut self, happening: Happening) -> Result<(), Violation> {
        match happening {
            Happening::Connect { who, life } => self.connect(who, life),
            Happening::ServerSeesOpen(socket) => self.server_sees_open(socket),
            Happening::ClientSeesOpen(socket) => self.client_sees_open(socket),
            Happening::ServerSeesClose(socket) => self.server_sees_close(socket),
            Happening::ClientSeesClose(socket) => return self.client_sees_close(socket),
            Happening::ToServer(socket, message) => self.server_hears(socket, message),
            Happening::ToClient(socket, message) => return self.client_hears(socket, &message),
            Happening::Echo { who, member, message } => {
                if self.clients[who].entered && self.clients[who].me.as_ref() == Some(&member) {
                    return self.take_in(who, &message);
                }
            }
            Happening::Hear { start, at, hearsay } => self.server_learns(start, at, hearsay),
            Happening::Stored { start, place, answer } => self.store_answers(start, place, answer),
            Happening::Claim { place, room, until } => self.claims(place, room, until),
            Happening::Renamed(place) => self.renamed(place),
            Happening::Packet { from, to, packet } => self.packet_comes(from, &to, &packet),
            Happening::ServerUp(server) => self.server_up(server),
            Happening::Bus { server, carries } => self.server_notices_bus(server, carries),
            Happening::BusCarries => self.bus_carries(),
            Happening::Joined(a, b) => self.joined_again(a, b),
            Happening::AskAgain { who, life } => {
                let client = &self.clients[who];
                if client.life == life && client.wanted && client.open && !client.entered && client.asked == 0
                {
                    self.ask_in(who);
                }
            }
            Happening::ServersUp { start } => self.up |= start == self.starts,
            Happening::Operation(fake) => return self.operation_done(fake),
            Happening::Candidate(fake, candidate) => return self.finds_candidate(fake, candidate),
            Happening::State(fake, state) => return self.state_changes(fake, state),
            Happening::GiveUp(fake) => self.gives_up(fake),
            Happening::Late { who, life, input } => {
                if self.clients[who].life == life {
                    return self.feed(who, input);
                }
            }
        }
        Ok(())
    }

    /// Gives the core an input, and does what it wants done.
    pub(super) fn feed(&mut self, who: usize, input: Input) -> Result<(), Violation> {
        self.note(|| format!("{who}: ← {}", super::trace::input(&input)));
        self.clients[who].core.handle_input(self.now, input);
        self.poll_core(who)
    }

    /// Lets something happen after a while.
    pub(super) fn after(&mut self, delay: Duration, happening: Happening) {
        self.queue.put(self.now + delay, happening);
    }

    /// Writes a line into the trace, if there is one.
    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            let now = self.now - Duration::from_secs(1_000);
            trace.push(format!("{:>11.4} {}", now.as_secs_f64(), line()));
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now)
            .field("stats", &self.stats)
            .finish_non_exhaustive()
    }
}
