//! A peer connection that does nothing but enforce the rules of one.

use super::Violation;
use call::{ConnectionState, Description, Operation, Role};
use std::{collections::VecDeque, fmt};
use wire::{HandshakeId, IceCandidate, MemberId, Sdp};

/// Names a [`FakePeerConnection`], over all people and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FakeId(pub u32);

impl fmt::Display for FakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pc{}", self.0)
    }
}

/// `RTCSignalingState`, [WebRTC §4.3.1](https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum). `closed` is no state here:
/// a closed fake is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalingState {
    /// No exchange is under way.
    Stable,
    /// We have offered.
    HaveLocalOffer,
    /// The other has offered.
    HaveRemoteOffer,
}

/// What an operation that succeeded brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// `createOffer` gave this.
    Offer(Sdp),
    /// `createAnswer` gave this.
    Answer(Sdp),
    /// `setLocalDescription` succeeded.
    Local,
    /// `setRemoteDescription` succeeded.
    Remote,
    /// Nothing that anybody waits for.
    Nothing,
}

/// A peer connection without media. It refuses what a browser refuses, and some of what a browser lets pass although it
/// is never right; either is a violation, as nothing of it may ever happen to a correct call.
#[derive(Debug)]
pub struct FakePeerConnection {
    /// Its name; it is written into every description and candidate.
    pub id: FakeId,
    /// The person whose connection this is.
    pub owner: usize,
    /// The member at the other end.
    pub peer: MemberId,
    /// The attempt it belongs to.
    pub handshake: HandshakeId,
    /// The attempts it belonged to before its ICE was restarted.
    pub before: Vec<HandshakeId>,
    /// How often its ICE was restarted: candidates of another generation are of no use.
    pub generation: usize,
    /// What it was made for.
    pub role: Role,
    /// Operations that wait for the one in hand: the chain of
    /// [WebRTC §4.4.1.2](https://www.w3.org/TR/webrtc/#dfn-operations-chain).
    pub chain: VecDeque<Operation>,
    /// An operation is in hand.
    pub busy: bool,
    /// An operation was made to fail; from then on nothing is performed.
    pub failed: bool,
    /// Where it stands.
    pub signaling: SignalingState,
    /// How the connection is.
    pub connection: ConnectionState,
    /// Candidates of the other that were added.
    pub heard: usize,
    /// It has both descriptions and looks for a path.
    pub trying: bool,
    /// It has found its counterpart.
    pub met: bool,
    /// Its path is gone for good.
    pub broken: bool,
    created: Option<Sdp>,
    local: Option<Words>,
    remote: Option<Words>,
}

/// What a description of a fake says: which offer or answer of which connection it is, and what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    of: FakeId,
    generation: usize,
    answers: Option<FakeId>,
}

impl FakePeerConnection {
    /// `new RTCPeerConnection()`.
    pub fn new(id: FakeId, owner: usize, peer: MemberId, handshake: HandshakeId, role: Role) -> Self {
        Self {
            id,
            owner,
            peer,
            handshake,
            before: Vec::new(),
            generation: 0,
            role,
            chain: VecDeque::new(),
            busy: false,
            failed: false,
            signaling: SignalingState::Stable,
            connection: ConnectionState::New,
            heard: 0,
            trying: false,
            met: false,
            broken: false,
            created: None,
            local: None,
            remote: None,
        }
    }

    /// Performs one operation.
    ///
    /// # Errors
    /// What a browser rejects with `InvalidStateError` or `InvalidModificationError`, and: an operation that belongs to
    /// another attempt.
    pub fn perform(&mut self, operation: Operation) -> Result<Done, Violation> {
        match operation {
            Operation::Create(..) | Operation::Close => Ok(Done::Nothing),
            Operation::Restart(_, role) => self.restart(role),
            Operation::CreateOffer => {
                if self.role != Role::Offerer {
                    return Err(self.refuses("createOffer", "it was made to answer"));
                }
                let sdp = sdp(format!("offer {} {}", self.id.0, self.generation));
                self.created = Some(sdp.clone());
                Ok(Done::Offer(sdp))
            }
            Operation::CreateAnswer => {
                self.must_be(SignalingState::HaveRemoteOffer, "createAnswer")?;
                let offerer = self.remote.as_ref().map_or(0, |offer| offer.of.0);
                let sdp = sdp(format!("answer {} {} {offerer}", self.id.0, self.generation));
                self.created = Some(sdp.clone());
                Ok(Done::Answer(sdp))
            }
            Operation::SetLocalDescription(description) => self.set_local(description),
            Operation::SetRemoteDescription(description) => self.set_remote(description),
            Operation::AddIceCandidate(candidate) => self.add_candidate(&candidate),
        }
    }

    /// Tells whether each of the two holds the other's description, under one handshake.
    pub fn is_paired_with(&self, other: &Self) -> bool {
        let saved = |a: &Self, b: &Self| {
            let remote = a.remote.as_ref();
            remote.is_some_and(|remote| remote.of == b.id && remote.generation == b.generation)
        };
        self.has_both()
            && other.has_both()
            && saved(self, other)
            && saved(other, self)
            && self.handshake == other.handshake
    }

    /// Which connection's description it has saved.
    pub fn counterpart(&self) -> Option<FakeId> {
        self.remote.as_ref().map(|remote| remote.of)
    }

    /// Both descriptions are there and no exchange is under way.
    pub fn has_both(&self) -> bool {
        self.signaling == SignalingState::Stable && self.local.is_some() && self.remote.is_some()
    }

    /// `restartIce()`, and the forgetting of the old way that follows from it.
    fn restart(&mut self, role: Role) -> Result<Done, Violation> {
        if !self.has_both() {
            return Err(self.refuses("restartIce", "its first exchange is not over"));
        }
        self.role = role;
        self.generation += 1;
        self.heard = 0;
        (self.trying, self.met, self.broken) = (false, false, false);
        if self.connection != ConnectionState::Connected {
            self.connection = ConnectionState::New;
        }
        Ok(Done::Nothing)
    }

    fn set_local(&mut self, description: Description) -> Result<Done, Violation> {
        let (text, then) = match description {
            Description::Offer(text) => {
                self.must_be(SignalingState::Stable, "setLocalDescription(offer)")?;
                (text, SignalingState::HaveLocalOffer)
            }
            Description::Answer(text) => {
                self.must_be(SignalingState::HaveRemoteOffer, "setLocalDescription(answer)")?;
                (text, SignalingState::Stable)
            }
        };
        if self.created.as_ref() != Some(&text) {
            return Err(self.refuses("setLocalDescription", "it is not what was created last"));
        }
        self.local = Some(self.read(&text)?);
        self.signaling = then;
        Ok(Done::Local)
    }

    fn set_remote(&mut self, description: Description) -> Result<Done, Violation> {
        match description {
            Description::Offer(text) => {
                self.must_be(SignalingState::Stable, "setRemoteDescription(offer)")?;
                if self.role != Role::Answerer {
                    return Err(self.refuses("setRemoteDescription(offer)", "it was made to offer"));
                }
                self.remote = Some(self.read(&text)?);
                self.signaling = SignalingState::HaveRemoteOffer;
            }
            Description::Answer(text) => {
                self.must_be(SignalingState::HaveLocalOffer, "setRemoteDescription(answer)")?;
                let words = self.read(&text)?;
                if words.answers != Some(self.id) {
                    return Err(self.refuses("setRemoteDescription", "it answers another offer"));
                }
                self.remote = Some(words);
                self.signaling = SignalingState::Stable;
            }
        }
        Ok(Done::Remote)
    }

    fn add_candidate(&mut self, candidate: &IceCandidate) -> Result<Done, Violation> {
        let Some(remote) = &self.remote else {
            return Err(self.refuses("addIceCandidate", "there is no remote description"));
        };
        if candidate.username_fragment != Some(fragment(remote.of, remote.generation)) {
            return Err(self.refuses("addIceCandidate", "it belongs to another connection"));
        }
        // The empty one says that there are no more.
        if !candidate.candidate.is_empty() {
            self.heard += 1;
        }
        Ok(Done::Nothing)
    }

    fn must_be(&self, wanted: SignalingState, operation: &str) -> Result<(), Violation> {
        if self.signaling == wanted {
            return Ok(());
        }
        Err(self.refuses(
            operation,
            &format!("InvalidStateError, it is {:?}", self.signaling),
        ))
    }

    fn read(&self, text: &Sdp) -> Result<Words, Violation> {
        let mut numbers = text.as_str().split(' ').skip(1).map(str::parse::<u32>);
        let (Some(Ok(of)), Some(Ok(generation))) = (numbers.next(), numbers.next()) else {
            return Err(self.refuses("set*Description", "it is not a description"));
        };
        let answers = numbers.next().and_then(Result::ok).map(FakeId);
        Ok(Words {
            of: FakeId(of),
            generation: generation as usize,
            answers,
        })
    }

    fn refuses(&self, operation: &str, why: &str) -> Violation {
        Violation::new(format!(
            "person {}: {operation} on {} to {} under {}: {why}",
            self.owner, self.id, self.peer, self.handshake
        ))
    }
}

/// Makes a candidate of a connection; without a number, the one that says that there are no more.
pub fn candidate(of: FakeId, generation: usize, number: Option<usize>) -> IceCandidate {
    IceCandidate {
        candidate: number.map_or_else(String::new, |n| {
            format!("candidate:{n} 1 udp 1 127.0.0.1 9 typ host")
        }),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
        username_fragment: Some(fragment(of, generation)),
    }
}

/// The ICE username fragment, which is another one after a restart.
fn fragment(of: FakeId, generation: usize) -> String {
    format!("{of}.{generation}")
}

/// Reads the generation of a candidate.
pub fn generation(candidate: &IceCandidate) -> usize {
    let fragment = candidate.username_fragment.as_deref().unwrap_or_default();
    let number = fragment
        .split_once('.')
        .and_then(|(_, number)| number.parse().ok());
    number.unwrap_or_default()
}

fn sdp(text: String) -> Sdp {
    Sdp::try_from(text).expect("a few bytes")
}
