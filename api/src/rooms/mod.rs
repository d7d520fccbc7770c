//! Who is in which room, and who hears what: the heart of the server, without any I/O.
//!
//! # The catalogue
//! | in | means | out |
//! |---|---|---|
//! | [`Input::Connected`] | a socket is open | `hello` |
//! | [`Input::Message`] `peek` | who is in there? | `peek` |
//! | … `join` | goes in, or comes back | `joined`; `join` to the others present; [`Output::OpenRoom`] |
//! | … `accept` `offer` `answer` `candidate` | step of the handshake | the same to the one member, `from` stamped |
//! | … `media` | sends something else now | `media` to the others |
//! | … `hand` | raises its hand, or takes it down | `hands` to everyone |
//! | … `react` | shows a sign | `react` to everyone, `from` stamped |
//! | … `chat` | says something | [`Output::StoreChat`] |
//! | … `leave` | goes out | `leave` (left) to the others |
//! | … `ping` | does the link carry? | `pong` |
//! | [`Input::Malformed`] | was no message at all | `error`, and the end after too many |
//! | [`Input::Disconnected`] | a socket is gone | `away` to the others; after the grace time `leave` (lost) |
//! | [`Input::HistoryLoaded`] | answers [`Output::OpenRoom`] | `history` |
//! | [`Input::ChatStored`] | answers [`Output::StoreChat`] | `chat` to everyone, the author included |
//! | [`Input::ChatRefused`] | answers [`Output::StoreChat`] | `error` (notStored) to the author |
//! | [`Input::ShuttingDown`] | the server stops | `error` (goingAway) and the end for every socket |
//!
//! # Invariants
//! - No clock, no randomness, no store: time, fresh ids and answers of the store come in as inputs. Equal inputs give
//!   equal outputs.
//! - A socket is in at most one room, and a member has at most one socket.
//! - `joined` to a newcomer and `join` to everyone else are made in one step, so all see one order of coming: of two
//!   members, exactly one is announced to the other unless one of them returns.
//! - Nobody hears of a chat message before it is stored.
//! - A room without members is not kept.

mod coming;
mod gestures;
mod limits;
mod room;
mod service;
mod throttle;
mod tokens;

#[cfg(test)]
mod tests;

pub use limits::{Limits, Rate, Settings};
pub use throttle::Throttle;
pub use tokens::Tokens;

use room::Room;
use service::Socket;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};
use wire::{
    ChatMessage, ChatText, ClientMessage, DisplayName, MemberId, MessageId, Nonce, RoomId, RoomInfo,
    ServerMessage,
};

/// Names one socket of one client for as long as the server runs. Never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// What happens to the rooms. See the catalogue of [the module](self).
#[derive(Debug)]
pub enum Input {
    /// A socket is open. Comes first and once for each.
    Connected {
        /// Which.
        socket: SocketId,
    },
    /// A client says something.
    Message {
        /// Over which socket.
        socket: SocketId,
        /// What.
        message: ClientMessage,
        /// An id that no member has ever had; it is used when the message makes a new member.
        fresh: MemberId,
    },
    /// A client sends something that is no message.
    Malformed {
        /// Over which socket.
        socket: SocketId,
        /// What is wrong with it, for a person to read.
        why: String,
    },
    /// A socket is gone, whoever closed it. Comes last and once for each.
    Disconnected {
        /// Which.
        socket: SocketId,
    },
    /// The store has the room and gives what was said in it before: the answer to [`Output::OpenRoom`].
    HistoryLoaded {
        /// Which room.
        room: RoomId,
        /// Who asked.
        socket: SocketId,
        /// The newest messages, oldest first.
        messages: Vec<ChatMessage>,
        /// There are earlier ones.
        more: bool,
    },
    /// A chat message is stored: the answer to [`Output::StoreChat`].
    ChatStored {
        /// In which room.
        room: RoomId,
        /// What is stored; when it was stored before, then as it was.
        message: ChatMessage,
        /// The nonce that its author said it under.
        nonce: Nonce,
    },
    /// A chat message could not be stored: the other answer to [`Output::StoreChat`].
    ChatRefused {
        /// In which room.
        room: RoomId,
        /// Whose.
        member: MemberId,
        /// The nonce it was said under.
        nonce: Nonce,
    },
    /// The server stops: every socket is told and closed. Members stay, they may return to another server.
    ShuttingDown,
}

/// What is to be done. Outputs are performed in their order.
#[derive(Debug)]
pub enum Output {
    /// Send a message. One that goes to many is one allocation, and follows itself: serialize it once.
    Send {
        /// Over which socket.
        socket: SocketId,
        /// What.
        message: Arc<ServerMessage>,
    },
    /// Close a socket once everything before is sent. What it still says is not listened to;
    /// [`Input::Disconnected`] is to follow.
    Close {
        /// Which.
        socket: SocketId,
        /// The close code, RFC 6455 §7.4.
        code: u16,
        /// Why, for a person to read.
        reason: &'static str,
    },
    /// Note in the store that the room is in use, read its newest messages, and answer with
    /// [`Input::HistoryLoaded`]. Nothing waits for it.
    OpenRoom {
        /// Which room.
        room: RoomId,
        /// Who is to be answered.
        socket: SocketId,
    },
    /// Store a message, in order within the room, and answer with [`Input::ChatStored`] or [`Input::ChatRefused`].
    /// One whose id is stored already is not stored again: its author repeats it since the answer was lost.
    StoreChat {
        /// In which room.
        room: RoomId,
        /// The id to store it under, which follows from `member` and `nonce`.
        id: MessageId,
        /// Who says it.
        member: MemberId,
        /// The name that the author has now.
        name: DisplayName,
        /// What.
        text: ChatText,
        /// The nonce it is said under.
        nonce: Nonce,
    },
}

/// Close codes, RFC 6455 §7.4.1 and the IANA registry.
pub mod close {
    /// Too many bad messages, or too many messages.
    pub const POLICY: u16 = 1008;
    /// The server restarts.
    pub const SERVICE_RESTART: u16 = 1012;
    /// Ours: the member came back over another socket.
    pub const SUPERSEDED: u16 = 4001;
}

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
            outputs: VecDeque::new(),
        }
    }

    /// Takes note of what happened.
    pub fn handle_input(&mut self, now: Duration, input: Input) {
        self.handle_timeout(now);
        match input {
            Input::Connected { socket } => self.connected(now, socket),
            Input::Message {
                socket,
                message,
                fresh,
            } => self.message(now, socket, message, fresh),
            Input::Malformed { socket, why } => self.malformed(now, socket, why),
            Input::Disconnected { socket } => self.disconnected(now, socket),
            Input::HistoryLoaded {
                room,
                socket,
                messages,
                more,
            } => self.history_loaded(&room, socket, messages, more),
            Input::ChatStored { room, message, nonce } => self.chat_stored(&room, message, nonce),
            Input::ChatRefused { room, member, nonce } => self.chat_refused(&room, &member, nonce),
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

    /// Returns who is in a room; nobody is in a room that nobody knows.
    pub fn presence(&self, room: &RoomId) -> RoomInfo {
        RoomInfo {
            id: room.clone(),
            members: self.rooms.get(room).map(Room::names).unwrap_or_default(),
            capacity: self.settings.limits.room_members,
        }
    }

    /// Returns how many sockets, members and rooms there are, for metrics.
    pub fn census(&self) -> Census {
        Census {
            sockets: self.sockets.len(),
            members: self.rooms.values().map(Room::len).sum(),
            rooms: self.rooms.len(),
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
