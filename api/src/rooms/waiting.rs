//! Those who wait for the host. They have no place in the room: nothing that they say reaches anybody.

use super::{
    Rooms, SocketId,
    door::{Joining, TRY_LATER},
    room::{Seat, Waiter},
    rules::millis,
    service::Door,
};
use std::{mem, sync::Arc, time::Duration};
use wire::{ErrorCode, MemberId, RoomId, ServerMessage, limits::ROOM_WAITING};

impl Rooms {
    /// Lets somebody wait for the host.
    pub(super) fn wait(&mut self, now: Duration, socket: SocketId) {
        let Some(Joining { room: id, seat, .. }) = self.leave_door(socket) else {
            return;
        };
        let (limits, source) = (
            self.settings.limits,
            self.sockets.get(&socket).and_then(|s| s.source),
        );
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        if room.waiting.len() >= ROOM_WAITING || self.guesses.are_spent(now, &id, source, limits.guesses) {
            return self.refuse(socket, ErrorCode::TooManyTries, TRY_LATER.to_owned(), None);
        }
        let others = room.waiting.iter().map(|waiter| waiter.socket);
        let of_source = |other: &SocketId| {
            self.sockets
                .get(other)
                .is_some_and(|other| other.source == source)
        };
        let neighbours = others.filter(of_source).count();
        if source.is_some_and(|source| !source.is_local()) && neighbours >= limits.waiting {
            let why = "too many people of your network wait here already".to_owned();
            return self.refuse(socket, ErrorCode::TooManyWaiting, why, None);
        }
        tracing::info!(%socket, room = %id, member = %seat.id, "waits for the host");
        let waiting = Arc::new(ServerMessage::Waiting { room: id.clone() });
        if let Some(state) = self.sockets.get_mut(&socket) {
            state.door = Door::Waiting(id.clone());
        }
        room.waiting.push(Waiter { socket, seat });
        self.send(socket, &waiting);
        self.tell_knocks(&id);
    }

    /// Lets people in who wait: one, or all of them. Returns whether everybody that was meant is in.
    pub(super) fn admit(&mut self, now: Duration, id: &RoomId, member: Option<&MemberId>) -> bool {
        let capacity = self.settings.limits.room_members;
        let mut done = member.is_none();
        loop {
            let Some(room) = self.rooms.get_mut(id) else {
                return done;
            };
            let wanted = |waiter: &Waiter| member.is_none_or(|member| waiter.seat.id == *member);
            let Some(place) = room.waiting.iter().position(wanted) else {
                break;
            };
            if room.len() >= capacity {
                done = false;
                break;
            }
            done = true;
            let Waiter { socket, mut seat } = room.waiting.remove(place);
            seat.came = millis(now);
            if let Some(state) = self.sockets.get_mut(&socket) {
                state.door = Door::Away;
            }
            let joining = Joining {
                room: id.clone(),
                seat,
                pass: None,
                resume: None,
                keep: false,
                passcode: None,
                host: None,
                order: 0,
                proved: None,
                access: None,
                may_make: false,
            };
            self.enter(now, socket, joining);
        }
        self.tell_knocks(id);
        done
    }

    /// Turns people away who wait: one, or all of them. Returns whether there was somebody.
    pub(super) fn deny(&mut self, now: Duration, id: &RoomId, member: Option<&MemberId>) -> bool {
        let Some(room) = self.rooms.get_mut(id) else {
            return false;
        };
        let (denied, rest): (Vec<_>, Vec<_>) = mem::take(&mut room.waiting)
            .into_iter()
            .partition(|waiter| member.is_none_or(|member| waiter.seat.id == *member));
        room.waiting = rest;
        let any = !denied.is_empty() || member.is_none();
        for Waiter { socket, .. } in denied {
            let source = self.sockets.get(&socket).and_then(|state| state.source);
            // Who knocks again and again is no longer heard after a while.
            self.guesses.take(now, id, source, self.settings.limits.guesses);
            self.unwait(socket);
            let why = "the host does not let you in".to_owned();
            self.refuse(socket, ErrorCode::Denied, why, None);
        }
        self.tell_knocks(id);
        any
    }

    /// Nobody waits any more: the room is closed.
    pub(super) fn dismiss(&mut self, id: &RoomId) -> Vec<SocketId> {
        let waiting = self.rooms.get_mut(id).map(|room| mem::take(&mut room.waiting));
        let sockets: Vec<_> = waiting
            .into_iter()
            .flatten()
            .map(|waiter| waiter.socket)
            .collect();
        for socket in &sockets {
            self.unwait(*socket);
        }
        sockets
    }

    /// Tells the hosts who waits.
    pub(super) fn tell_knocks(&mut self, id: &RoomId) {
        let Some(room) = self.rooms.get(id) else { return };
        let hosts: Vec<SocketId> = room.hosts().filter_map(Seat::socket).collect();
        let knocks = Arc::new(ServerMessage::Knocks {
            people: room.knocks(),
        });
        for host in hosts {
            self.send(host, &knocks);
        }
    }

    fn unwait(&mut self, socket: SocketId) {
        if let Some(state) = self.sockets.get_mut(&socket) {
            state.door = Door::Away;
        }
    }
}
