//! What a host does.

use super::{
    Output, Rooms, SocketId,
    room::{Link, Room, Seat},
    rules::{hash, millis},
};
use std::{sync::Arc, time::Duration};
use wire::{
    Action, ErrorCode, HistoryPolicy, LeaveReason, MediaState, MemberId, Passcode, RoomId, ServerMessage,
};

impl Rooms {
    /// Somebody wants to do what only a host may.
    pub(super) fn moderate(
        &mut self,
        now: Duration,
        socket: SocketId,
        action: Action,
        member: Option<MemberId>,
        passcode: Option<Passcode>,
    ) {
        let Some((room, me)) = self.place(socket) else {
            return self.not_in_room(socket, None);
        };
        let whom = member.as_ref().map(tracing::field::display);
        if !self.is_host(&room, &me) {
            tracing::warn!(target: "audit", %room, by = %me, ?action, member = whom, "refused to who is not host");
            let why = "only the host of the room may do that".to_owned();
            return self.refuse(socket, ErrorCode::NotHost, why, None);
        }
        tracing::info!(target: "audit", %room, by = %me, ?action, member = whom, "the host moderates");
        let missing = |what: &str| format!("this action wants a {what}");
        match (action, member) {
            (Action::Admit, member) => {
                if !self.admit(now, &room, member.as_ref()) {
                    let why = "the room is full, or nobody of that id waits".to_owned();
                    self.refuse(socket, ErrorCode::NotDone, why, None);
                }
            }
            (Action::Deny, member) => {
                if !self.deny(now, &room, member.as_ref()) {
                    self.unknown(socket, member.as_ref());
                }
            }
            (Action::Mute, None) => {
                for other in self.others(&room, &me) {
                    self.order(&room, &other, true, false);
                }
            }
            (Action::Mute, Some(member)) if self.is_seated(&room, &member) => {
                self.order(&room, &member, true, false);
            }
            (Action::StopShare, Some(member)) if self.is_seated(&room, &member) => {
                self.order(&room, &member, false, true);
            }
            (Action::Remove, Some(member)) if member != me && self.is_seated(&room, &member) => {
                self.remove(now, &room, &member);
            }
            (Action::PassOn, Some(member)) if member != me && self.is_seated(&room, &member) => {
                self.pass_on(socket, &room, &member);
            }
            (Action::Mute | Action::StopShare | Action::Remove | Action::PassOn, Some(member)) => {
                self.unknown(socket, Some(&member));
            }
            (Action::StopShare | Action::Remove | Action::PassOn, None) => {
                self.refuse(socket, ErrorCode::BadMessage, missing("member"), None);
            }
            (Action::End, _) => self.end(now, &room),
            (Action::Lock, _) => self.change(&room, |rules| rules.locked = true),
            (Action::Unlock, _) => self.change(&room, |rules| rules.locked = false),
            (Action::Wait, _) => self.change(&room, |rules| rules.waiting = true),
            (Action::NoWait, _) => {
                self.change(&room, |rules| rules.waiting = false);
                self.admit(now, &room, None);
            }
            (Action::Passcode, _) => match passcode {
                Some(passcode) => self.choose_passcode(now, socket, passcode),
                None => self.refuse(socket, ErrorCode::BadMessage, missing("passcode"), None),
            },
            (Action::NoPasscode, _) => self.change(&room, |rules| rules.passcode = None),
            (Action::HistoryAll, _) => self.change(&room, |rules| rules.history = HistoryPolicy::All),
            (Action::HistoryJoined, _) => self.change(&room, |rules| rules.history = HistoryPolicy::Joined),
            (Action::HistoryNone, _) => self.change(&room, |rules| rules.history = HistoryPolicy::None),
        }
    }

    /// A host may change the passcode as often as others may guess it: what takes long must not be had for nothing.
    fn choose_passcode(&mut self, now: Duration, socket: SocketId, passcode: Passcode) {
        let rate = self.settings.limits.guesses;
        let permitted = (self.listening(socket)).is_some_and(|state| state.passcodes.take(now, rate));
        if permitted {
            return self.outputs.push_back(Output::HashPasscode { socket, passcode });
        }
        let why = "too many passcodes in too short a time; try again in a minute".to_owned();
        self.refuse(socket, ErrorCode::NotDone, why, None);
    }

    /// A passcode that a host has chosen is ready to be stored. `None`: too much is to be done at once.
    pub(super) fn passcode_hashed(&mut self, socket: SocketId, hash: Option<String>) {
        let Some((room, me)) = self.place(socket) else {
            return;
        };
        match hash {
            // Who has ceased to be host meanwhile has no say any more.
            Some(hash) if self.is_host(&room, &me) => {
                self.change(&room, |rules| rules.passcode = Some(hash));
            }
            Some(_) => {}
            None => {
                let why = "the server has too much to do; try again soon".to_owned();
                self.refuse(socket, ErrorCode::NotDone, why, None);
            }
        }
    }

    fn change(&mut self, id: &RoomId, change: impl FnOnce(&mut super::Rules)) {
        let Some(rules) = self.rooms.get_mut(id).and_then(|room| room.rules.as_mut()) else {
            return;
        };
        let before = rules.clone();
        change(rules);
        if *rules != before {
            self.rules_changed(id);
        }
    }

    /// Switches something off that a member sends. The others are told by us, so that it holds whatever it says.
    fn order(&mut self, id: &RoomId, member: &MemberId, mute: bool, unshare: bool) {
        let Some(seat) = self.rooms.get_mut(id).and_then(|room| room.seat_mut(member)) else {
            return;
        };
        seat.orders.give(mute, unshare);
        let media = MediaState {
            audio: seat.media.audio && !mute,
            screen: seat.media.screen && !unshare,
            ..seat.media
        };
        let changed = media != seat.media;
        seat.media = media;
        let (order, socket) = (seat.orders.last, seat.socket());
        if let Some(socket) = socket {
            self.send(socket, &Arc::new(ServerMessage::Order { order, media }));
        }
        if changed {
            let message = Arc::new(ServerMessage::Media {
                member: member.clone(),
                media,
            });
            self.send_to_others(id, member, &message);
        }
    }

    /// Puts a member out. It could come again as somebody new, and nobody could tell: so whoever is new waits from now on.
    fn remove(&mut self, now: Duration, id: &RoomId, member: &MemberId) {
        let until = now + self.settings.limits.token_life;
        let seat = self.rooms.get(id).and_then(|room| room.seat(member));
        let Some(lineage) = seat.map(|seat| seat.lineage.clone()) else {
            return;
        };
        self.change(id, |rules| {
            rules.remove(lineage, now, until);
            rules.waiting = true;
        });
        self.depart(id, member, LeaveReason::Removed);
    }

    /// Makes another member host. The old token is void from here on.
    fn pass_on(&mut self, socket: SocketId, id: &RoomId, member: &MemberId) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let version = room.rules.as_ref().map_or(0, |rules| rules.version);
        let token = self.settings.tokens.mint_host(id, member, version + 1);
        let Some(seat) = room.seat_mut(member) else { return };
        let Some(theirs) = seat.socket() else {
            let why = "that member's connection is lost at the moment; try again when it is back".to_owned();
            return self.refuse(socket, ErrorCode::NotDone, why, None);
        };
        seat.host = Some(token.clone());
        self.change(id, |rules| rules.host = Some(hash(&token)));
        self.send(theirs, &Arc::new(ServerMessage::Host { token }));
        self.tell_knocks(id);
    }

    /// Ends the call for everybody. Nobody but the host comes in again, and no token of this call is good any more.
    fn end(&mut self, now: Duration, id: &RoomId) {
        self.change(id, |rules| {
            rules.closed = true;
            // Tokens tell the second in which they were minted: none of the present one is to be good either.
            rules.ended_at = millis(now) / 1_000 * 1_000 + 1_000;
        });
        const WHY: &str = "the host has ended the call";
        for socket in self.dismiss(id) {
            self.put_out(socket, ErrorCode::Ended, WHY);
        }
        let seats = self.rooms.get_mut(id).map(Room::clear).unwrap_or_default();
        for Seat { id: member, link, .. } in seats {
            match link {
                Link::Present(socket) => self.put_out(socket, ErrorCode::Ended, WHY),
                Link::Away { .. } => self.unlink(id, &member, link),
            }
        }
        self.drop_if_idle(id);
    }

    fn is_host(&self, id: &RoomId, member: &MemberId) -> bool {
        let Some(room) = self.rooms.get(id) else {
            return false;
        };
        room.seat(member).is_some_and(|seat| room.is_host(seat))
    }

    fn is_seated(&self, id: &RoomId, member: &MemberId) -> bool {
        self.rooms.get(id).is_some_and(|room| room.seat(member).is_some())
    }

    fn others(&self, id: &RoomId, than: &MemberId) -> Vec<MemberId> {
        let ids = self.rooms.get(id).into_iter().flat_map(Room::ids);
        ids.filter(|member| *member != than).cloned().collect()
    }

    fn unknown(&mut self, socket: SocketId, member: Option<&MemberId>) {
        let who = member.map_or_else(String::new, ToString::to_string);
        let why = format!("no other member {who} is there");
        self.refuse(socket, ErrorCode::UnknownMember, why, None);
    }
}
