//! What happens between two members: the six steps, under the ancestor's numbers.
//!
//! An attempt begins with an `accept`, which names it. Whoever finds that a pair does not work begins another:
//!
//! ```text
//!        B                         A
//!        │◀──────── join ──────────│ 1
//!    2-1 │───────── accept ───────▶│ 2-2, 3-1
//!        │◀──────── offer ─────────│ 3-2 … 3-6
//!    4-1 │───────── answer ───────▶│ 4-2 … 4-7, 5-1, 5-2
//!        │◀─────── candidate ─────▶│ 6-1, 6-2
//! ```
//!
//! # Who offers
//! Whoever receives an accept offers. Where two accepts cross, the member with the lower id offers, and the other
//! ignores the accept that it gets: both know both ids, so both come to the same result.
//!
//! A member that took up an accept and then cannot offer hands it back: an accept under the receiver's own handshake. A
//! new one of its own would look to the other, who still awaits the offer, like one that crosses.
//!
//! # When a connection carries nothing any more
//! The first remedy is an ICE restart, which keeps the connection with all that it has negotiated: the accept names the
//! connection that is there, and the offer says that it is the same. It is an attempt like any other, with a name of its own,
//! so what is late is told from what is new. If the other does not hold that connection it offers a new one. If nothing
//! comes of it, the next attempt is a new connection through TURN only, where there is a server, and then one of any route,
//! and so on by turns.
//!
//! # After a gap
//! A member that is back is announced once more. Whoever holds a stable connection to it says so (`keep`), and nothing
//! more happens if the other holds the same one. In any other case one of the two begins another attempt.

use crate::Call;
use crate::output::{ConnectionState, Description, Operation, Role, Route};
use crate::patience;
use crate::peer::{Connection, Peer, Phase, Step};
use std::time::Duration;
use wire::{ClientMessage, HandshakeId, IceCandidate, MemberId, Sdp};

impl Call {
    /// Step 2-2: keeps a connection that is stable, or else awaits an offer under a new handshake.
    pub(crate) fn accept(&mut self, now: Duration, id: &MemberId) {
        let Some(peer) = self.peers.get(id) else { return };
        match peer.healthy().cloned() {
            Some(handshake) => {
                tracing::info!(peer = %id, %handshake, "2-2 send accept: keep");
                self.send(ClientMessage::Accept {
                    to: id.clone(),
                    handshake,
                    keep: true,
                    restart: None,
                });
            }
            None => self.await_offer(now, id, None),
        }
    }

    /// Step 2-2, with a new handshake. The offer is to be of a new connection, or to restart the ICE of the one `kept`.
    fn await_offer(&mut self, now: Duration, id: &MemberId, kept: Option<Connection>) {
        let Some(by) = self.me.clone() else { return };
        if kept.is_none() {
            self.drop_connection(id);
        }
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        self.attempts += 1;
        let handshake = HandshakeId {
            by,
            attempt: self.attempts,
        };
        let restart = kept.as_ref().map(|kept| kept.handshake.clone());
        tracing::info!(peer = %id, %handshake, restarts = restart.is_some(), "2-2 send accept");
        peer.phase = Phase::Awaiting {
            handshake: handshake.clone(),
            early: Vec::new(),
            kept,
        };
        peer.deadline = Some(now + patience::handshake(peer.failures));
        self.send(ClientMessage::Accept {
            to: id.clone(),
            handshake,
            keep: false,
            restart,
        });
    }

    /// Steps 3-1 to 3-4: a member awaits our offer.
    pub(crate) fn receive_accept(
        &mut self,
        now: Duration,
        id: &MemberId,
        handshake: HandshakeId,
        restart: Option<&HandshakeId>,
    ) {
        let Some(peer) = self.peers.get(id) else { return };
        if matches!(&peer.phase, Phase::Awaiting { handshake: ours, .. } if *ours == handshake) {
            tracing::info!(peer = %id, %handshake, "3 accept comes back, and another follows");
            return self.await_offer(now, id, None);
        }
        let seen = self.seen.get(id).copied().unwrap_or(0);
        if handshake.by != *id || handshake.attempt <= seen {
            return;
        }
        self.seen.insert(id.clone(), handshake.attempt);
        if matches!(peer.phase, Phase::Awaiting { .. }) && self.me.as_ref().is_some_and(|me| me > id) {
            tracing::info!(peer = %id, %handshake, "3 accepts cross, and the other offers");
            return;
        }
        let kept = restart.and_then(|restart| self.peers.get_mut(id)?.take_described(Some(restart)));
        self.connect(
            now,
            id,
            &handshake,
            Role::Offerer,
            Step::CreateOffer,
            Vec::new(),
            kept,
        );
        self.operate(id, &handshake, Operation::CreateOffer);
    }

    /// Step 3 after a gap: the member holds a stable connection. It is kept if we hold the same one.
    pub(crate) fn receive_keep(&mut self, now: Duration, id: &MemberId, handshake: &HandshakeId) {
        let Some(peer) = self.peers.get(id) else { return };
        match (&peer.phase, peer.healthy()) {
            // Ours is newer, of the same maker: this one was said before, and is late.
            (_, Some(ours)) if ours.by == handshake.by && ours.attempt >= handshake.attempt => {
                tracing::debug!(peer = %id, %handshake, "3 connection kept");
            }
            // Our own accept is on its way, and will make the member begin anew.
            (Phase::Awaiting { .. }, _) => {}
            (Phase::Idle | Phase::Declining(_) | Phase::Connecting(_), _) => self.await_offer(now, id, None),
        }
    }

    /// Step 3-5.
    pub(crate) fn save_offer(&mut self, id: &MemberId, handshake: &HandshakeId, sdp: Sdp) {
        let Some(connection) = self.at(id, handshake, &Step::CreateOffer) else {
            return;
        };
        tracing::debug!(peer = %id, %handshake, "3-5 save own offer");
        connection.step = Step::SaveOffer(sdp.clone());
        self.operate(
            id,
            handshake,
            Operation::SetLocalDescription(Description::Offer(sdp)),
        );
    }

    /// Steps 3-6 and 4-7: our description is saved, so the member may have it, and our candidates after it.
    pub(crate) fn send_description(&mut self, now: Duration, id: &MemberId, handshake: &HandshakeId) {
        let Some(connection) = self.present(id, handshake) else {
            return;
        };
        let (to, handshake) = (id.clone(), handshake.clone());
        let message = match connection.step.clone() {
            Step::SaveOffer(sdp) => {
                tracing::info!(peer = %id, %handshake, "3-6 send offer");
                connection.step = Step::ReceiveAnswer;
                let restart = connection.restarted;
                ClientMessage::Offer {
                    to,
                    handshake,
                    sdp,
                    restart,
                }
            }
            Step::SaveOwnAnswer(sdp) => {
                tracing::info!(peer = %id, %handshake, "4-7 send answer");
                connection.step = Step::Stable;
                ClientMessage::Answer { to, handshake, sdp }
            }
            Step::CreateOffer
            | Step::ReceiveAnswer
            | Step::SaveAnswer
            | Step::SaveRemoteOffer
            | Step::CreateAnswer
            | Step::Stable => return,
        };
        self.send(message);
        self.flush_candidates(id);
        self.stable(now, id);
    }

    /// Steps 4-1 to 4-4: a member offers.
    pub(crate) fn receive_offer(
        &mut self,
        now: Duration,
        id: &MemberId,
        handshake: &HandshakeId,
        sdp: Sdp,
        restart: bool,
    ) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let Phase::Awaiting {
            handshake: awaited,
            early,
            kept,
        } = &mut peer.phase
        else {
            return;
        };
        // Whoever restarts a connection was told of it by our accept, which we have sent for the one that is kept.
        if awaited != handshake || restart && kept.is_none() {
            return;
        }
        tracing::info!(peer = %id, %handshake, restart, "4-1 offer");
        let early = std::mem::take(early);
        let kept = kept.take_if(|_| restart);
        self.connect(
            now,
            id,
            handshake,
            Role::Answerer,
            Step::SaveRemoteOffer,
            early,
            kept,
        );
        self.operate(
            id,
            handshake,
            Operation::SetRemoteDescription(Description::Offer(sdp)),
        );
    }

    /// Steps 3-2 and 3-3, 4-2 and 4-3: makes the connection, or lets the one that is `kept` begin anew.
    #[allow(
        clippy::too_many_arguments,
        reason = "two places want the same with other words"
    )]
    fn connect(
        &mut self,
        now: Duration,
        id: &MemberId,
        handshake: &HandshakeId,
        role: Role,
        step: Step,
        early: Vec<IceCandidate>,
        kept: Option<Connection>,
    ) {
        if kept.is_none() {
            self.drop_connection(id);
        }
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        peer.deadline = Some(now + patience::handshake(peer.failures));
        let route = if patience::relays(peer.failures) {
            Route::Relay
        } else {
            Route::Any
        };
        match kept {
            Some(kept) => {
                tracing::info!(peer = %id, %handshake, before = %kept.handshake, ?role, "3-2, 4-2 restart ICE");
                let before = kept.handshake.clone();
                peer.phase = Phase::Connecting(kept.restart(handshake.clone(), step, early));
                self.operate(id, &before, Operation::Restart(handshake.clone(), role));
            }
            None => {
                tracing::info!(peer = %id, %handshake, ?role, ?route, "3-2, 3-3, 4-2, 4-3 create connection");
                peer.phase = Phase::Connecting(Connection::new(handshake.clone(), step, early));
                self.operate(id, handshake, Operation::Create(role, route));
            }
        }
    }

    /// Steps 4-5 and 5-2: the member's description is saved.
    pub(crate) fn described(&mut self, now: Duration, id: &MemberId, handshake: &HandshakeId) {
        let Some(connection) = self.present(id, handshake) else {
            return;
        };
        match connection.step {
            Step::SaveRemoteOffer => {
                tracing::debug!(peer = %id, %handshake, "4-5 create answer");
                connection.step = Step::CreateAnswer;
                self.operate(id, handshake, Operation::CreateAnswer);
            }
            Step::SaveAnswer => {
                tracing::info!(peer = %id, %handshake, "5-2 answer saved");
                connection.step = Step::Stable;
                self.stable(now, id);
            }
            Step::CreateOffer
            | Step::SaveOffer(_)
            | Step::ReceiveAnswer
            | Step::CreateAnswer
            | Step::SaveOwnAnswer(_)
            | Step::Stable => {}
        }
    }

    /// Step 4-6.
    pub(crate) fn save_own_answer(&mut self, id: &MemberId, handshake: &HandshakeId, sdp: Sdp) {
        let Some(connection) = self.at(id, handshake, &Step::CreateAnswer) else {
            return;
        };
        tracing::debug!(peer = %id, %handshake, "4-6 save own answer");
        connection.step = Step::SaveOwnAnswer(sdp.clone());
        self.operate(
            id,
            handshake,
            Operation::SetLocalDescription(Description::Answer(sdp)),
        );
    }

    /// Step 5-1: a member answers.
    pub(crate) fn receive_answer(&mut self, id: &MemberId, handshake: &HandshakeId, sdp: Sdp) {
        let Some(connection) = self.at(id, handshake, &Step::ReceiveAnswer) else {
            return;
        };
        tracing::info!(peer = %id, %handshake, "5-1 answer");
        connection.step = Step::SaveAnswer;
        self.operate(
            id,
            handshake,
            Operation::SetRemoteDescription(Description::Answer(sdp)),
        );
    }

    /// Gives up the attempt; another follows after a rest.
    pub(crate) fn operation_failed(&mut self, now: Duration, id: &MemberId, handshake: &HandshakeId) {
        let Some(connection) = self.present(id, handshake) else {
            return;
        };
        let awaited = matches!(connection.step, Step::CreateOffer | Step::SaveOffer(_));
        tracing::warn!(peer = %id, %handshake, "an operation failed");
        self.drop_connection(id);
        let online = self.online;
        if let Some(peer) = self.peers.get_mut(id) {
            if awaited {
                peer.phase = Phase::Declining(handshake.clone());
            }
            peer.failures += 1;
            peer.deadline = online.then(|| now + patience::rest(peer.failures));
        }
    }

    /// A deadline has passed: begins another attempt.
    pub(crate) fn start_over(&mut self, now: Duration, id: &MemberId) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        peer.deadline = None;
        if !self.online || peer.member.away {
            // Nobody would hear of it. When either is back, the other accepts.
            return;
        }
        peer.failures = peer.failures.saturating_add(1);
        if let Phase::Declining(handshake) = &peer.phase {
            let handshake = handshake.clone();
            peer.phase = Phase::Idle;
            peer.deadline = Some(now + patience::handshake(peer.failures));
            tracing::info!(peer = %id, %handshake, "2-2 hand the accept back");
            let to = id.clone();
            return self.send(ClientMessage::Accept {
                to,
                handshake,
                keep: false,
                restart: None,
            });
        }
        // What worked once is mended first.
        let kept = (peer.failures == 1).then(|| peer.take_described(None)).flatten();
        self.await_offer(now, id, kept);
    }

    /// Nothing comes over a connection that is there: begins another attempt, unless one is under way.
    pub(crate) fn doubt(&mut self, now: Duration, id: &MemberId) {
        let healthy = self.peers.get(id).is_some_and(|peer| peer.healthy().is_some());
        if healthy {
            tracing::warn!(peer = %id, "nothing comes");
            self.start_over(now, id);
        }
    }

    /// Step 6-2 for candidates that came before both descriptions were saved, if they are saved now. None is added sooner:
    /// it could not be tried yet, and on a slow platform the answer would wait for it.
    fn stable(&mut self, now: Duration, id: &MemberId) {
        let Some(Peer {
            phase: Phase::Connecting(connection),
            ..
        }) = self.peers.get_mut(id)
        else {
            return;
        };
        if connection.step != Step::Stable {
            return;
        }
        let handshake = connection.handshake.clone();
        for candidate in std::mem::take(&mut connection.remote) {
            self.operate(id, &handshake, Operation::AddIceCandidate(candidate));
        }
        self.expect_media(now, id);
    }

    /// Both descriptions are saved, so media is expected before long.
    pub(crate) fn expect_media(&mut self, now: Duration, id: &MemberId) {
        let online = self.online;
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let Phase::Connecting(connection) = &peer.phase else {
            return;
        };
        peer.deadline = match connection.state {
            ConnectionState::Connected => None,
            ConnectionState::New
            | ConnectionState::Connecting
            | ConnectionState::Disconnected
            | ConnectionState::Failed
            | ConnectionState::Closed => online.then(|| now + patience::CONNECT),
        };
    }

    pub(crate) fn present(&mut self, id: &MemberId, handshake: &HandshakeId) -> Option<&mut Connection> {
        self.peers.get_mut(id)?.connection(handshake)
    }

    fn at(&mut self, id: &MemberId, handshake: &HandshakeId, step: &Step) -> Option<&mut Connection> {
        self.present(id, handshake)
            .filter(|connection| connection.step == *step)
    }
}
