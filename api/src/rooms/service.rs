//! What the rooms do for one socket: listen, bound, forward, answer.

use super::{
    Output, Rooms, SocketId, close,
    door::{DEFERRED, Joining},
    guesses::Source,
    missed::Missed,
    room::{Link, Orders, Seat},
    rules::millis,
    throttle::Throttle,
};
use sha2::{Digest, Sha256};
use std::{collections::VecDeque, net::IpAddr, sync::Arc, time::Duration};
use wire::{
    ChatMessage, ChatText, ClientMessage, ErrorCode, HistoryPolicy, MediaState, MemberId, MessageId, Nonce,
    RoomId, ServerMessage,
};

/// What is known of a socket.
#[derive(Debug, Default)]
pub struct Socket {
    /// The room it is in, and as whom.
    pub place: Option<(RoomId, MemberId)>,
    /// It is to be closed; nothing is heard from it or said to it any more.
    pub closing: bool,
    /// Where its client is, if that is known.
    pub source: Option<Source>,
    /// Which door it is at.
    pub door: Door,
    /// What it has said since it asked to come in, as long as that is not decided.
    pub deferred: VecDeque<(ClientMessage, MemberId)>,
    /// New passcodes, which are dear.
    pub passcodes: Throttle,
    /// Wishes of what is to be sent.
    pub wants: Throttle,
    /// Reports of how the call goes.
    pub reports: Throttle,
    messages: Throttle,
    chats: Throttle,
    patience: Throttle,
}

/// Which door a socket is at.
#[derive(Debug, Default)]
pub enum Door {
    /// None.
    #[default]
    Away,
    /// It has asked to come in, and that is not decided.
    Asking(Box<Joining>),
    /// It waits for the host of a room.
    Waiting(RoomId),
}

impl Rooms {
    pub(super) fn connected(&mut self, now: Duration, socket: SocketId, address: Option<IpAddr>) {
        tracing::debug!(%socket, ?now, "connected");
        self.attached(socket, address);
        self.send(socket, &self.hello.clone());
    }

    pub(super) fn attached(&mut self, socket: SocketId, address: Option<IpAddr>) {
        let state = Socket {
            source: address.map(Source::from),
            ..Socket::default()
        };
        self.sockets.insert(socket, state);
    }

    pub(super) fn message(
        &mut self,
        now: Duration,
        socket: SocketId,
        message: ClientMessage,
        fresh: MemberId,
    ) {
        let limits = self.settings.limits;
        let Some(state) = self.listening(socket) else {
            return;
        };
        let nonce = if let ClientMessage::Chat { nonce, .. } = &message {
            Some(nonce.clone())
        } else {
            None
        };
        let permitted = state.messages.take(now, limits.messages)
            && (nonce.is_none() || state.chats.take(now, limits.chats));
        if !permitted {
            let why = "too many messages in too short a time; slow down".to_owned();
            self.refuse(socket, ErrorCode::TooFast, why, nonce);
            return self.lose_patience(now, socket);
        }
        match &mut state.door {
            Door::Asking(_) if !matches!(message, ClientMessage::Ping) => {
                if state.deferred.len() < DEFERRED {
                    return state.deferred.push_back((message, fresh));
                }
                let why = "wait until you are told whether you are in".to_owned();
                self.refuse(socket, ErrorCode::TooFast, why, nonce);
                self.lose_patience(now, socket);
            }
            Door::Asking(_) | Door::Away | Door::Waiting(_) => self.handle(now, socket, message, fresh),
        }
    }

    /// Does what a client asks for.
    pub(super) fn handle(
        &mut self,
        now: Duration,
        socket: SocketId,
        message: ClientMessage,
        fresh: MemberId,
    ) {
        match message {
            // Whoever has it knows.
            ClientMessage::Peek { room } if self.settings.shared && !self.knows(&room) => {
                self.outputs.push_back(Output::Peek { socket, room });
            }
            ClientMessage::Peek { room } => {
                let info = self.presence(&room);
                self.send(socket, &Arc::new(ServerMessage::Peek(info)));
            }
            ClientMessage::Join {
                room,
                name,
                media,
                resume,
                keep,
                passcode,
                host,
                access,
                order,
            } => {
                let pass = (resume.as_ref()).and_then(|token| self.settings.tokens.verify(&room, token, now));
                let seat = Seat {
                    lineage: fresh.clone(),
                    came: millis(now),
                    id: fresh,
                    name,
                    media,
                    link: Link::Present(socket),
                    host: None,
                    orders: Orders::default(),
                    missed: Missed::default(),
                };
                let joining = Joining {
                    room,
                    seat,
                    pass,
                    resume,
                    keep,
                    passcode,
                    host,
                    access,
                    order,
                    proved: None,
                    may_make: false,
                };
                self.ask(now, socket, joining);
            }
            ClientMessage::Accept {
                to,
                handshake,
                keep,
                restart,
            } => {
                self.forward(socket, &to, |from| ServerMessage::Accept {
                    from,
                    handshake,
                    keep,
                    restart,
                });
            }
            ClientMessage::Offer {
                to,
                handshake,
                sdp,
                restart,
            } => {
                self.forward(socket, &to, |from| ServerMessage::Offer {
                    from,
                    handshake,
                    sdp,
                    restart,
                });
            }
            ClientMessage::Answer { to, handshake, sdp } => {
                self.forward(socket, &to, |from| ServerMessage::Answer { from, handshake, sdp });
            }
            ClientMessage::Candidate {
                to,
                handshake,
                candidate,
            } => {
                self.forward(socket, &to, |from| ServerMessage::Candidate {
                    from,
                    handshake,
                    candidate,
                });
            }
            ClientMessage::Missing { to, missing } => {
                self.forward(socket, &to, |from| ServerMessage::Missing { from, missing });
            }
            ClientMessage::Want { to, want } => self.want(now, socket, &to, want),
            ClientMessage::Media { media, order } => self.media(socket, media, order),
            ClientMessage::Hand { raised } => self.hand(socket, raised),
            ClientMessage::React { reaction } => self.react(socket, reaction),
            ClientMessage::Chat { text, nonce } => self.chat(socket, text, nonce),
            ClientMessage::Moderate {
                action,
                member,
                passcode,
            } => self.moderate(now, socket, action, member, passcode),
            ClientMessage::Report(report) => self.report(now, socket, report),
            ClientMessage::Leave => self.leave(socket),
            ClientMessage::Ping => self.send(socket, &Arc::new(ServerMessage::Pong)),
        }
    }

    pub(super) fn malformed(&mut self, now: Duration, socket: SocketId, why: String) {
        if self.listening(socket).is_none() {
            return;
        }
        self.refuse(socket, ErrorCode::BadMessage, why, None);
        self.lose_patience(now, socket);
    }

    pub(super) fn history_loaded(
        &mut self,
        room: &RoomId,
        socket: SocketId,
        messages: Vec<ChatMessage>,
        more: bool,
    ) {
        // Who left meanwhile is not interested any more.
        if self.place(socket).is_some_and(|(inside, _)| inside == *room) {
            self.send(socket, &Arc::new(ServerMessage::History { messages, more }));
        }
    }

    pub(super) fn chat_stored(&mut self, room: &RoomId, message: ChatMessage, nonce: Nonce) {
        let author = message.member_id.clone();
        let to_others = Arc::new(ServerMessage::Chat {
            message: message.clone(),
            nonce: None,
        });
        self.send_to_others(room, &author, &to_others);
        let to_author = ServerMessage::Chat {
            message,
            nonce: Some(nonce),
        };
        self.send_to_member(room, &author, to_author);
    }

    pub(super) fn chat_refused(&mut self, room: &RoomId, member: &MemberId, nonce: Nonce) {
        let error = ServerMessage::Error {
            code: ErrorCode::NotStored,
            message: "the message could not be stored; try again".to_owned(),
            nonce: Some(nonce),
        };
        self.send_to_member(room, member, error);
    }

    pub(super) fn shutting_down(&mut self) {
        let sockets: Vec<SocketId> = self.sockets.keys().copied().collect();
        let error = Arc::new(error(
            ErrorCode::GoingAway,
            "the server is shutting down; connect again soon",
        ));
        for socket in sockets {
            self.send(socket, &error);
            self.close(socket, close::SERVICE_RESTART, "going away");
        }
    }

    /// Passes a step of the handshake on to the one member that it is for.
    pub(super) fn forward(
        &mut self,
        socket: SocketId,
        to: &MemberId,
        message: impl FnOnce(MemberId) -> ServerMessage,
    ) {
        let Some((room, from)) = self.place(socket) else {
            return self.not_in_room(socket, None);
        };
        let target = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(to));
        match target
            .filter(|seat| seat.id != from)
            .map(|seat| (seat.link, seat))
        {
            Some((Link::Present(target), _)) => self.send(target, &Arc::new(message(from))),
            Some((Link::Away { .. }, seat)) => seat.missed.keep(message(from)),
            None => {
                let why = format!("no other member {to} is in this room");
                self.refuse(socket, ErrorCode::UnknownMember, why, None);
            }
        }
    }

    fn media(&mut self, socket: SocketId, media: MediaState, order: u32) {
        let Some((room, member)) = self.place(socket) else {
            return self.not_in_room(socket, None);
        };
        let Some(seat) = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(&member)) else {
            return;
        };
        let media = seat.orders.bound(media, order);
        seat.media = media;
        let message = Arc::new(ServerMessage::Media {
            member: member.clone(),
            media,
        });
        self.send_to_others(&room, &member, &message);
    }

    fn chat(&mut self, socket: SocketId, text: ChatText, nonce: Nonce) {
        let Some((room, member)) = self.place(socket) else {
            return self.not_in_room(socket, Some(nonce));
        };
        let Some(members) = self.rooms.get(&room) else {
            return;
        };
        let Some(seat) = members.seat(&member) else {
            return;
        };
        let keep = (members.rules.as_ref()).is_some_and(|rules| rules.history != HistoryPolicy::None);
        self.outputs.push_back(Output::StoreChat {
            keep,
            id: message_id(&member, &nonce),
            name: seat.name.clone(),
            room,
            member,
            text,
            nonce,
        });
    }

    /// Returns a socket that is not being closed.
    pub(super) fn listening(&mut self, socket: SocketId) -> Option<&mut Socket> {
        self.sockets.get_mut(&socket).filter(|state| !state.closing)
    }

    /// Returns the room that a socket is in, and as whom.
    pub(super) fn place(&self, socket: SocketId) -> Option<(RoomId, MemberId)> {
        self.sockets.get(&socket)?.place.clone()
    }

    pub(super) fn send(&mut self, socket: SocketId, message: &Arc<ServerMessage>) {
        if self.listening(socket).is_some() {
            let message = Arc::clone(message);
            self.outputs.push_back(Output::Send { socket, message });
        }
    }

    pub(super) fn send_to_others(&mut self, room: &RoomId, than: &MemberId, message: &Arc<ServerMessage>) {
        let Some(room) = self.rooms.get(room) else {
            return;
        };
        let sockets: Vec<SocketId> = room.sockets_of_others(than).collect();
        for socket in sockets {
            self.send(socket, message);
        }
    }

    /// Sends to everybody present.
    pub(super) fn send_to_all(&mut self, room: &RoomId, message: &Arc<ServerMessage>) {
        let Some(room) = self.rooms.get(room) else {
            return;
        };
        let sockets: Vec<SocketId> = room.sockets().collect();
        for socket in sockets {
            self.send(socket, message);
        }
    }

    fn send_to_member(&mut self, room: &RoomId, member: &MemberId, message: ServerMessage) {
        let seat = self.rooms.get(room).and_then(|room| room.seat(member));
        if let Some(socket) = seat.and_then(Seat::socket) {
            self.send(socket, &Arc::new(message));
        }
    }

    pub(super) fn refuse(
        &mut self,
        socket: SocketId,
        code: ErrorCode,
        message: String,
        nonce: Option<Nonce>,
    ) {
        tracing::debug!(%socket, ?code, message, "refused");
        self.send(socket, &Arc::new(ServerMessage::Error { code, message, nonce }));
    }

    pub(super) fn not_in_room(&mut self, socket: SocketId, nonce: Option<Nonce>) {
        let why = "join a room first".to_owned();
        self.refuse(socket, ErrorCode::NotInRoom, why, nonce);
    }

    pub(super) fn lose_patience(&mut self, now: Duration, socket: SocketId) {
        let patience = self.settings.limits.patience;
        let Some(state) = self.listening(socket) else {
            return;
        };
        if !state.patience.take(now, patience) {
            tracing::info!(%socket, "closed: too many refused messages");
            self.close(socket, close::POLICY, "too many refused messages");
        }
    }

    pub(super) fn close(&mut self, socket: SocketId, code: u16, reason: &'static str) {
        let Some(state) = self.listening(socket) else {
            return;
        };
        state.closing = true;
        self.outputs.push_back(Output::Close { socket, code, reason });
    }
}

pub(super) fn error(code: ErrorCode, message: &str) -> ServerMessage {
    ServerMessage::Error {
        code,
        message: message.to_owned(),
        nonce: None,
    }
}

/// Makes the id of a message from what its author calls it, so that it is stored once however often it is said.
fn message_id(member: &MemberId, nonce: &Nonce) -> MessageId {
    let digest = Sha256::digest(format!("{member}\n{nonce}").as_bytes());
    let hex = crate::random::hex(digest.get(..16).unwrap_or_default());
    #[allow(clippy::expect_used, reason = "32 hexadecimal digits are an id")]
    hex.parse().expect("hexadecimal digits")
}
