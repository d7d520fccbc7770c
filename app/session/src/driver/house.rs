//! The room's rules and its host, and what follows from what that one does.

use super::Driver;
use crate::{
    Platform,
    platform::MediaKind,
    view::{House, Ordered, Refusal},
};
use std::{rc::Rc, time::Duration};
use wire::{ClientMessage, ErrorCode, HostToken, MediaState, Member, MemberId, RoomId, RoomRules};

/// How long it takes until a room that could not be told of is asked for again, by somebody who is in the call.
const AGAIN: Duration = Duration::from_secs(2);

impl<P: Platform> Driver<P> {
    /// Says what a host wants done.
    pub(super) fn moderate(&mut self, message: &ClientMessage) {
        Rc::make_mut(&mut self.house).trouble = None;
        self.link.send(message);
    }

    pub(super) fn understood(&mut self) {
        if self.house.ordered.is_some() || self.house.trouble.is_some() {
            let house = Rc::make_mut(&mut self.house);
            (house.ordered, house.trouble) = (None, None);
        }
    }

    pub(super) fn hear_rules(&mut self, rules: RoomRules, hosts: Vec<MemberId>) {
        let mine = hosts.iter().any(|host| self.stay.is_now(host));
        let house = Rc::make_mut(&mut self.house);
        house.mine = mine;
        if !mine {
            house.knocks.clear();
        }
        (house.rules, house.hosts) = (rules, hosts);
    }

    pub(super) fn hear_knocks(&mut self, people: Vec<Member>) {
        Rc::make_mut(&mut self.house).knocks = people;
    }

    pub(super) fn hear_host(&mut self, token: &HostToken) {
        self.stay.keep_host_token(token);
    }

    /// A host has switched something off. The others know already: it is for this side to follow.
    pub(super) fn hear_order(&mut self, order: u32, media: MediaState) {
        let before = self.media_state();
        self.stay.ordered(order, media);
        if before.audio && !media.audio {
            self.media.switch(MediaKind::Audio, false);
            Rc::make_mut(&mut self.house).ordered = Some(Ordered::Muted);
        }
        if before.screen && !media.screen {
            self.screen.stop();
            Rc::make_mut(&mut self.house).ordered = Some(Ordered::Unshared);
        }
    }

    /// The order is undone: nothing is to be told of it.
    pub(super) fn forget_order(&mut self) {
        let undone = match self.house.ordered {
            Some(Ordered::Muted) => self.media.state().audio,
            Some(Ordered::Unshared) => self.screen.is_on(),
            None => false,
        };
        if undone {
            Rc::make_mut(&mut self.house).ordered = None;
        }
    }

    pub(super) fn hear_waiting(&mut self, room: &RoomId) {
        let inside = self.stay.is_inside();
        self.reports.ledger.waits();
        if self.stay.waits(room) && inside {
            self.come_to_nothing();
        }
    }

    /// The server does not let the person in, or puts it out. Returns whether the error is one of these.
    pub(super) fn hear_refusal(&mut self, code: ErrorCode) -> bool {
        let (why, answers_a_join) = match code {
            ErrorCode::RoomFull => (Refusal::Full, true),
            ErrorCode::PasscodeWanted => (Refusal::Passcode { wrong: false }, true),
            ErrorCode::PasscodeWrong => (Refusal::Passcode { wrong: true }, true),
            ErrorCode::AccessWanted => (Refusal::Access { wrong: false }, true),
            ErrorCode::AccessDenied => (Refusal::Access { wrong: true }, true),
            ErrorCode::TooManyTries | ErrorCode::TooManyJoins | ErrorCode::TooManyWaiting => {
                (Refusal::TooManyTries, true)
            }
            ErrorCode::Locked => (Refusal::Locked, true),
            ErrorCode::Unavailable => (Refusal::Unavailable, true),
            // These come by themselves, too.
            ErrorCode::Denied => (Refusal::Denied, false),
            ErrorCode::Removed => (Refusal::Removed, self.stay.is_asking()),
            ErrorCode::Ended => (Refusal::Ended, self.stay.is_asking()),
            ErrorCode::Superseded => (Refusal::Superseded, false),
            ErrorCode::BadMessage
            | ErrorCode::NotInRoom
            | ErrorCode::AlreadyInRoom
            | ErrorCode::UnknownMember
            | ErrorCode::TooFast
            | ErrorCode::NotStored
            | ErrorCode::GoingAway
            | ErrorCode::NotHost
            | ErrorCode::NotDone
            | ErrorCode::NotWanted => return false,
        };
        if answers_a_join && !self.stay.is_answered() {
            // It answers a join of an earlier stay.
            return true;
        }
        if why == Refusal::Unavailable && self.stay.is_inside() {
            // The call does not depend on the server, which will know again before long.
            self.again = Some(self.io.platform.now() + AGAIN);
            return true;
        }
        self.turned_away(why);
        true
    }

    pub(super) fn hear_not_done(&mut self, message: String) {
        Rc::make_mut(&mut self.house).trouble = Some(message);
    }

    pub(super) fn leave_house(&mut self) {
        self.house = Rc::new(House::default());
        self.again = None;
    }
}
