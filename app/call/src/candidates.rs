//! Step 6: candidates, which come whenever they come and wait for the descriptions that they belong to.

use crate::Call;
use crate::output::Operation;
use crate::peer::{Phase, Step, wait};
use wire::{ClientMessage, HandshakeId, IceCandidate, MemberId};

impl Call {
    /// Step 6: our connection found a candidate.
    pub(crate) fn send_candidate(&mut self, id: &MemberId, handshake: &HandshakeId, candidate: IceCandidate) {
        let online = self.online;
        let Some(connection) = self.present(id, handshake) else {
            return;
        };
        if !online || !connection.introduced() {
            wait(&mut connection.local, candidate);
            return;
        }
        tracing::debug!(peer = %id, %handshake, "6 send candidate");
        self.send(ClientMessage::Candidate {
            to: id.clone(),
            handshake: handshake.clone(),
            candidate,
        });
    }

    /// Steps 6-1 and 6-2: a member's connection found a candidate.
    pub(crate) fn receive_candidate(
        &mut self,
        id: &MemberId,
        handshake: &HandshakeId,
        candidate: IceCandidate,
    ) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        match &mut peer.phase {
            Phase::Awaiting {
                handshake: awaited,
                early,
                ..
            } if awaited == handshake => wait(early, candidate),
            Phase::Connecting(connection) if connection.handshake == *handshake => {
                if connection.step == Step::Stable {
                    tracing::debug!(peer = %id, %handshake, "6-1 candidate, 6-2 add it");
                    self.operate(id, handshake, Operation::AddIceCandidate(candidate));
                } else {
                    tracing::debug!(peer = %id, %handshake, "6-1 candidate, which waits");
                    wait(&mut connection.remote, candidate);
                }
            }
            Phase::Idle | Phase::Declining(_) | Phase::Awaiting { .. } | Phase::Connecting(_) => {}
        }
    }

    /// Sends the candidates that waited for our description or for the socket.
    pub(crate) fn flush_candidates(&mut self, id: &MemberId) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let Phase::Connecting(connection) = &mut peer.phase else {
            return;
        };
        let handshake = connection.handshake.clone();
        for candidate in std::mem::take(&mut connection.local) {
            self.send(ClientMessage::Candidate {
                to: id.clone(),
                handshake: handshake.clone(),
                candidate,
            });
        }
    }
}
