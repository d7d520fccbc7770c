//! The door: who may come in, who waits before it, and who is turned away.
//!
//! Nobody is let in before the store has told the room's rules. What a client says while its join is not decided waits for
//! that, so to its peers and to itself a join is one step, however long it takes.

use super::{
    Output, Pass, Rooms, Rules, SocketId, Taken, close,
    room::{Room, Seat},
    rules::millis,
    service::Door,
};
use crate::access::Denied;
use std::{mem, time::Duration};
use wire::{AccessToken, ErrorCode, HostToken, Passcode, ResumeToken, RoomId};

/// What a client says meanwhile, at most.
pub(super) const DEFERRED: usize = 64;

/// What a client asks for when it joins.
#[derive(Debug)]
pub struct Joining {
    pub room: RoomId,
    /// The new member. When a member comes back, its id is not used.
    pub seat: Seat,
    /// What the resume token says that the client has shown.
    pub pass: Option<Pass>,
    /// The token itself, for whichever server has the room.
    pub resume: Option<ResumeToken>,
    /// It wants to be that member again.
    pub keep: bool,
    pub passcode: Option<Passcode>,
    pub host: Option<HostToken>,
    pub access: Option<AccessToken>,
    /// The last order that it has heard.
    pub order: u32,
    /// The hash that the passcode was found to match.
    pub proved: Option<String>,
    /// The access token was found to be good.
    pub may_make: bool,
}

/// What becomes of a join.
enum Verdict {
    Enter,
    Wait,
    /// The passcode has to be compared with this first.
    Compare(String),
    /// The room would be made, for which an access token has to be looked at first.
    Look,
    Refuse(ErrorCode, String),
}

impl Rooms {
    /// A client wants to go in.
    pub(super) fn ask(&mut self, now: Duration, socket: SocketId, joining: Joining) {
        let room = joining.room.clone();
        let Some(state) = self.listening(socket) else {
            return;
        };
        if state.place.is_some() || !matches!(state.door, Door::Away) {
            let why = "leave the room that you are in before you join".to_owned();
            return self.refuse(socket, ErrorCode::AlreadyInRoom, why, None);
        }
        let (source, known) = (state.source, joining.pass.is_some());
        if self.draining && !known {
            let why = "the server is about to stop; try again soon".to_owned();
            self.refuse(socket, ErrorCode::GoingAway, why, None);
            return self.close(socket, close::SERVICE_RESTART, "going away");
        }
        if !self.sure && !self.comes_back(&joining) {
            let why = "the servers do not reach each other; try again soon".to_owned();
            return self.refuse(socket, ErrorCode::Unavailable, why, None);
        }
        let rate = self.settings.limits.joins;
        if source.is_some_and(|source| !source.is_local() && self.joins.take(now, source, rate) == Taken::No)
        {
            let why = "too many people join from your network; try again in a minute".to_owned();
            return self.refuse(socket, ErrorCode::TooManyJoins, why, None);
        }
        let Some(state) = self.listening(socket) else {
            return;
        };
        state.door = Door::Asking(Box::new(joining));
        let members = self.rooms.entry(room.clone()).or_default();
        let first = members.asking.is_empty();
        members.asking.push(socket);
        if members.rules.is_some() {
            self.decide(now, socket);
        } else if first {
            self.outputs.push_back(Output::LoadRules { room });
        }
    }

    /// The store tells a room's rules, or cannot.
    pub(super) fn rules_loaded(&mut self, now: Duration, id: &RoomId, rules: Option<Rules>) {
        let Some(room) = self.rooms.get_mut(id).filter(|room| room.rules.is_none()) else {
            return;
        };
        room.rules = rules;
        let (known, asking) = (room.rules.is_some(), room.asking.clone());
        for socket in &asking {
            if known {
                self.decide(now, *socket);
            } else {
                let why = "what is known of the room is out of reach; try again soon".to_owned();
                self.turn_away(*socket, ErrorCode::Unavailable, why);
            }
        }
        // Not before all are answered: one of them may ask again.
        for socket in asking {
            self.catch_up(now, socket);
        }
    }

    /// A passcode was compared with what is stored. `None`: too many want that at once.
    pub(super) fn passcode_checked(
        &mut self,
        now: Duration,
        socket: SocketId,
        hash: String,
        right: Option<bool>,
    ) {
        let Some(Door::Asking(joining)) = self.sockets.get_mut(&socket).map(|state| &mut state.door) else {
            return;
        };
        match right {
            Some(true) => {
                joining.proved = Some(hash);
                self.decide(now, socket);
            }
            Some(false) => {
                let why = "that is not the room's passcode".to_owned();
                self.turn_away(socket, ErrorCode::PasscodeWrong, why);
            }
            None => self.turn_away(socket, ErrorCode::TooManyTries, TRY_LATER.to_owned()),
        }
        self.catch_up(now, socket);
    }

    /// An access token was looked at.
    pub(super) fn access_checked(&mut self, now: Duration, socket: SocketId, outcome: Result<(), Denied>) {
        let Some(Door::Asking(joining)) = self.sockets.get_mut(&socket).map(|state| &mut state.door) else {
            return;
        };
        match outcome {
            Ok(()) => {
                joining.may_make = true;
                self.decide(now, socket);
            }
            Err(denied @ (Denied::Nothing | Denied::Bad)) => {
                self.turn_away(socket, ErrorCode::AccessDenied, denied.to_string());
            }
            Err(denied @ Denied::Unreachable) => {
                self.turn_away(socket, ErrorCode::Unavailable, denied.to_string());
            }
        }
        self.catch_up(now, socket);
    }

    /// Decides on a join, as far as that can be done now.
    fn decide(&mut self, now: Duration, socket: SocketId) {
        let Some(state) = self.sockets.get(&socket) else {
            return;
        };
        let (Door::Asking(joining), source) = (&state.door, state.source) else {
            return;
        };
        let Some(rules) = (self.rooms.get(&joining.room)).and_then(|room| room.rules.as_ref()) else {
            return;
        };
        let verdict = if state.closing {
            // It is about to be closed and must not become a member.
            Verdict::Refuse(ErrorCode::GoingAway, String::new())
        } else if self.settings.restricted && rules.host.is_none() && !joining.may_make {
            Verdict::Look
        } else {
            verdict(now, rules, joining)
        };
        match verdict {
            Verdict::Enter => {
                if let Some(joining) = self.leave_door(socket) {
                    self.enter(now, socket, joining);
                }
            }
            Verdict::Wait => self.wait(now, socket),
            Verdict::Refuse(code, why) => self.turn_away(socket, code, why),
            Verdict::Look => {
                let (id, access) = (joining.room.clone(), joining.access.clone());
                let Some(access) = access else {
                    let why = "there is no such room yet, and making one needs an access token".to_owned();
                    return self.turn_away(socket, ErrorCode::AccessWanted, why);
                };
                if !self.guesses.take(now, &id, source, self.settings.limits.guesses) {
                    return self.turn_away(socket, ErrorCode::TooManyTries, TRY_LATER.to_owned());
                }
                self.outputs.push_back(Output::CheckAccess { socket, access });
            }
            Verdict::Compare(hash) => {
                let (id, passcode) = (joining.room.clone(), joining.passcode.clone());
                let Some(passcode) = passcode else {
                    let why = "this room asks for a passcode".to_owned();
                    return self.turn_away(socket, ErrorCode::PasscodeWanted, why);
                };
                if !self.guesses.take(now, &id, source, self.settings.limits.guesses) {
                    return self.turn_away(socket, ErrorCode::TooManyTries, TRY_LATER.to_owned());
                }
                self.outputs.push_back(Output::CheckPasscode {
                    socket,
                    passcode,
                    hash,
                });
            }
        }
    }

    /// A client ceases to wait, or is gone. Returns whether it was at a door.
    pub(super) fn forget_at_door(&mut self, socket: SocketId, door: Door) -> bool {
        let id = match door {
            Door::Away => return false,
            Door::Asking(joining) => joining.room,
            Door::Waiting(id) => id,
        };
        let Some(room) = self.rooms.get_mut(&id) else {
            return true;
        };
        room.asking.retain(|asking| *asking != socket);
        let before = room.waiting.len();
        room.waiting.retain(|waiter| waiter.socket != socket);
        if room.waiting.len() != before {
            self.tell_knocks(&id);
        }
        self.drop_if_idle(&id);
        true
    }

    /// Hears what a client has said while its join was not decided.
    fn catch_up(&mut self, now: Duration, socket: SocketId) {
        loop {
            let Some(state) = self.listening(socket) else {
                return;
            };
            if matches!(state.door, Door::Asking(_)) {
                return;
            }
            let Some((message, fresh)) = state.deferred.pop_front() else {
                return;
            };
            self.handle(now, socket, message, fresh);
        }
    }

    fn turn_away(&mut self, socket: SocketId, code: ErrorCode, why: String) {
        let joining = self.leave_door(socket);
        self.refuse(socket, code, why, None);
        if let Some(joining) = joining {
            self.drop_if_idle(&joining.room);
        }
    }

    /// Takes a join that is decided off the list.
    pub(super) fn leave_door(&mut self, socket: SocketId) -> Option<Joining> {
        let state = self.sockets.get_mut(&socket)?;
        let Door::Asking(joining) = mem::take(&mut state.door) else {
            return None;
        };
        if let Some(room) = self.rooms.get_mut(&joining.room) {
            room.asking.retain(|asking| *asking != socket);
        }
        Some(*joining)
    }

    /// Forgets a room in which nobody is, and of which the store knows everything.
    pub(super) fn drop_if_idle(&mut self, id: &RoomId) {
        if self.rooms.get(id).is_some_and(Room::is_idle)
            && let Some(room) = self.rooms.remove(id)
            && self.settings.shared
            && room.rules.is_some()
        {
            self.outputs.push_back(Output::DropRoom { room: id.clone() });
        }
    }
}

pub(super) const TRY_LATER: &str = "too many tries in too short a time; try again in a minute";

/// The one place that says who comes in.
fn verdict(now: Duration, rules: &Rules, joining: &Joining) -> Verdict {
    let refuse = |code, why: &str| Verdict::Refuse(code, why.to_owned());
    if joining.host.as_ref().is_some_and(|token| rules.is_host(token)) {
        return Verdict::Enter;
    }
    if let Some(pass) = &joining.pass {
        if rules.is_removed(&pass.lineage, now) {
            return refuse(ErrorCode::Removed, "the host has put you out of this room");
        }
        // Whoever was let in may come back, until its token ends or its call was ended.
        if millis(pass.issued) >= rules.ended_at && !rules.closed {
            return Verdict::Enter;
        }
    }
    if rules.closed {
        return refuse(ErrorCode::Ended, "the host has ended the call");
    }
    if rules.locked {
        return refuse(ErrorCode::Locked, "the room is locked");
    }
    if let Some(hash) = &rules.passcode
        && joining.proved.as_ref() != Some(hash)
    {
        return Verdict::Compare(hash.clone());
    }
    if rules.waiting {
        return Verdict::Wait;
    }
    Verdict::Enter
}
