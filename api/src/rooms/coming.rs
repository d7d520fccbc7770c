//! Coming, coming back, and going.

use super::{
    Output, Rooms, SocketId, close,
    room::{Link, Room, Seat},
    service::error,
};
use std::{sync::Arc, time::Duration};
use wire::{ErrorCode, LeaveReason, MemberId, RoomId, ServerMessage};

/// What a client asks for when it joins.
pub struct Joining {
    pub room: RoomId,
    /// The new member. When a member comes back, its id is not used.
    pub seat: Seat,
    /// Whose resume token the client has shown.
    pub known: Option<MemberId>,
    /// It wants to be that member again.
    pub keep: bool,
}

impl Rooms {
    pub(super) fn join(&mut self, now: Duration, socket: SocketId, joining: Joining) {
        let Joining {
            room,
            mut seat,
            known,
            keep,
        } = joining;
        if self.place(socket).is_some() {
            let why = "leave the room that you are in before you join".to_owned();
            return self.refuse(socket, ErrorCode::AlreadyInRoom, why, None);
        }
        match known {
            Some(member) if keep => seat.id = member,
            // The page was loaded anew: its connections are gone, and so is the member that had them.
            Some(member) => self.depart(&room, &member, LeaveReason::Replaced),
            None => {}
        }
        let resumed = self.sit_down_again(&room, &seat);
        if !resumed {
            let capacity = self.settings.limits.room_members;
            if self.rooms.get(&room).map_or(0, Room::len) >= capacity {
                let why = format!("the room is full: it holds {capacity} members");
                return self.refuse(socket, ErrorCode::RoomFull, why, None);
            }
        }
        tracing::info!(%socket, %room, member = %seat.id, resumed, "joined");
        let (member, joined) = (
            seat.id.clone(),
            Arc::new(ServerMessage::Join {
                member: seat.member(),
            }),
        );
        let members = self.rooms.entry(room.clone()).or_default();
        if !resumed {
            members.add(seat);
        }
        let welcome = ServerMessage::Joined {
            room: room.clone(),
            member: member.clone(),
            resume: (self.settings.tokens).mint(&room, &member, now + self.settings.limits.token_life),
            resumed,
            members: members.others(&member),
        };
        if let Some(state) = self.sockets.get_mut(&socket) {
            state.place = Some((room.clone(), member.clone()));
        }
        self.send(socket, &Arc::new(welcome));
        self.send_to_others(&room, &member, &joined);
        self.show_hands(&room, socket);
        self.outputs.push_back(Output::OpenRoom { room, socket });
    }

    /// The client says that it goes.
    pub(super) fn leave(&mut self, socket: SocketId) {
        let Some((room, member)) = self.place(socket) else {
            return self.not_in_room(socket, None);
        };
        self.depart(&room, &member, LeaveReason::Left);
    }

    /// The socket is gone. Its member may come back, since its media does not depend on us.
    pub(super) fn disconnected(&mut self, now: Duration, socket: SocketId) {
        tracing::debug!(%socket, "disconnected");
        let Some((room, member)) = self.sockets.remove(&socket).and_then(|state| state.place) else {
            return;
        };
        let until = now + self.settings.limits.grace;
        let Some(seat) = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(&member)) else {
            return;
        };
        seat.link = Link::Away { until };
        tracing::info!(%socket, %room, %member, "away");
        let away = Arc::new(ServerMessage::Away {
            member: member.clone(),
        });
        self.send_to_others(&room, &member, &away);
        self.graces.insert((until, room, member));
    }

    /// The grace time of a member that is away has passed.
    pub(super) fn lost(&mut self, room: &RoomId, member: &MemberId) {
        self.depart(room, member, LeaveReason::Lost);
    }

    /// Gives a member that is still in the room its new name, media and socket. Returns whether it is.
    fn sit_down_again(&mut self, room: &RoomId, returning: &Seat) -> bool {
        let Some(seat) = (self.rooms.get_mut(room)).and_then(|room| room.seat_mut(&returning.id)) else {
            return false;
        };
        seat.name = returning.name.clone();
        seat.media = returning.media;
        let before = std::mem::replace(&mut seat.link, returning.link);
        self.unlink(room, &returning.id, before);
        true
    }

    /// Takes a member out of its room, and tells the others.
    fn depart(&mut self, room: &RoomId, member: &MemberId, reason: LeaveReason) {
        let Some(members) = self.rooms.get_mut(room) else {
            return;
        };
        let had_hand = members.hands().contains(member);
        let Some(seat) = members.remove(member) else {
            return;
        };
        if members.is_empty() {
            self.rooms.remove(room);
        }
        tracing::info!(%room, %member, ?reason, "left");
        match (reason, seat.link) {
            // The socket stays, and may join again.
            (LeaveReason::Left, Link::Present(socket)) => {
                if let Some(state) = self.sockets.get_mut(&socket) {
                    state.place = None;
                }
            }
            (LeaveReason::Left | LeaveReason::Lost | LeaveReason::Replaced, link) => {
                self.unlink(room, member, link);
            }
        }
        let leave = Arc::new(ServerMessage::Leave {
            member: member.clone(),
            reason,
        });
        self.send_to_others(room, member, &leave);
        if had_hand {
            self.tell_hands(room);
        }
    }

    /// Undoes what tied a member to a socket that it does not have any more, or to the end of its grace time.
    fn unlink(&mut self, room: &RoomId, member: &MemberId, link: Link) {
        match link {
            Link::Present(old) => {
                if let Some(state) = self.sockets.get_mut(&old) {
                    state.place = None;
                }
                let why = error(ErrorCode::Superseded, "you came back over another connection");
                self.send(old, &Arc::new(why));
                self.close(old, close::SUPERSEDED, "superseded");
            }
            Link::Away { until } => {
                self.graces.remove(&(until, room.clone(), member.clone()));
            }
        }
    }
}
