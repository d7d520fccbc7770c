//! Calls that are wrong on purpose. A simulation that lets one of them pass would prove nothing.

use super::core::Core;
use call::{Call, Input, Operation, Output};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use wire::{ClientMessage, HandshakeId, Member, MemberId};

/// What is wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Adds candidates at once, described or not.
    EagerCandidates,
    /// Takes whatever comes for the present attempt.
    IgnoresHandshakes,
    /// Offers whenever accepts cross, for it takes its own id for the lowest.
    AlwaysOffers,
    /// Never offers when accepts cross, for it takes its own id for the highest.
    NeverOffers,
    /// Never closes a connection.
    NeverCloses,
    /// Does not hear that a member leaves.
    IgnoresLeave,
    /// Lets no time-out happen, so a loss is never made good.
    NeverTimesOut,
    /// Holds on to a connection whose other half is lost.
    Clings,
    /// Drops a candidate that comes before its time.
    DropsEarlyCandidates,
    /// Does not hear that a connection has failed.
    IgnoresFailure,
    /// Tells twice that a member is there.
    RegistersTwice,
}

/// Makes a call with a fault.
pub fn mutant<const FAULT: u8>() -> Box<dyn Core> {
    Box::new(Mutant {
        fault: ALL[FAULT as usize],
        call: Call::new(),
        me: None,
        present: BTreeMap::new(),
        described: BTreeMap::new(),
        extra: VecDeque::new(),
    })
}

/// Every fault, in the order of [`mutant`]'s parameter.
pub const ALL: [Fault; 11] = [
    Fault::EagerCandidates,
    Fault::IgnoresHandshakes,
    Fault::AlwaysOffers,
    Fault::NeverOffers,
    Fault::NeverCloses,
    Fault::IgnoresLeave,
    Fault::NeverTimesOut,
    Fault::Clings,
    Fault::DropsEarlyCandidates,
    Fault::IgnoresFailure,
    Fault::RegistersTwice,
];

/// A call behind a veil that falsifies what goes in and out.
struct Mutant {
    fault: Fault,
    call: Call,
    me: Option<MemberId>,
    /// The attempt that each member's connection belongs to.
    present: BTreeMap<MemberId, HandshakeId>,
    /// That connection has its remote description.
    described: BTreeMap<MemberId, bool>,
    extra: VecDeque<Output>,
}

impl Core for Mutant {
    fn handle_input(&mut self, now: Duration, input: Input) {
        if let Some(input) = self.falsify_input(input) {
            self.call.handle_input(now, input);
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        self.call.handle_timeout(now);
    }

    fn poll_timeout(&self) -> Option<Duration> {
        if self.fault == Fault::NeverTimesOut {
            None
        } else {
            self.call.poll_timeout()
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.extra.pop_front() {
                return Some(output);
            }
            let output = self.call.poll_output()?;
            if let Some(output) = self.falsify_output(output) {
                return Some(output);
            }
        }
    }
}

impl Mutant {
    #[allow(clippy::wildcard_enum_match_arm, reason = "a fault concerns a few inputs")]
    fn falsify_input(&mut self, mut input: Input) -> Option<Input> {
        if let Input::Joined { me, .. } = &input {
            self.me = Some(me.clone());
        }
        match (self.fault, &mut input) {
            (
                Fault::EagerCandidates,
                Input::Candidate {
                    from,
                    handshake,
                    candidate,
                },
            ) if self.present.get(from) == Some(handshake) && self.described.contains_key(from) => {
                let operation = Operation::AddIceCandidate(candidate.clone());
                self.extra.push_back(Output::Peer {
                    peer: from.clone(),
                    handshake: handshake.clone(),
                    operation,
                });
                return None;
            }
            (
                Fault::Clings,
                Input::Accept {
                    from, keep: false, ..
                },
            ) if self.described.get(from).copied().unwrap_or(false) => {
                return None;
            }
            (Fault::DropsEarlyCandidates, Input::Candidate { from, .. })
                if !self.described.get(from).copied().unwrap_or(false) =>
            {
                return None;
            }
            (
                Fault::IgnoresHandshakes,
                Input::Offer { from, handshake, .. }
                | Input::Answer { from, handshake, .. }
                | Input::Candidate { from, handshake, .. },
            ) => {
                if let Some(present) = self.present.get(from) {
                    *handshake = present.clone();
                }
            }
            (Fault::AlwaysOffers | Fault::NeverOffers, input) => self.rename(input),
            (Fault::IgnoresLeave, Input::Leave { .. }) => return None,
            (
                Fault::IgnoresFailure,
                Input::ConnectionStateChanged {
                    state: call::ConnectionState::Failed,
                    ..
                }
                | Input::OperationFailed { .. },
            ) => return None,
            _ => {}
        }
        Some(input)
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "a fault concerns a few outputs")]
    fn falsify_output(&mut self, mut output: Output) -> Option<Output> {
        match &output {
            Output::Send(ClientMessage::Accept {
                to,
                handshake,
                keep: false,
                ..
            }) => {
                self.present.insert(to.clone(), handshake.clone());
                self.described.remove(to);
            }
            Output::Peer {
                peer,
                handshake,
                operation,
            } => {
                self.present.insert(peer.clone(), handshake.clone());
                let described = matches!(operation, Operation::CreateAnswer | Operation::AddIceCandidate(_));
                if described || matches!(operation, Operation::Create(..)) {
                    self.described.insert(peer.clone(), described);
                }
            }
            _ => {}
        }
        match (self.fault, &mut output) {
            (
                Fault::NeverCloses,
                Output::Peer {
                    operation: Operation::Close,
                    ..
                },
            ) => return None,
            (Fault::RegistersTwice, Output::Event(event @ call::Event::Registered(_))) => {
                self.extra.push_back(Output::Event(event.clone()));
            }
            (Fault::AlwaysOffers | Fault::NeverOffers, output) => self.rename_back(output),
            _ => {}
        }
        Some(output)
    }

    /// The id that the call believes to have: below or above all others.
    fn alias(&self) -> Option<(MemberId, MemberId)> {
        let me = self.me.clone()?;
        let first = if self.fault == Fault::AlwaysOffers {
            '-'
        } else {
            'z'
        };
        let alias = format!("{first}{me}").parse().expect("an id");
        Some((me, alias))
    }

    fn rename(&self, input: &mut Input) {
        let Some((real, alias)) = self.alias() else { return };
        match input {
            Input::Joined { me, .. } => *me = alias,
            Input::Join {
                member: Member { id, .. },
            } if *id == real => *id = alias,
            Input::Accept {
                handshake, restart, ..
            } => {
                for handshake in [Some(handshake), restart.as_mut()].into_iter().flatten() {
                    if handshake.by == real {
                        handshake.by = alias.clone();
                    }
                }
            }
            Input::Offer { handshake, .. }
            | Input::Answer { handshake, .. }
            | Input::Candidate { handshake, .. }
            | Input::OfferCreated { handshake, .. }
            | Input::AnswerCreated { handshake, .. }
            | Input::LocalDescriptionSet { handshake, .. }
            | Input::RemoteDescriptionSet { handshake, .. }
            | Input::LocalCandidate { handshake, .. }
            | Input::ConnectionStateChanged { handshake, .. }
            | Input::OperationFailed { handshake, .. } => {
                if handshake.by == real {
                    handshake.by = alias;
                }
            }
            Input::Join { .. }
            | Input::Media { .. }
            | Input::Away { .. }
            | Input::Leave { .. }
            | Input::Doubted { .. }
            | Input::SocketLost
            | Input::Hangup => {}
        }
    }

    fn rename_back(&self, output: &mut Output) {
        let Some((real, alias)) = self.alias() else { return };
        match output {
            Output::Send(ClientMessage::Accept {
                handshake, restart, ..
            }) => {
                for handshake in [Some(handshake), restart.as_mut()].into_iter().flatten() {
                    if handshake.by == alias {
                        handshake.by = real.clone();
                    }
                }
            }
            Output::Peer {
                handshake,
                operation: Operation::Restart(next, _),
                ..
            } => {
                for handshake in [handshake, next] {
                    if handshake.by == alias {
                        handshake.by = real.clone();
                    }
                }
            }
            Output::Send(
                ClientMessage::Offer { handshake, .. }
                | ClientMessage::Answer { handshake, .. }
                | ClientMessage::Candidate { handshake, .. },
            )
            | Output::Peer { handshake, .. } => {
                if handshake.by == alias {
                    handshake.by = real;
                }
            }
            Output::Send(
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
                | ClientMessage::Ping,
            )
            | Output::Event(_) => {}
        }
    }
}
