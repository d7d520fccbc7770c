//! What the server says, and what follows from it.

use super::{Driver, HOLD};
use crate::{Platform, view::Refusal};
use call::{Call, Input, Role};
use std::rc::Rc;
use wire::{ErrorCode, Member, MemberId, Nonce, ResumeToken, RoomId, RoomRules, ServerMessage};

impl<P: Platform> Driver<P> {
    pub(super) fn hear(&mut self, message: ServerMessage) {
        if !self.stay.is_inside() && is_for_those_inside(&message) {
            // It was on its way when the person left.
            return;
        }
        match message {
            ServerMessage::Hello { ice_servers, version } => {
                tracing::info!(version, "server says hello");
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
            ServerMessage::History { messages, more } => {
                let stay = &self.stay;
                self.chat.history(messages, more, |id| stay.is_me(id));
            }
            ServerMessage::Chat { message, nonce } => {
                let mine = self.stay.is_me(&message.member_id);
                self.chat.stored(message, nonce.as_ref(), mine);
            }
            ServerMessage::Join { member } => self.input(Input::Join { member }),
            ServerMessage::Accept {
                from,
                handshake,
                keep,
            } => self.input(Input::Accept {
                from,
                handshake,
                keep,
            }),
            ServerMessage::Offer { from, handshake, sdp } => {
                self.input(Input::Offer { from, handshake, sdp })
            }
            ServerMessage::Answer { from, handshake, sdp } => {
                self.input(Input::Answer { from, handshake, sdp });
            }
            ServerMessage::Candidate {
                from,
                handshake,
                candidate,
            } => self.input(Input::Candidate {
                from,
                handshake,
                candidate,
            }),
            ServerMessage::Media { member, media } => self.input(Input::Media { member, media }),
            ServerMessage::Away { member } => self.input(Input::Away { member }),
            ServerMessage::Leave { member, .. } => self.input(Input::Leave { member }),
            ServerMessage::Waiting { room } => self.hear_waiting(&room),
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
        }
    }

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
        if members.is_empty() {
            self.connections.warm_up(Role::Answerer);
        } else if first {
            self.hold = Some(self.io.platform.now() + HOLD);
        }
        if !resumed {
            self.stay.forget_orders();
        }
        self.input(Input::Joined { me, resumed, members });
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
            | ErrorCode::NotHost => {}
            // Refusals, which are dealt with above.
            ErrorCode::RoomFull
            | ErrorCode::Superseded
            | ErrorCode::PasscodeWanted
            | ErrorCode::PasscodeWrong
            | ErrorCode::TooManyTries
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
