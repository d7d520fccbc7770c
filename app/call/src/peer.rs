//! One other member, and how far the connection to it has come.

use crate::output::ConnectionState;
use std::time::Duration;
use wire::{HandshakeId, IceCandidate, Member, Sdp};

/// The most candidates that wait for a description. A browser finds some ten.
const WAITING_CANDIDATES: usize = 128;

/// One other member.
#[derive(Debug)]
pub(crate) struct Peer {
    pub member: Member,
    pub phase: Phase,
    /// Attempts that failed since media last flowed.
    pub failures: u32,
    /// When to start over, unless the handshake gets on.
    pub deadline: Option<Duration>,
    /// When to take the member for gone, unless the server mentions it.
    pub absent: Option<Duration>,
}

/// Where the pair stands.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Nothing is under way: its accept is expected, or a rest after a failure is.
    Idle,
    /// It awaits our offer under this handshake, which has failed us. After a rest it is told.
    Declining(HandshakeId),
    /// Step 2-2 is done: its offer is expected. Candidates that overtake the offer wait here.
    Awaiting {
        handshake: HandshakeId,
        early: Vec<IceCandidate>,
        /// The connection whose ICE the offer is to restart.
        kept: Option<Connection>,
    },
    /// There is a peer connection.
    Connecting(Connection),
}

/// A peer connection, by the handshake that made it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub handshake: HandshakeId,
    pub step: Step,
    pub state: ConnectionState,
    /// Its ICE is restarted: there was an attempt of another name before.
    pub restarted: bool,
    /// Their candidates, waiting for both descriptions.
    pub remote: Vec<IceCandidate>,
    /// Our candidates, waiting for our description to be sent, or for the socket.
    pub local: Vec<IceCandidate>,
}

/// The step that is to be completed next. The offerer's come first, the answerer's then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// 3-4
    CreateOffer,
    /// 3-5, with the offer to be sent in 3-6.
    SaveOffer(Sdp),
    /// 5-1
    ReceiveAnswer,
    /// 5-2
    SaveAnswer,
    /// 4-4
    SaveRemoteOffer,
    /// 4-5
    CreateAnswer,
    /// 4-6, with the answer to be sent in 4-7.
    SaveOwnAnswer(Sdp),
    /// Both descriptions are saved on this side.
    Stable,
}

impl Peer {
    pub fn new(member: Member) -> Self {
        Self {
            member,
            phase: Phase::Idle,
            failures: 0,
            deadline: None,
            absent: None,
        }
    }

    /// The connection of this handshake, if it is the present one.
    pub fn connection(&mut self, handshake: &HandshakeId) -> Option<&mut Connection> {
        match &mut self.phase {
            Phase::Connecting(connection) if connection.handshake == *handshake => Some(connection),
            Phase::Connecting(_) | Phase::Idle | Phase::Declining(_) | Phase::Awaiting { .. } => None,
        }
    }

    /// The connection of this handshake, if it waits for an offer that restarts its ICE.
    pub fn kept(&mut self, handshake: &HandshakeId) -> Option<&mut Connection> {
        match &mut self.phase {
            Phase::Awaiting { kept, .. } => kept.as_mut().filter(|kept| kept.handshake == *handshake),
            Phase::Connecting(_) | Phase::Idle | Phase::Declining(_) => None,
        }
    }

    /// Takes out the connection whose ICE may be restarted: one that both sides have described to each other. With
    /// `handshake`, only if it is that one's.
    pub fn take_described(&mut self, handshake: Option<&HandshakeId>) -> Option<Connection> {
        let is_it = |connection: &Connection| {
            connection.step == Step::Stable && handshake.is_none_or(|wanted| *wanted == connection.handshake)
        };
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Connecting(connection)
            | Phase::Awaiting {
                kept: Some(connection),
                ..
            } if is_it(&connection) => Some(connection),
            other @ (Phase::Idle | Phase::Declining(_) | Phase::Awaiting { .. } | Phase::Connecting(_)) => {
                self.phase = other;
                None
            }
        }
    }

    /// The handshake of a connection that is worth keeping.
    pub fn healthy(&self) -> Option<&HandshakeId> {
        match &self.phase {
            Phase::Connecting(connection)
                if connection.step == Step::Stable && connection.state != ConnectionState::Failed =>
            {
                Some(&connection.handshake)
            }
            Phase::Connecting(_) | Phase::Idle | Phase::Declining(_) | Phase::Awaiting { .. } => None,
        }
    }
}

impl Connection {
    pub fn new(handshake: HandshakeId, step: Step, remote: Vec<IceCandidate>) -> Self {
        Self {
            handshake,
            step,
            state: ConnectionState::New,
            restarted: false,
            remote,
            local: Vec::new(),
        }
    }

    /// The same connection under another handshake.
    pub fn restart(self, handshake: HandshakeId, step: Step, remote: Vec<IceCandidate>) -> Self {
        Self {
            state: self.state,
            restarted: true,
            ..Self::new(handshake, step, remote)
        }
    }

    /// Our own description has been sent, so our candidates may follow it.
    pub fn introduced(&self) -> bool {
        matches!(self.step, Step::ReceiveAnswer | Step::SaveAnswer | Step::Stable)
    }
}

/// Lets a candidate wait, within bounds.
pub(crate) fn wait(queue: &mut Vec<IceCandidate>, candidate: IceCandidate) {
    if queue.len() < WAITING_CANDIDATES {
        queue.push(candidate);
    }
}
