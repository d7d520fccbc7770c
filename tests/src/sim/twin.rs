//! Two servers which tell each other what happens: a model of a cluster, in which joins cross.
//!
//! Each server knows the members of the other only by hearsay, a while late. So of two members that join at the same
//! time at different servers neither is in the other's list, and each is announced to the other.

use api::rooms::{Output, SocketId};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use wire::{
    ClientMessage, DisplayName, ErrorCode, LeaveReason, MediaState, Member, MemberId, ResumeToken, RoomId,
    ServerMessage,
};

const GRACE: Duration = Duration::from_secs(wire::limits::GRACE_SECONDS);

/// What one server tells the other.
#[derive(Debug, Clone)]
pub enum Hearsay {
    /// A member came in, or back.
    Join(Member),
    /// It sends something else.
    Media(MemberId, MediaState),
    /// Its socket is lost.
    Away(MemberId),
    /// It is gone.
    Leave(MemberId, LeaveReason),
    /// This is for one of your members.
    Signal(MemberId, ServerMessage),
}

/// Both servers.
#[derive(Debug, Default)]
pub struct Twin {
    halves: [Half; 2],
    outputs: VecDeque<Output>,
    hearsay: VecDeque<(usize, Hearsay)>,
}

#[derive(Debug, Default)]
struct Half {
    sockets: BTreeMap<SocketId, Option<MemberId>>,
    seats: BTreeMap<MemberId, Seat>,
}

#[derive(Debug)]
struct Seat {
    member: Member,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Here(SocketId),
    Away { until: Duration },
    AtTheOther,
}

impl Twin {
    /// A socket is open at one of the two.
    pub fn connected(&mut self, at: usize, socket: SocketId) {
        self.halves[at].sockets.insert(socket, None);
    }

    /// A client says something.
    pub fn message(&mut self, socket: SocketId, message: ClientMessage, fresh: MemberId) {
        let Some((at, place)) = self.find(socket) else {
            return;
        };
        match (message, place) {
            (
                ClientMessage::Join {
                    room,
                    name,
                    media,
                    resume,
                    keep,
                    ..
                },
                None,
            ) => {
                let before = resume.as_ref().and_then(owner);
                let id = match before {
                    Some(before) if keep => before,
                    Some(before) => {
                        self.depart(at, &before, LeaveReason::Replaced);
                        fresh
                    }
                    None => fresh,
                };
                self.join(at, socket, room, seated(id, name, media));
            }
            (ClientMessage::Media { media, .. }, Some(member)) => {
                if let Some(seat) = self.halves[at].seats.get_mut(&member) {
                    seat.member.media = media;
                }
                self.tell(at, Hearsay::Media(member, media));
            }
            (ClientMessage::Leave, Some(member)) => self.depart(at, &member, LeaveReason::Left),
            (
                message @ (ClientMessage::Accept { .. }
                | ClientMessage::Offer { .. }
                | ClientMessage::Answer { .. }
                | ClientMessage::Candidate { .. }),
                Some(member),
            ) => self.forward(at, socket, member, message),
            (ClientMessage::Ping, _) => self.send(socket, ServerMessage::Pong),
            // Nothing is stored here, and what is out of place is refused.
            (
                ClientMessage::Peek { .. }
                | ClientMessage::Join { .. }
                | ClientMessage::Accept { .. }
                | ClientMessage::Offer { .. }
                | ClientMessage::Answer { .. }
                | ClientMessage::Candidate { .. }
                | ClientMessage::Media { .. }
                | ClientMessage::Missing { .. }
                | ClientMessage::Want { .. }
                | ClientMessage::Hand { .. }
                | ClientMessage::React { .. }
                | ClientMessage::Chat { .. }
                | ClientMessage::Moderate { .. }
                | ClientMessage::Report(_)
                | ClientMessage::Leave,
                _,
            ) => self.refuse(socket, ErrorCode::NotInRoom),
        }
    }

    /// A socket is gone.
    pub fn disconnected(&mut self, now: Duration, socket: SocketId) {
        let Some((at, place)) = self.find(socket) else {
            return;
        };
        self.halves[at].sockets.remove(&socket);
        let Some(seat) = place.and_then(|member| self.halves[at].seats.get_mut(&member)) else {
            return;
        };
        seat.place = Place::Away { until: now + GRACE };
        seat.member.away = true;
        let id = seat.member.id.clone();
        self.tell(at, Hearsay::Away(id));
    }

    /// One server hears from the other.
    pub fn hear(&mut self, at: usize, hearsay: Hearsay) {
        match hearsay {
            Hearsay::Join(member) => {
                self.halves[at].seats.insert(
                    member.id.clone(),
                    Seat {
                        member: member.clone(),
                        place: Place::AtTheOther,
                    },
                );
                self.announce(at, &Hearsay::Join(member));
            }
            Hearsay::Media(member, media) => {
                if let Some(seat) = self.halves[at].seats.get_mut(&member) {
                    seat.member.media = media;
                    self.announce(at, &Hearsay::Media(member, media));
                }
            }
            Hearsay::Away(member) => {
                if let Some(seat) = self.halves[at].seats.get_mut(&member) {
                    seat.member.away = true;
                    self.announce(at, &Hearsay::Away(member));
                }
            }
            Hearsay::Leave(member, reason) => {
                if self.halves[at].seats.remove(&member).is_some() {
                    self.announce(at, &Hearsay::Leave(member, reason));
                }
            }
            Hearsay::Signal(to, message) => {
                if let Some(Place::Here(socket)) = self.halves[at].seats.get(&to).map(|seat| seat.place) {
                    self.send(socket, message);
                }
            }
        }
    }

    /// Lets members go whose grace time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        for at in 0..2 {
            let lost: Vec<_> = (self.halves[at].seats.values())
                .filter(|seat| matches!(seat.place, Place::Away { until } if until <= now))
                .map(|seat| seat.member.id.clone())
                .collect();
            for member in lost {
                self.depart(at, &member, LeaveReason::Lost);
            }
        }
    }

    /// Returns when [`Twin::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let seats = self.halves.iter().flat_map(|half| half.seats.values());
        seats
            .filter_map(|seat| match seat.place {
                Place::Away { until } => Some(until),
                Place::Here(_) | Place::AtTheOther => None,
            })
            .min()
    }

    /// Takes the next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Takes the next thing that one server tells the other, and which one it is for.
    pub fn poll_hearsay(&mut self) -> Option<(usize, Hearsay)> {
        self.hearsay.pop_front()
    }

    fn join(&mut self, at: usize, socket: SocketId, room: RoomId, member: Member) {
        let id = member.id.clone();
        let seat = Seat {
            member: member.clone(),
            place: Place::Here(socket),
        };
        let before = self.halves[at].seats.insert(id.clone(), seat);
        if let Some(Place::Here(old)) = before.as_ref().map(|seat| seat.place) {
            self.supersede(at, old);
        }
        self.halves[at].sockets.insert(socket, Some(id.clone()));
        let others = self.halves[at].seats.values().map(|seat| seat.member.clone());
        let joined = ServerMessage::Joined {
            room,
            member: id.clone(),
            resume: token(&id),
            resumed: before.is_some(),
            members: others.filter(|other| other.id != id).collect(),
        };
        self.send(socket, joined);
        self.tell(at, Hearsay::Join(member));
    }

    fn depart(&mut self, at: usize, member: &MemberId, reason: LeaveReason) {
        let Some(seat) = self.halves[at].seats.remove(member) else {
            return;
        };
        match (seat.place, reason) {
            (Place::Here(socket), LeaveReason::Left) => {
                self.halves[at].sockets.insert(socket, None);
            }
            (Place::Here(socket), LeaveReason::Lost | LeaveReason::Replaced | LeaveReason::Removed) => {
                self.supersede(at, socket)
            }
            (Place::Away { .. } | Place::AtTheOther, _) => {}
        }
        self.tell(at, Hearsay::Leave(member.clone(), reason));
    }

    fn supersede(&mut self, at: usize, socket: SocketId) {
        self.halves[at].sockets.remove(&socket);
        self.refuse(socket, ErrorCode::Superseded);
        self.outputs.push_back(Output::Close {
            socket,
            code: api::rooms::close::SUPERSEDED,
            reason: "superseded",
        });
    }

    fn forward(&mut self, at: usize, socket: SocketId, from: MemberId, message: ClientMessage) {
        let Some((to, message)) = stamped(from, message) else {
            return;
        };
        match self.halves[at].seats.get(&to).map(|seat| seat.place) {
            Some(Place::Here(socket)) => self.send(socket, message),
            Some(Place::AtTheOther) => self.hearsay.push_back((1 - at, Hearsay::Signal(to, message))),
            Some(Place::Away { .. }) => {}
            None => self.refuse(socket, ErrorCode::UnknownMember),
        }
    }

    /// Tells it to the members here and to the other server.
    fn tell(&mut self, at: usize, hearsay: Hearsay) {
        self.announce(at, &hearsay);
        self.hearsay.push_back((1 - at, hearsay));
    }

    /// Tells it to the members here, but not to the one it is about.
    fn announce(&mut self, at: usize, hearsay: &Hearsay) {
        let (about, message) = match hearsay.clone() {
            Hearsay::Join(member) => (member.id.clone(), ServerMessage::Join { member }),
            Hearsay::Media(member, media) => (member.clone(), ServerMessage::Media { member, media }),
            Hearsay::Away(member) => (member.clone(), ServerMessage::Away { member }),
            Hearsay::Leave(member, reason) => (member.clone(), ServerMessage::Leave { member, reason }),
            Hearsay::Signal(..) => return,
        };
        let sockets: Vec<_> = (self.halves[at].seats.values())
            .filter(|seat| seat.member.id != about)
            .filter_map(|seat| match seat.place {
                Place::Here(socket) => Some(socket),
                Place::Away { .. } | Place::AtTheOther => None,
            })
            .collect();
        for socket in sockets {
            self.send(socket, message.clone());
        }
    }

    fn find(&self, socket: SocketId) -> Option<(usize, Option<MemberId>)> {
        (0..2).find_map(|at| Some((at, self.halves[at].sockets.get(&socket)?.clone())))
    }

    fn send(&mut self, socket: SocketId, message: ServerMessage) {
        let message = Arc::new(message);
        self.outputs.push_back(Output::Send { socket, message });
    }

    fn refuse(&mut self, socket: SocketId, code: ErrorCode) {
        let message = ServerMessage::Error {
            code,
            message: String::new(),
            nonce: None,
        };
        self.send(socket, message);
    }
}

/// What a signal becomes on its way: whom it is for, and the same with its sender.
fn stamped(from: MemberId, message: ClientMessage) -> Option<(MemberId, ServerMessage)> {
    match message {
        ClientMessage::Accept {
            to,
            handshake,
            keep,
            restart,
        } => Some((
            to,
            ServerMessage::Accept {
                from,
                handshake,
                keep,
                restart,
            },
        )),
        ClientMessage::Offer {
            to,
            handshake,
            sdp,
            restart,
        } => {
            let offer = ServerMessage::Offer {
                from,
                handshake,
                sdp,
                restart,
            };
            Some((to, offer))
        }
        ClientMessage::Answer { to, handshake, sdp } => {
            Some((to, ServerMessage::Answer { from, handshake, sdp }))
        }
        ClientMessage::Candidate {
            to,
            handshake,
            candidate,
        } => Some((
            to,
            ServerMessage::Candidate {
                from,
                handshake,
                candidate,
            },
        )),
        ClientMessage::Peek { .. }
        | ClientMessage::Join { .. }
        | ClientMessage::Media { .. }
        | ClientMessage::Missing { .. }
        | ClientMessage::Want { .. }
        | ClientMessage::Hand { .. }
        | ClientMessage::React { .. }
        | ClientMessage::Chat { .. }
        | ClientMessage::Moderate { .. }
        | ClientMessage::Report(_)
        | ClientMessage::Leave
        | ClientMessage::Ping => None,
    }
}

fn seated(id: MemberId, name: DisplayName, media: MediaState) -> Member {
    Member {
        id,
        name,
        media,
        away: false,
    }
}

fn token(member: &MemberId) -> ResumeToken {
    format!("twin.{member}").parse().expect("a token's characters")
}

fn owner(token: &ResumeToken) -> Option<MemberId> {
    token.as_str().strip_prefix("twin.")?.parse().ok()
}
