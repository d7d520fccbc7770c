//! Coming in, coming back, and going.

use super::{
    Output, Pass, Rooms, SocketId, close,
    door::Joining,
    keeping::rules_of,
    room::{Link, Room, Seat},
    rules::hash,
    service::{Door, error},
};
use std::{sync::Arc, time::Duration};
use wire::{ErrorCode, LeaveReason, MemberId, RoomId, ServerMessage};

impl Rooms {
    /// Lets somebody in whom the rules let in.
    pub(super) fn enter(&mut self, now: Duration, socket: SocketId, joining: Joining) {
        let Joining {
            room,
            mut seat,
            pass,
            keep,
            host,
            order,
            ..
        } = joining;
        if let Some(pass) = pass {
            (seat.lineage, seat.came) = (pass.lineage, pass.came);
            if keep {
                seat.id = pass.member;
            } else {
                // The page was loaded anew: its connections are gone, and so is the member that had them.
                // The room stays, with its rules, also if nobody else is in it.
                self.take_out(&room, &pass.member, LeaveReason::Replaced);
            }
        }
        seat.host = host.or(seat.host);
        let resumed = self.sit_down_again(&room, &seat, order);
        if !resumed {
            let capacity = self.settings.limits.room_members;
            if self.rooms.get(&room).map_or(0, Room::len) >= capacity {
                let why = format!("the room is full: it holds {capacity} members");
                self.refuse(socket, ErrorCode::RoomFull, why, None);
                return self.drop_if_idle(&room);
            }
        }
        tracing::info!(%socket, %room, member = %seat.id, resumed, "joined");
        let member = seat.id.clone();
        let pass = Pass {
            member: member.clone(),
            lineage: seat.lineage.clone(),
            came: seat.came,
            issued: now,
        };
        let came = seat.came;
        let members = self.rooms.entry(room.clone()).or_default();
        if !resumed {
            members.add(seat);
        }
        let Some(seat) = members.seat(&member) else { return };
        let joined = Arc::new(ServerMessage::Join {
            member: seat.member(),
        });
        let welcome = ServerMessage::Joined {
            room: room.clone(),
            member: member.clone(),
            resume: (self.settings.tokens).mint(&room, &pass, now + self.settings.limits.token_life),
            resumed,
            members: members.others(&member),
        };
        let missed = members.missed(&member);
        let since = members.rules.as_ref().and_then(|rules| rules.history_since(came));
        if let Some(state) = self.sockets.get_mut(&socket) {
            state.place = Some((room.clone(), member.clone()));
        }
        if let Some(hello) = self.settings.hello_to(&member, now) {
            self.send(socket, &Arc::new(hello));
        }
        self.send(socket, &Arc::new(welcome));
        for message in missed {
            self.send(socket, &message);
        }
        self.send_to_others(&room, &member, &joined);
        self.show_hands(&room, socket);
        self.greet(&room, &member, socket);
        self.outputs.push_back(Output::OpenRoom { room, socket, since });
    }

    /// Tells a newcomer the rules, the orders that it may have missed, and, if it is host, what a host must know.
    fn greet(&mut self, id: &RoomId, member: &MemberId, socket: SocketId) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let Some(rules) = room.rules.as_mut() else { return };
        let mut changed = false;
        if rules.host.is_none() {
            // The first one who ever comes in has made the room.
            let token = self.settings.tokens.mint_host(id, member, rules.version);
            rules.host = Some(hash(&token));
            changed = true;
            if let Some(seat) = room.seat_mut(member) {
                seat.host = Some(token);
            }
        }
        let Some(seat) = room.seat(member) else { return };
        let host = seat.host.clone().filter(|_| room.is_host(seat));
        let order = (seat.orders.last > 0).then_some(ServerMessage::Order {
            order: seat.orders.last,
            media: seat.media,
        });
        if let Some(rules) = room.rules.as_mut().filter(|rules| rules.closed && host.is_some()) {
            // The host is back, and the call may begin anew.
            rules.closed = false;
            changed = true;
        }
        let told = if changed || host.is_some() {
            None
        } else {
            rules_of(room)
        };
        for message in [told, order].into_iter().flatten() {
            self.send(socket, &Arc::new(message));
        }
        let Some(token) = host else { return };
        self.send(socket, &Arc::new(ServerMessage::Host { token }));
        if changed {
            self.rules_changed(id);
        } else {
            // The others have one more host to know of.
            self.tell_rules(id);
        }
        if self.rooms.get(id).is_some_and(|room| !room.waiting.is_empty()) {
            self.tell_knocks(id);
        }
    }

    /// The client says that it goes.
    pub(super) fn leave(&mut self, socket: SocketId) {
        if let Some((room, member)) = self.place(socket) {
            return self.depart(&room, &member, LeaveReason::Left);
        }
        let door = self
            .sockets
            .get_mut(&socket)
            .map(|state| std::mem::take(&mut state.door));
        if !self.forget_at_door(socket, door.unwrap_or_default()) {
            self.not_in_room(socket, None);
        }
    }

    /// The socket is gone. Its member may come back, since its media does not depend on us.
    pub(super) fn disconnected(&mut self, now: Duration, socket: SocketId) {
        tracing::debug!(%socket, "disconnected");
        let Some(state) = self.sockets.remove(&socket) else {
            return;
        };
        let door: Door = state.door;
        self.forget_at_door(socket, door);
        let Some((room, member)) = state.place else {
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
    fn sit_down_again(&mut self, room: &RoomId, returning: &Seat, order: u32) -> bool {
        let Some(seat) = (self.rooms.get_mut(room)).and_then(|room| room.seat_mut(&returning.id)) else {
            return false;
        };
        seat.name = returning.name.clone();
        seat.media = seat.orders.bound(returning.media, order);
        if returning.host.is_some() {
            seat.host = returning.host.clone();
        }
        let before = std::mem::replace(&mut seat.link, returning.link);
        self.unlink(room, &returning.id, before);
        true
    }

    /// Takes a member out of its room, tells the others, and forgets the room if nobody is in it any more.
    pub(super) fn depart(&mut self, room: &RoomId, member: &MemberId, reason: LeaveReason) {
        self.take_out(room, member, reason);
        self.drop_if_idle(room);
    }

    fn take_out(&mut self, room: &RoomId, member: &MemberId, reason: LeaveReason) {
        let Some(members) = self.rooms.get_mut(room) else {
            return;
        };
        let had_hand = members.hands().contains(member);
        let Some(seat) = members.remove(member) else {
            return;
        };
        let was_host = members.is_host(&seat);
        tracing::info!(%room, %member, ?reason, "left");
        match (reason, seat.link) {
            // The socket stays, and may join again.
            (LeaveReason::Left, Link::Present(socket)) => {
                if let Some(state) = self.sockets.get_mut(&socket) {
                    state.place = None;
                }
            }
            (LeaveReason::Removed, Link::Present(socket)) => {
                self.put_out(
                    socket,
                    ErrorCode::Removed,
                    "the host has put you out of this room",
                );
            }
            (LeaveReason::Left | LeaveReason::Lost | LeaveReason::Replaced | LeaveReason::Removed, link) => {
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
        if was_host {
            self.tell_rules(room);
        }
    }

    /// Closes a socket whose member has to be here no longer.
    pub(super) fn put_out(&mut self, socket: SocketId, code: ErrorCode, why: &'static str) {
        if let Some(state) = self.sockets.get_mut(&socket) {
            state.place = None;
        }
        self.send(socket, &Arc::new(error(code, why)));
        let close_code = if code == ErrorCode::Ended {
            close::ENDED
        } else {
            close::REMOVED
        };
        self.close(socket, close_code, why);
    }

    /// Undoes what tied a member to a socket that it does not have any more, or to the end of its grace time.
    pub(super) fn unlink(&mut self, room: &RoomId, member: &MemberId, link: Link) {
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
