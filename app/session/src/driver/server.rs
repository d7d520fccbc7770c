//! What the server says, and what follows from it.

use super::{Before, Driver, HOLD, earlier::MISSED_PAGES, reports::shows};
use crate::{Platform, view::Refusal};
use call::{Call, Input, Role};
use std::rc::Rc;
use wire::{ErrorCode, Member, MemberId, Nonce, ResumeToken, RoomId, RoomRules, ServerMessage};

impl<P: Platform> Driver<P> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other function names all of them"
    )]
    pub(super) fn hear(&mut self, message: ServerMessage) {
        if !self.stay.is_inside() && is_for_those_inside(&message) {
            // It was on its way when the person left.
            return;
        }
        match message {
            ServerMessage::Hello {
                ice_servers,
                version,
                reports,
            } => {
                tracing::info!(version, "server says hello");
                self.reports.wanted = reports;
                self.connections.set_ice_servers(ice_servers);
                // Those who are in the room already await the newcomer's offer.
                self.connections.warm_up(if self.stay.is_inside() {
                    Role::Answerer
                } else {
                    Role::Offerer
                });
            }
            ServerMessage::Peek(info) => {
                if let Some(peek) = self.peek.as_mut().filter(|peek| peek.room == info.id) {
                    peek.info = Some(Rc::new(info));
                }
            }
            ServerMessage::Joined {
                room,
                member,
                resume,
                resumed,
                members,
            } => self.hear_joined(room, member, resume, resumed, members),
            ServerMessage::Error { code, message, nonce } => self.hear_error(code, message, nonce),
            ServerMessage::Pong => {}
            ServerMessage::Waiting { room } => self.hear_waiting(&room),
            said => self.hear_inside(said),
        }
    }

    /// What concerns only those inside. Whoever asks to be let in has the room's part of the program, which this begins on
    /// the web (`dc.sh`), so it must stay a function.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other functions name all of them"
    )]
    #[inline(never)]
    fn hear_inside(&mut self, message: ServerMessage) {
        let message = match Input::try_from(message) {
            Ok(input) => {
                if let Input::Offer { .. } = input {
                    self.hold = Some((Before::Connected, self.io.platform.now() + HOLD));
                }
                return self.input(input);
            }
            Err(message) => message,
        };
        match message {
            ServerMessage::History { messages, more } => {
                let stay = &self.stay;
                self.chat.history(messages, more, |id| stay.is_me(id));
                self.missed_pages = MISSED_PAGES;
                self.load_missed();
            }
            ServerMessage::Chat { message, nonce } => {
                let mine = self.stay.is_me(&message.member_id);
                self.chat.stored(message, nonce.as_ref(), mine);
            }
            ServerMessage::Missing { from, missing } => {
                self.checkups.missed(from, missing);
                let (now, checkups) = (self.io.platform.now(), &self.checkups);
                self.people.check(|id| checkups.of(now, id));
            }
            ServerMessage::Want { from, want } => self.load.wanted(from, want),
            ServerMessage::Hands { raised } => self.gestures.hands(raised, self.stay.me()),
            ServerMessage::React { from, reaction } => {
                self.gestures.show(self.io.platform.now(), from, reaction);
            }
            ServerMessage::Rules {
                locked,
                waiting,
                passcode,
                history,
                hosts,
            } => {
                let rules = RoomRules {
                    locked,
                    waiting,
                    passcode,
                    history,
                };
                self.hear_rules(rules, hosts);
            }
            ServerMessage::Knocks { people } => self.hear_knocks(people),
            ServerMessage::Order { order, media } => self.hear_order(order, media),
            ServerMessage::Host { token } => self.hear_host(&token),
            _ => {}
        }
    }

    #[inline(never)]
    fn hear_joined(
        &mut self,
        room: RoomId,
        me: MemberId,
        token: ResumeToken,
        resumed: bool,
        members: Vec<Member>,
    ) {
        let first = !self.stay.is_inside();
        if !self.stay.joined(&room, &me, token) {
            return;
        }
        if first {
            let shown = members.iter().any(shows) && !self.load.hidden;
            self.reports.ledger.entered(self.io.platform.now(), shown);
        }
        if members.is_empty() {
            self.connections.warm_up(Role::Answerer);
        } else if first {
            self.hold = Some((Before::Answered, self.io.platform.now() + HOLD));
        }
        if !first {
            self.chat.rejoined();
        }
        if !resumed {
            self.stay.forget_orders();
        }
        self.input(Input::Joined { me, resumed, members });
        self.checkups.rejoined();
        self.load.rejoined(None);
        self.gestures.rejoined();
        // A server that has lost its memory has lost the hand too.
        if self.gestures.raised {
            self.send_hand();
        }
        for (nonce, text) in self.chat.pending() {
            self.send_chat(nonce, text);
        }
    }

    fn hear_error(&mut self, code: ErrorCode, message: String, nonce: Option<Nonce>) {
        tracing::warn!(?code, message, "server refuses");
        if let Some(nonce) = nonce {
            self.chat.refused(&nonce, message);
            return;
        }
        if self.hear_refusal(code) {
            return;
        }
        match code {
            // The server has forgotten this member: it comes in again, and keeps its connections.
            ErrorCode::NotInRoom if self.stay.is_inside() && !self.stay.is_asking() => self.join(),
            ErrorCode::BadMessage | ErrorCode::TooFast | ErrorCode::NotStored
                if self.stay.is_asking() && !self.stay.is_inside() =>
            {
                self.stay.is_answered();
                self.turned_away(Refusal::Other(message));
            }
            ErrorCode::NotDone | ErrorCode::NotHost if self.stay.is_inside() => self.hear_not_done(message),
            // The socket closes, and another try follows by itself.
            ErrorCode::GoingAway
            | ErrorCode::BadMessage
            | ErrorCode::TooFast
            | ErrorCode::NotStored
            | ErrorCode::NotInRoom
            | ErrorCode::AlreadyInRoom
            | ErrorCode::UnknownMember
            | ErrorCode::NotDone
            | ErrorCode::NotHost
            | ErrorCode::NotWanted => {}
            // Refusals, which are dealt with above.
            ErrorCode::RoomFull
            | ErrorCode::Superseded
            | ErrorCode::PasscodeWanted
            | ErrorCode::PasscodeWrong
            | ErrorCode::AccessWanted
            | ErrorCode::AccessDenied
            | ErrorCode::TooManyTries
            | ErrorCode::TooManyJoins
            | ErrorCode::TooManyWaiting
            | ErrorCode::Locked
            | ErrorCode::Denied
            | ErrorCode::Removed
            | ErrorCode::Ended
            | ErrorCode::Unavailable => {}
        }
    }

    /// The person is not in the room any more, and nobody there wants to hear a good-bye.
    pub(super) fn turned_away(&mut self, why: Refusal) {
        self.stay.refused(why);
        self.come_to_nothing();
    }

    /// There is no call any more, and no hang-up is to be said.
    pub(super) fn come_to_nothing(&mut self) {
        self.call = Call::new();
        self.connections.close();
        self.clear();
    }
}

fn is_for_those_inside(message: &ServerMessage) -> bool {
    match message {
        ServerMessage::History { .. }
        | ServerMessage::Join { .. }
        | ServerMessage::Accept { .. }
        | ServerMessage::Offer { .. }
        | ServerMessage::Answer { .. }
        | ServerMessage::Candidate { .. }
        | ServerMessage::Media { .. }
        | ServerMessage::Missing { .. }
        | ServerMessage::Want { .. }
        | ServerMessage::Hands { .. }
        | ServerMessage::React { .. }
        | ServerMessage::Away { .. }
        | ServerMessage::Leave { .. }
        | ServerMessage::Rules { .. }
        | ServerMessage::Knocks { .. }
        | ServerMessage::Order { .. }
        | ServerMessage::Host { .. }
        | ServerMessage::Chat { .. } => true,
        ServerMessage::Hello { .. }
        | ServerMessage::Peek(_)
        | ServerMessage::Joined { .. }
        | ServerMessage::Waiting { .. }
        | ServerMessage::Error { .. }
        | ServerMessage::Pong => false,
    }
}
