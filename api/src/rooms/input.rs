//! What happens to the rooms.

use super::{Rules, Saved, ServerId, SocketId};
use crate::access::Denied;
use std::net::IpAddr;
use wire::{ChatMessage, ClientMessage, MemberId, Nonce, RoomId, RoomInfo};

/// What happens to the rooms. See the catalogue of [the module](super).
#[derive(Debug)]
pub enum Input {
    /// A socket is open. Comes first and once for each.
    Connected {
        /// Which.
        socket: SocketId,
        /// Where its client is, if that is known.
        address: Option<IpAddr>,
    },
    /// A client of another server speaks here from now on, under a name that no socket had. Comes instead of
    /// [`Input::Connected`]; its `hello` it has had.
    Attached {
        /// Which.
        socket: SocketId,
        /// Where its client is, if that is known.
        address: Option<IpAddr>,
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
    /// The store tells a room's rules: the answer to [`Output::LoadRules`](super::Output::LoadRules).
    RulesLoaded {
        /// Which room.
        room: RoomId,
        /// Its rules; `None` if the store is out of reach.
        rules: Option<Box<Rules>>,
    },
    /// A passcode was compared: the answer to [`Output::CheckPasscode`](super::Output::CheckPasscode).
    PasscodeChecked {
        /// Whose.
        socket: SocketId,
        /// With what it was compared.
        hash: String,
        /// It is the right one; `None` if too many are to be compared at once.
        right: Option<bool>,
    },
    /// An access token was looked at: the answer to [`Output::CheckAccess`](super::Output::CheckAccess).
    AccessChecked {
        /// Whose.
        socket: SocketId,
        /// What came of it.
        outcome: Result<(), Denied>,
    },
    /// A new passcode may be stored: the answer to [`Output::HashPasscode`](super::Output::HashPasscode).
    PasscodeHashed {
        /// Who has chosen it.
        socket: SocketId,
        /// What is to be stored; `None` if too much is to be done at once.
        hash: Option<String>,
    },
    /// The store has a room's rules, or not: the answer to [`Output::SaveRules`](super::Output::SaveRules).
    RulesSaved {
        /// Which room.
        room: RoomId,
        /// What came of it.
        outcome: Saved,
    },
    /// The store has the room and gives what was said in it before: the answer to [`Output::OpenRoom`](super::Output::OpenRoom).
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
    /// A chat message is stored: the answer to [`Output::StoreChat`](super::Output::StoreChat).
    ChatStored {
        /// In which room.
        room: RoomId,
        /// What is stored; when it was stored before, then as it was.
        message: ChatMessage,
        /// The nonce that its author said it under.
        nonce: Nonce,
    },
    /// A chat message could not be stored: the other answer to [`Output::StoreChat`](super::Output::StoreChat).
    ChatRefused {
        /// In which room.
        room: RoomId,
        /// Whose.
        member: MemberId,
        /// The nonce it was said under.
        nonce: Nonce,
    },
    /// Another server has the room: the other answer to [`Output::LoadRules`](super::Output::LoadRules).
    RoomElsewhere {
        /// Which room.
        room: RoomId,
        /// Who has it.
        server: ServerId,
    },
    /// Another server has taken a room from this one, which knows no more what is true of it.
    RoomLost {
        /// Which room.
        room: RoomId,
    },
    /// This server is sure of its rooms and reaches the others, or no longer.
    Reach {
        /// It does.
        sure: bool,
    },
    /// Another server tells who is in a room of its: the answer to [`Output::Peek`](super::Output::Peek).
    Peeked {
        /// Who asked.
        socket: SocketId,
        /// Who is in there; `None` if the other is out of reach.
        info: Option<RoomInfo>,
    },
    /// The server is about to stop: whoever is inside may stay and come back, and nobody new comes in.
    Draining,
    /// The server stops: every socket is told and closed. Members stay, they may return to another server.
    ShuttingDown,
}
