//! Everything that can happen to a call.

use crate::output::ConnectionState;
use wire::{HandshakeId, IceCandidate, MediaState, Member, MemberId, Sdp};

/// Something that happened. Catalogue, with the steps of the handshake:
///
/// | input | step | from |
/// |---|---|---|
/// | [`Joined`](Input::Joined) | 1 | the server has let us in, or in again |
/// | [`Join`](Input::Join) | 2 | a member came in, or came back with a new socket |
/// | [`Accept`](Input::Accept) | 3 | a member awaits our offer |
/// | [`OfferCreated`](Input::OfferCreated) | 3-4 | our peer connection made an offer |
/// | [`LocalDescriptionSet`](Input::LocalDescriptionSet) | 3-5, 4-6 | our peer connection saved its own description |
/// | [`Offer`](Input::Offer) | 4-1 | a member offers |
/// | [`RemoteDescriptionSet`](Input::RemoteDescriptionSet) | 4-4, 5-2 | our peer connection saved the other's description |
/// | [`AnswerCreated`](Input::AnswerCreated) | 4-5 | our peer connection made an answer |
/// | [`Answer`](Input::Answer) | 5-1 | a member answers |
/// | [`LocalCandidate`](Input::LocalCandidate) | 6 | our peer connection found a candidate |
/// | [`Candidate`](Input::Candidate) | 6-1 | a member found one |
/// | [`ConnectionStateChanged`](Input::ConnectionStateChanged) | – | our peer connection's state |
/// | [`OperationFailed`](Input::OperationFailed) | – | our peer connection refused an operation |
/// | [`Doubted`](Input::Doubted) | – | nothing comes over a connection that says that it carries |
/// | [`SocketLost`](Input::SocketLost) | – | the signaling socket is gone |
/// | [`Media`](Input::Media), [`Away`](Input::Away), [`Leave`](Input::Leave) | – | what a member does |
/// | [`Hangup`](Input::Hangup) | – | we leave |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The server has let us in. After a lost socket it is the same member again.
    Joined {
        /// Who we are.
        me: MemberId,
        /// The server knew us without a break, so whoever is not in `members` has left. Else they may be on their way.
        resumed: bool,
        /// Everybody else.
        members: Vec<Member>,
    },
    /// A member came in, or came back with a new socket.
    Join {
        /// Who.
        member: Member,
    },
    /// A member awaits our offer.
    Accept {
        /// Who.
        from: MemberId,
        /// The attempt that the offer is to belong to.
        handshake: HandshakeId,
        /// It holds a stable connection under this handshake, and keeps it if we do too.
        keep: bool,
        /// It holds a connection under this earlier handshake, whose ICE the offer is to restart if we hold it too.
        restart: Option<HandshakeId>,
    },
    /// A member offers.
    Offer {
        /// Who.
        from: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
        /// It restarts the ICE of the connection that our accept named.
        restart: bool,
    },
    /// A member answers.
    Answer {
        /// Who.
        from: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
    },
    /// A member found a candidate.
    Candidate {
        /// Who.
        from: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// A member sends something else from now on.
    Media {
        /// Who.
        member: MemberId,
        /// What it sends.
        media: MediaState,
    },
    /// A member's socket is lost.
    Away {
        /// Who.
        member: MemberId,
    },
    /// A member is gone.
    Leave {
        /// Who.
        member: MemberId,
    },
    /// Our signaling socket is gone. Connections go on; [`Input::Joined`] follows when we are back.
    SocketLost,
    /// `createOffer` succeeded.
    OfferCreated {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
    },
    /// `createAnswer` succeeded.
    AnswerCreated {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
    },
    /// `setLocalDescription` succeeded.
    LocalDescriptionSet {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
    },
    /// `setRemoteDescription` succeeded.
    RemoteDescriptionSet {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
    },
    /// The `icecandidate` event.
    LocalCandidate {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// The `connectionstatechange` event.
    ConnectionStateChanged {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
        /// The new state.
        state: ConnectionState,
    },
    /// An operation was rejected. The attempt is given up, and another follows.
    OperationFailed {
        /// Whose connection.
        peer: MemberId,
        /// Which one.
        handshake: HandshakeId,
    },
    /// Nothing comes over a connection that says that it carries.
    Doubted {
        /// Whose connection.
        peer: MemberId,
    },
    /// We leave. Every connection is closed; [`Input::Joined`] may follow for another stay.
    Hangup,
}
