//! A peer connection that enforces the signaling states of the standard, and sends nothing.

use super::{
    air::{Air, End},
    media::Track,
};
use call::Description;
use session::{
    platform::{
        Events, Exception, MediaKind, MediaStreamTrack, PeerConnection, PeerConnectionEvent, RtpTransceiver,
    },
    view::StreamId,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wire::{IceCandidate, Sdp};

/// `RTCSignalingState`, [WebRTC §4.3.1](https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signaling {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
    Closed,
}

/// A peer connection.
#[derive(Debug)]
pub struct Connection {
    end: End,
    air: Air,
    events: Events<PeerConnectionEvent>,
    signaling: Cell<Signaling>,
    remote: Cell<Option<End>>,
    transceivers: RefCell<Vec<Transceiver>>,
}

/// A transceiver. Clones are the same.
#[derive(Debug, Clone)]
pub struct Transceiver(Rc<Half>);

#[derive(Debug)]
struct Half {
    end: End,
    air: Air,
    kind: MediaKind,
    sends: Cell<bool>,
}

impl Connection {
    pub fn new(air: Air, events: Events<PeerConnectionEvent>) -> Self {
        Self {
            end: air.register(events.clone()),
            air,
            events,
            signaling: Cell::new(Signaling::Stable),
            remote: Cell::default(),
            transceivers: RefCell::default(),
        }
    }

    /// The stream of what comes from the connection of that name.
    pub fn stream_of(end: End) -> StreamId {
        StreamId(format!("remote-{end}").into())
    }

    /// Names the receiving end of a stream that a view shows.
    pub fn end_of(stream: &StreamId) -> Option<End> {
        stream.0.strip_prefix("remote-")?.parse().ok()
    }

    fn must_be(&self, wanted: Signaling) -> Result<(), Exception> {
        let is = self.signaling.get();
        if is == wanted {
            return Ok(());
        }
        Err(Exception::new(
            "InvalidStateError",
            format!("{is:?} instead of {wanted:?}"),
        ))
    }

    /// What a description says: `offer 3`, `answer 4`; the media it has are always the same two.
    fn describe(&self, what: &str) -> Result<Sdp, Exception> {
        let kinds: Vec<_> = self
            .transceivers
            .borrow()
            .iter()
            .map(|half| half.0.kind)
            .collect();
        if kinds != [MediaKind::Audio, MediaKind::Video] {
            return Err(Exception::new("OperationError", format!("media are {kinds:?}")));
        }
        Sdp::try_from(format!("{what} {}", self.end))
            .map_err(|error| Exception::new("OperationError", error.to_string()))
    }

    fn transceiver(&self, kind: MediaKind, sends: bool) -> Transceiver {
        Transceiver(Rc::new(Half {
            end: self.end,
            air: self.air.clone(),
            kind,
            sends: Cell::new(sends),
        }))
    }
}

impl PeerConnection for Connection {
    type Track = Track;
    type Transceiver = Transceiver;

    async fn create_offer(&self) -> Result<Sdp, Exception> {
        tokio::task::yield_now().await;
        self.must_be(Signaling::Stable)?;
        self.describe("offer")
    }

    async fn create_answer(&self) -> Result<Sdp, Exception> {
        tokio::task::yield_now().await;
        self.must_be(Signaling::HaveRemoteOffer)?;
        if self.transceivers.borrow().iter().any(|half| !half.0.sends.get()) {
            return Err(Exception::new("OperationError", "the answer would only receive"));
        }
        self.describe("answer")
    }

    async fn set_local_description(&self, description: &Description) -> Result<(), Exception> {
        tokio::task::yield_now().await;
        match description {
            Description::Offer(_) => {
                self.must_be(Signaling::Stable)?;
                self.signaling.set(Signaling::HaveLocalOffer);
            }
            Description::Answer(_) => {
                self.must_be(Signaling::HaveRemoteOffer)?;
                self.signaling.set(Signaling::Stable);
                self.air
                    .described(self.end, self.remote.get().unwrap_or_default());
            }
        }
        for number in 0..2 {
            self.events.send(PeerConnectionEvent::IceCandidate(IceCandidate {
                candidate: format!("candidate:{number} {}", self.end),
                sdp_mid: Some("0".to_owned()),
                sdp_m_line_index: Some(0),
                username_fragment: None,
            }));
        }
        Ok(())
    }

    async fn set_remote_description(&self, description: &Description) -> Result<(), Exception> {
        tokio::task::yield_now().await;
        let (sdp, wanted) = match description {
            Description::Offer(sdp) => (sdp, Signaling::Stable),
            Description::Answer(sdp) => (sdp, Signaling::HaveLocalOffer),
        };
        self.must_be(wanted)?;
        let number = sdp.as_str().rsplit(' ').next();
        let remote = number.and_then(|number| number.parse().ok());
        let remote =
            remote.ok_or_else(|| Exception::new("InvalidAccessError", "this is no description of a fake"))?;
        self.remote.set(Some(remote));
        match description {
            Description::Offer(_) => {
                self.signaling.set(Signaling::HaveRemoteOffer);
                // What an offer adds only receives, unless the answerer says otherwise.
                *self.transceivers.borrow_mut() = [MediaKind::Audio, MediaKind::Video]
                    .map(|kind| self.transceiver(kind, false))
                    .into();
            }
            Description::Answer(_) => {
                self.signaling.set(Signaling::Stable);
                self.air.described(self.end, remote);
            }
        }
        for _ in 0..2 {
            self.events
                .send(PeerConnectionEvent::Track(Self::stream_of(self.end)));
        }
        Ok(())
    }

    async fn add_ice_candidate(&self, _: &IceCandidate) -> Result<(), Exception> {
        tokio::task::yield_now().await;
        if self.remote.get().is_none() {
            return Err(Exception::new("InvalidStateError", "no remote description"));
        }
        self.air.heard(self.end);
        Ok(())
    }

    fn add_transceiver(&self, kind: MediaKind, track: Option<&Track>) -> Result<Transceiver, Exception> {
        let transceiver = self.transceiver(kind, true);
        self.air.sends(self.end, kind, track.cloned());
        self.transceivers.borrow_mut().push(transceiver.clone());
        Ok(transceiver)
    }

    fn transceivers(&self) -> Vec<Transceiver> {
        self.transceivers.borrow().clone()
    }

    fn close(&self) {
        self.signaling.set(Signaling::Closed);
        self.air.close(self.end);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
    }
}

impl RtpTransceiver for Transceiver {
    type Track = Track;

    fn kind(&self) -> MediaKind {
        self.0.kind
    }

    fn set_sendrecv(&self) {
        self.0.sends.set(true);
    }

    async fn replace_track(&self, track: Option<&Track>) -> Result<(), Exception> {
        tokio::task::yield_now().await;
        if track.is_some_and(|track| track.kind() != self.0.kind) {
            return Err(Exception::new("TypeError", "a track of the other kind"));
        }
        self.0.air.sends(self.0.end, self.0.kind, track.cloned());
        Ok(())
    }
}
