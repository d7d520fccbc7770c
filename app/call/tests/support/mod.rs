//! Calls and what goes in and out of them, in few words.

#![allow(clippy::unwrap_used, reason = "helpers of tests are not seen as tests")]
#![allow(dead_code, unused_imports, reason = "each test file uses a part of it")]

pub use call::{Call, ConnectionState, Description, Event, Input, Operation, Output, Role, Route};
pub use std::time::Duration;
pub use wire::{ClientMessage, DisplayName, HandshakeId, IceCandidate, MediaState, Member, MemberId, Sdp};

pub const NOW: Duration = Duration::from_secs(1);

pub fn id(name: &str) -> MemberId {
    name.parse().unwrap()
}

pub fn member(name: &str) -> Member {
    Member {
        id: id(name),
        name: DisplayName::new(name).unwrap(),
        media: MediaState::default(),
        away: false,
    }
}

pub fn sdp(text: &str) -> Sdp {
    text.to_owned().try_into().unwrap()
}

pub fn candidate(line: &str) -> IceCandidate {
    IceCandidate {
        candidate: line.into(),
        sdp_mid: None,
        sdp_m_line_index: Some(0),
        username_fragment: None,
    }
}

pub fn handshake(by: &str, attempt: u32) -> HandshakeId {
    HandshakeId { by: id(by), attempt }
}

pub fn joined(me: &str, others: &[&str]) -> Call {
    let mut call = Call::new();
    let members = others.iter().map(|name| member(name)).collect();
    call.handle_input(
        NOW,
        Input::Joined {
            me: id(me),
            resumed: false,
            members,
        },
    );
    outputs(&mut call);
    call
}

pub fn outputs(call: &mut Call) -> Vec<Output> {
    std::iter::from_fn(|| call.poll_output())
        .filter(|output| !matches!(output, Output::Event(_)))
        .collect()
}

pub fn on(peer: &str, handshake: &HandshakeId, operation: Operation) -> Output {
    Output::Peer {
        peer: id(peer),
        handshake: handshake.clone(),
        operation,
    }
}

pub fn feed(call: &mut Call, input: Input) -> Vec<Output> {
    call.handle_input(NOW, input);
    outputs(call)
}

pub fn offering(handshake: &HandshakeId) -> Call {
    let mut a = joined("a", &["b"]);
    let (peer, h) = (id("b"), handshake.clone());
    feed(
        &mut a,
        Input::Accept {
            from: peer.clone(),
            handshake: h.clone(),
            keep: false,
            restart: None,
        },
    );
    feed(
        &mut a,
        Input::OfferCreated {
            peer: peer.clone(),
            handshake: h.clone(),
            sdp: sdp("offer"),
        },
    );
    feed(&mut a, Input::LocalDescriptionSet { peer, handshake: h });
    a
}

pub fn stable(handshake: &HandshakeId) -> Call {
    let mut a = offering(handshake);
    let (peer, h) = (id("b"), handshake.clone());
    feed(
        &mut a,
        Input::Answer {
            from: peer.clone(),
            handshake: h.clone(),
            sdp: sdp("answer"),
        },
    );
    feed(
        &mut a,
        Input::RemoteDescriptionSet {
            peer: peer.clone(),
            handshake: h.clone(),
        },
    );
    feed(
        &mut a,
        Input::ConnectionStateChanged {
            peer,
            handshake: h,
            state: ConnectionState::Connected,
        },
    );
    a
}
