//! Who is in which room, and who hears what: the heart of the server, without any I/O.
//!
//! # The catalogue
//! | in | means | out |
//! |---|---|---|
//! | [`Input::Connected`] | a socket is open | `hello` |
//! | [`Input::Message`] `peek` | who is in there? | `peek` |
//! | … `join` | goes in, or comes back | [`Output::LoadRules`] if nobody is inside, [`Output::CheckAccess`] if the room would be made and not everybody may, [`Output::CheckPasscode`] if there is one; then `hello` with relays if there are any, `joined`, `join` to the others present, `rules` and [`Output::OpenRoom`], or `waiting`, or `error` |
//! | … `accept` `offer` `answer` `candidate` | step of the handshake | the same to the one member, `from` stamped; a candidate for one that is away follows its `joined` |
//! | … `media` | sends something else now | `media` to the others |
//! | … `hand` | raises its hand, or takes it down | `hands` to everyone |
//! | … `react` | shows a sign | `react` to everyone, `from` stamped |
//! | … `chat` | says something | [`Output::StoreChat`] |
//! | … `moderate` | does what only a host may | `join`, `error`, `order`, `media`, `leave`, `rules`, `host`, by the action; [`Output::SaveRules`], [`Output::HashPasscode`] |
//! | … `report` | tells how the call goes | [`Output::Report`] |
//! | … `leave` | goes out, or waits no longer | `leave` (left) to the others |
//! | … `ping` | does the link carry? | `pong` |
//! | [`Input::Malformed`] | was no message at all | `error`, and the end after too many |
//! | [`Input::Disconnected`] | a socket is gone | `away` to the others; after the grace time `leave` (lost) |
//! | [`Input::RulesLoaded`] | answers [`Output::LoadRules`] | what became of every join that waited for it |
//! | [`Input::PasscodeChecked`] | answers [`Output::CheckPasscode`] | what became of the join |
//! | [`Input::AccessChecked`] | answers [`Output::CheckAccess`] | what became of the join |
//! | [`Input::PasscodeHashed`] | answers [`Output::HashPasscode`] | `rules` to all, [`Output::SaveRules`] |
//! | [`Input::RulesSaved`] | answers [`Output::SaveRules`] | `error` (notDone) to the hosts if it failed |
//! | [`Input::HistoryLoaded`] | answers [`Output::OpenRoom`] | `history` |
//! | [`Input::ChatStored`] | answers [`Output::StoreChat`] | `chat` to everyone, the author included |
//! | [`Input::ChatRefused`] | answers [`Output::StoreChat`] | `error` (notStored) to the author |
//! | [`Input::Attached`] | another server's client speaks here from now on | what a socket of this server is told, but for `hello` |
//! | [`Input::RoomElsewhere`] | the other answer to [`Output::LoadRules`]: another server has the room | [`Output::Relay`] for all who ask |
//! | [`Input::RoomLost`] | another server has taken the room | `error` (goingAway) and the end for every socket in it |
//! | [`Input::Reach`] | the other servers can be reached, or not | `error` (unavailable) to whoever is new |
//! | [`Input::Peeked`] | answers [`Output::Peek`] | `peek` |
//! | [`Input::Draining`] | the server is about to stop | `error` (goingAway) to whoever is new |
//! | [`Input::ShuttingDown`] | the server stops | `error` (goingAway) and the end for every socket |
//!
//! # Invariants
//! - No clock, no randomness, no store: time, fresh ids and answers of the store come in as inputs. Equal inputs give
//!   equal outputs.
//! - A socket is in at most one room, and a member has at most one socket.
//! - `joined` to a newcomer and `join` to everyone else are made in one step, so all see one order of coming: of two
//!   members, exactly one is announced to the other unless one of them returns.
//! - Nobody hears of a chat message before it is stored, unless the room's rules say that nothing is.
//! - Nobody is let in before the room's rules are known; `door::verdict` is the only place that says who is.
//! - A report of a call goes on without a word of whose it is.
//! - Who waits is in no room: it has no place, so nothing that it says reaches a member.
//! - A room in which nobody is, and at whose door nobody is, is not kept.
//! - Where there are several servers, a room's rules are known to one of them, which decides everything about it.

mod buckets;
mod coming;
mod door;
mod elsewhere;
mod gestures;
mod guesses;
mod host;
mod input;
mod keeping;
mod limits;
mod missed;
mod output;
mod reports;
mod room;
mod rules;
mod service;
mod throttle;
mod tokens;
mod waiting;
mod wants;

#[cfg(test)]
mod tests;

pub use buckets::{Buckets, Taken};
pub use elsewhere::{BadServerId, ServerId};
pub use guesses::Source;
pub use input::Input;
pub use limits::{Limits, Rate, Settings};
pub use output::{Output, Saved};
pub use rules::Rules;
pub use throttle::Throttle;
pub use tokens::{Pass, Tokens};

use guesses::Guesses;
use room::Room;
use service::Socket;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};
use wire::{MemberId, RoomId, RoomInfo, ServerMessage};

/// Names one socket of one client for as long as the server runs. Never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// Close codes, RFC 6455 §7.4.1 and the IANA registry.
pub mod close {
    /// Too many bad messages, or too many messages.
    pub const POLICY: u16 = 1008;
    /// The server restarts.
    pub const SERVICE_RESTART: u16 = 1012;
    /// Ours: the member came back over another socket.
    pub const SUPERSEDED: u16 = 4001;
    /// Ours: the host has put the member out.
    pub const REMOVED: u16 = 4003;
    /// Ours: the host has ended the call.
    pub const ENDED: u16 = 4004;
}

/// How many places are remembered for the joins that come from them. One that finds no room there is let pass: many
/// networks at once would else keep everybody out.
const SOURCES: usize = 100_000;

/// All rooms of a server, as a state machine.
///
/// `now` is the time since 1970-01-01T00:00:00Z and must not fall from one call to the next. After every call, take
/// the outputs with [`Rooms::poll_output`] until there are none, and call [`Rooms::handle_timeout`] once
/// [`Rooms::poll_timeout`] is reached.
#[derive(Debug)]
pub struct Rooms {
    settings: Settings,
    hello: Arc<ServerMessage>,
    sockets: BTreeMap<SocketId, Socket>,
    rooms: BTreeMap<RoomId, Room>,
    /// When the grace of each member that is away ends.
    graces: BTreeSet<(Duration, RoomId, MemberId)>,
    guesses: Guesses,
    /// What is left to each place of joins.
    joins: Buckets<Source>,
    /// The server is about to stop: nobody new comes in.
    draining: bool,
    /// This server is sure of its rooms, as one that is alone always is.
    sure: bool,
    outputs: VecDeque<Output>,
}

impl Rooms {
    /// Makes a server's rooms, all of them empty.
    pub fn new(settings: Settings) -> Self {
        Self {
            hello: Arc::new(settings.hello()),
            settings,
            sockets: BTreeMap::new(),
            rooms: BTreeMap::new(),
            graces: BTreeSet::new(),
            guesses: Guesses::default(),
            joins: Buckets::new(SOURCES),
            draining: false,
            sure: true,
            outputs: VecDeque::new(),
        }
    }

    /// Takes note of what happened.
    pub fn handle_input(&mut self, now: Duration, input: Input) {
        self.handle_timeout(now);
        match input {
            Input::Connected { socket, address } => self.connected(now, socket, address),
            Input::Attached { socket, address } => self.attached(socket, address),
            Input::Message {
                socket,
                message,
                fresh,
            } => self.message(now, socket, message, fresh),
            Input::Malformed { socket, why } => self.malformed(now, socket, why),
            Input::Disconnected { socket } => self.disconnected(now, socket),
            Input::RulesLoaded { room, rules } => self.rules_loaded(now, &room, rules.map(|rules| *rules)),
            Input::PasscodeChecked { socket, hash, right } => {
                self.passcode_checked(now, socket, hash, right);
            }
            Input::AccessChecked { socket, outcome } => self.access_checked(now, socket, outcome),
            Input::PasscodeHashed { socket, hash } => self.passcode_hashed(socket, hash),
            Input::RulesSaved { room, outcome } => self.rules_saved(&room, outcome),
            Input::HistoryLoaded {
                room,
                socket,
                messages,
                more,
            } => self.history_loaded(&room, socket, messages, more),
            Input::ChatStored { room, message, nonce } => self.chat_stored(&room, message, nonce),
            Input::ChatRefused { room, member, nonce } => self.chat_refused(&room, &member, nonce),
            Input::RoomElsewhere { room, server } => self.room_elsewhere(&room, &server),
            Input::RoomLost { room } => self.room_lost(&room),
            Input::Reach { sure } => self.sure = sure,
            Input::Peeked { socket, info } => self.peeked(socket, info),
            Input::Draining => self.draining = true,
            Input::ShuttingDown => self.shutting_down(),
        }
    }

    /// Lets members go whose grace time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        while self.graces.first().is_some_and(|(until, ..)| *until <= now) {
            if let Some((_, room, member)) = self.graces.pop_first() {
                self.lost(&room, &member);
            }
        }
    }

    /// Takes the next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Returns when [`Rooms::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.graces.first().map(|(until, ..)| *until)
    }

    /// Returns what anybody with the link may know: who is in a room that is open to all, and what stands before
    /// another. Of a room in which nobody is, nothing is known.
    pub fn presence(&self, id: &RoomId) -> RoomInfo {
        let inside = self.rooms.get(id).filter(|room| room.len() > 0);
        let guarded = inside.is_some_and(|room| room.rules.as_ref().is_none_or(|rules| !rules.is_open()));
        let names = inside.filter(|_| !guarded).map(Room::names);
        RoomInfo {
            id: id.clone(),
            members: names.unwrap_or_default(),
            capacity: self.settings.limits.room_members,
            guarded,
        }
    }

    /// Returns the rules of a room, if they are known here.
    pub fn rules(&self, id: &RoomId) -> Option<&Rules> {
        self.rooms.get(id)?.rules.as_ref()
    }

    /// Tells whether a room is known here: somebody is inside or at its door.
    pub fn knows(&self, id: &RoomId) -> bool {
        self.rooms.contains_key(id)
    }

    /// Tells whether there are other servers, each of which has some of the rooms.
    pub fn is_shared(&self) -> bool {
        self.settings.shared
    }

    /// Lists the rooms that are known here.
    pub fn ids(&self) -> Vec<RoomId> {
        self.rooms.keys().cloned().collect()
    }

    /// Returns how many sockets, members and rooms there are, for metrics.
    pub fn census(&self) -> Census {
        Census {
            sockets: self.sockets.len(),
            members: self.rooms.values().map(Room::len).sum(),
            rooms: self.rooms.values().filter(|room| room.len() > 0).count(),
        }
    }
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// Sockets, in a room or not.
    pub sockets: usize,
    /// Members, present or away.
    pub members: usize,
    /// Rooms with a member.
    pub rooms: usize,
}

impl fmt::Debug for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
