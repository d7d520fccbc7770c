//! A peer connection that enforces the signaling states of the standard, and sends nothing.

use super::{
    air::{Air, End},
    media::Track,
};
use call::Description;
use session::{
    platform::{
        Events, Exception, Feed, MediaKind, MediaStreamTrack, PeerConnection, PeerConnectionEvent,
        RtpEncodingParameters, RtpTransceiver, Slot, StatsReport,
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
    slot: Slot,
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
    pub fn stream_of(end: End, feed: Feed) -> StreamId {
        StreamId(format!("remote-{feed:?}-{end}").into())
    }

    /// Names the receiving end of a stream that a view shows.
    pub fn end_of(stream: &StreamId) -> Option<End> {
        stream.0.strip_prefix("remote-")?.split_once('-')?.1.parse().ok()
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

    /// What a description says: `offer 3`, `answer 4`; the media it has are always the same four.
    fn describe(&self, what: &str) -> Result<Sdp, Exception> {
        let transceivers = self.transceivers.borrow();
        if transceivers.len() != Slot::ALL.len() {
            return Err(Exception::new(
                "OperationError",
                format!("media are {transceivers:?}"),
            ));
        }
        Sdp::try_from(format!("{what} {}", self.end))
            .map_err(|error| Exception::new("OperationError", error.to_string()))
    }

    fn transceiver(&self, slot: Slot, sends: bool) -> Transceiver {
        Transceiver(Rc::new(Half {
            end: self.end,
            air: self.air.clone(),
            slot,
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
                // What an offer adds only receives, unless the answerer says otherwise; what is there stays.
                let mut transceivers = self.transceivers.borrow_mut();
                if transceivers.is_empty() {
                    *transceivers = Slot::ALL.map(|slot| self.transceiver(slot, false)).into();
                }
            }
            Description::Answer(_) => {
                self.signaling.set(Signaling::Stable);
                self.air.described(self.end, remote);
            }
        }
        for slot in Slot::ALL {
            let stream = Self::stream_of(self.end, slot.feed());
            self.events.send(PeerConnectionEvent::Track(slot.feed(), stream));
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
        let place = self.transceivers.borrow().len();
        let slot = Slot::ALL.get(place).filter(|slot| slot.kind() == kind);
        let slot =
            *slot.ok_or_else(|| Exception::new("OperationError", format!("{kind:?} as number {place}")))?;
        let transceiver = self.transceiver(slot, true);
        self.air.sends(self.end, slot, track.cloned());
        self.transceivers.borrow_mut().push(transceiver.clone());
        Ok(transceiver)
    }

    fn transceivers(&self) -> Vec<Transceiver> {
        self.transceivers.borrow().clone()
    }

    fn restart_ice(&self) {
        self.air.restart(self.end);
    }

    async fn get_stats(&self) -> Result<StatsReport, Exception> {
        tokio::task::yield_now().await;
        Ok(self.air.stats(self.end))
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

    fn audio_level(&self) -> Option<f32> {
        (self.0.slot == Slot::Microphone).then(|| self.0.air.loudness(self.0.end))
    }

    fn set_sendrecv(&self) {
        self.0.sends.set(true);
    }

    async fn replace_track(&self, track: Option<&Track>) -> Result<(), Exception> {
        tokio::task::yield_now().await;
        if track.is_some_and(|track| track.kind() != self.0.slot.kind()) {
            return Err(Exception::new("TypeError", "a track of the other kind"));
        }
        self.0.air.sends(self.0.end, self.0.slot, track.cloned());
        Ok(())
    }

    async fn set_parameters(&self, encoding: &RtpEncodingParameters) -> Result<(), Exception> {
        tokio::task::yield_now().await;
        self.0.air.encodes(self.0.end, self.0.slot, *encoding);
        Ok(())
    }
}
