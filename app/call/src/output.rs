//! Everything that a call wants done.

use wire::{ClientMessage, HandshakeId, IceCandidate, Member, MemberId, Sdp};

/// Something to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this to the server.
    Send(ClientMessage),
    /// Do this with the peer connection of that member.
    Peer {
        /// Whose connection.
        peer: MemberId,
        /// Which one. Its results come back under the same name.
        handshake: HandshakeId,
        /// What to do. Operations of one connection are performed one after another.
        operation: Operation,
    },
    /// Tell the person.
    Event(Event),
}

/// An operation on an `RTCPeerConnection`, [WebRTC §4.4.2](https://www.w3.org/TR/webrtc/#interface-definition).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Steps 3-2 and 3-3, 4-2 and 4-3: make the connection with our tracks, and wire its candidates and tracks.
    Create(Role, Route),
    /// The same, with a connection that is there: from now on it goes by another name, and when it offers next it offers
    /// new ICE credentials (`restartIce()`).
    Restart(HandshakeId, Role),
    /// Step 3-4; [`Input::OfferCreated`](crate::Input::OfferCreated) follows.
    CreateOffer,
    /// Step 4-5; [`Input::AnswerCreated`](crate::Input::AnswerCreated) follows.
    CreateAnswer,
    /// Steps 3-5 and 4-6; [`Input::LocalDescriptionSet`](crate::Input::LocalDescriptionSet) follows.
    SetLocalDescription(Description),
    /// Steps 4-4 and 5-2; [`Input::RemoteDescriptionSet`](crate::Input::RemoteDescriptionSet) follows.
    SetRemoteDescription(Description),
    /// Step 6-2; a refusal is of no consequence.
    AddIceCandidate(IceCandidate),
    /// Close it and forget it. Nothing of it may come back.
    Close,
}

/// What a connection is for, [RFC 9429 §3.2](https://www.rfc-editor.org/rfc/rfc9429#section-3.2). A platform can make
/// ready for the one or the other before it is asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It offers: [`Operation::CreateOffer`] follows.
    Offerer,
    /// It answers: [`Operation::SetRemoteDescription`] follows.
    Answerer,
}

/// `RTCIceTransportPolicy`, [WebRTC §4.2.6](https://www.w3.org/TR/webrtc/#rtcicetransportpolicy-enum).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `all`: the best one there is.
    Any,
    /// `relay`: through a TURN server, if there is one. Every other way has failed.
    Relay,
}

/// `RTCSessionDescription`, [WebRTC §4.6.2](https://www.w3.org/TR/webrtc/#rtcsessiondescription-class).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Description {
    /// An offer.
    Offer(Sdp),
    /// An answer.
    Answer(Sdp),
}

/// `RTCPeerConnectionState`, [WebRTC §4.3.3](https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing has been tried.
    New,
    /// ICE or DTLS are on their way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Connectivity is lost for the moment.
    Disconnected,
    /// Connectivity is lost, and the connection does not come back by itself.
    Failed,
    /// It was closed.
    Closed,
}

/// A change that people should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Steps 2-1 and 3-1: a member is registered.
    Registered(Member),
    /// A member sends something else, is away or back, or goes by another name.
    Changed(Member),
    /// A member is gone.
    Removed(MemberId),
    /// A member's connection was replaced by another attempt (the tracks of the old one are void).
    Restarted {
        /// Who.
        peer: MemberId,
    },
    /// The state of a member's connection.
    Connection {
        /// Who.
        peer: MemberId,
        /// Its state.
        state: ConnectionState,
    },
}
