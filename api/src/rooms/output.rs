//! What the rooms want done.

use super::{Rules, ServerId, SocketId};
use std::{net::IpAddr, sync::Arc};
use wire::{
    AccessToken, CallReport, ChatText, ClientMessage, DisplayName, MemberId, MessageId, Nonce, Passcode,
    RoomId, ServerMessage,
};

/// What came of storing a room's rules.
#[derive(Debug)]
pub enum Saved {
    /// They are stored.
    Stored,
    /// They are not, since somebody else has stored these.
    Overtaken(Box<Rules>),
    /// They are not, since the store is out of reach.
    Failed,
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
    /// [`Input::Disconnected`](super::Input::Disconnected) is to follow.
    Close {
        /// Which.
        socket: SocketId,
        /// The close code, RFC 6455 §7.4.
        code: u16,
        /// Why, for a person to read.
        reason: &'static str,
    },
    /// Give a client to the server that has the room which it wants to go into. Nothing is known of the socket here any
    /// more.
    Relay {
        /// Which.
        socket: SocketId,
        /// To whom.
        server: ServerId,
        /// Where its client is, or of IPv6 its network.
        address: Option<IpAddr>,
        /// What it has said that is not heard yet, its join first.
        said: Vec<ClientMessage>,
    },
    /// Ask who is in a room that is not known here, and answer with [`Input::Peeked`](super::Input::Peeked).
    Peek {
        /// Who wants to know.
        socket: SocketId,
        /// Of which room.
        room: RoomId,
    },
    /// Nobody is in a room any more: any server may have it.
    DropRoom {
        /// Which room.
        room: RoomId,
    },
    /// Note in the store that the room is in use, read its newest messages, and answer with
    /// [`Input::HistoryLoaded`](super::Input::HistoryLoaded). Nothing waits for it.
    OpenRoom {
        /// Which room.
        room: RoomId,
        /// Who is to be answered.
        socket: SocketId,
        /// From when on it may read messages, in milliseconds since 1970; `None`: none at all.
        since: Option<u64>,
    },
    /// Read a room's rules, and answer with [`Input::RulesLoaded`](super::Input::RulesLoaded). Somebody waits for it at the door.
    LoadRules {
        /// Which room.
        room: RoomId,
    },
    /// Store a room's rules unless the store has others of their version or a later one, and answer with
    /// [`Input::RulesSaved`](super::Input::RulesSaved). There is one at a time for each room.
    SaveRules {
        /// Which room.
        room: RoomId,
        /// The rules.
        rules: Box<Rules>,
    },
    /// Compare a passcode with what is stored, which takes a while on purpose, and answer with
    /// [`Input::PasscodeChecked`](super::Input::PasscodeChecked).
    CheckPasscode {
        /// Whose.
        socket: SocketId,
        /// What it says.
        passcode: Passcode,
        /// What is stored.
        hash: String,
    },
    /// Look at a token of somebody who wants to make a room, and answer with
    /// [`Input::AccessChecked`](super::Input::AccessChecked).
    CheckAccess {
        /// Whose.
        socket: SocketId,
        /// The token.
        access: AccessToken,
    },
    /// Make of a passcode what may be stored, which takes a while on purpose, and answer with
    /// [`Input::PasscodeHashed`](super::Input::PasscodeHashed).
    HashPasscode {
        /// Who has chosen it.
        socket: SocketId,
        /// The passcode.
        passcode: Passcode,
    },
    /// Add to the figures how somebody's call went. Nothing says whose.
    Report {
        /// How.
        report: CallReport,
    },
    /// Store a message, in order within the room, and answer with [`Input::ChatStored`](super::Input::ChatStored) or [`Input::ChatRefused`](super::Input::ChatRefused).
    /// One whose id is stored already is not stored again: its author repeats it since the answer was lost.
    StoreChat {
        /// `false`: give it its time and place, and answer, but store nothing.
        keep: bool,
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
