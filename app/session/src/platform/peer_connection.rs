//! `RTCPeerConnection`, [WebRTC §4.4.2](https://www.w3.org/TR/webrtc/#interface-definition).

use super::{
    DataChannel, DataChannelEvent, Events, Exception, Feed, MediaKind, MediaStreamTrack,
    RtpEncodingParameters, StatsReport,
};
use crate::view::StreamId;
use call::{ConnectionState, Description};
use std::rc::Rc;
use wire::{IceCandidate, Sdp};

/// `RTCPeerConnection`. It is closed when it is dropped.
#[allow(
    async_fn_in_trait,
    reason = "a session never leaves its thread, so nobody asks for Send"
)]
pub trait PeerConnection: 'static {
    /// `MediaStreamTrack`
    type Track: MediaStreamTrack;
    /// `RTCRtpTransceiver`
    type Transceiver: RtpTransceiver<Track = Self::Track>;

    /// `createOffer()`
    async fn create_offer(&self) -> Result<Sdp, Exception>;

    /// `createAnswer()`
    async fn create_answer(&self) -> Result<Sdp, Exception>;

    /// `setLocalDescription(description)`
    async fn set_local_description(&self, description: &Description) -> Result<(), Exception>;

    /// `setRemoteDescription(description)`
    async fn set_remote_description(&self, description: &Description) -> Result<(), Exception>;

    /// `addIceCandidate(candidate)`
    async fn add_ice_candidate(&self, candidate: &IceCandidate) -> Result<(), Exception>;

    /// `addTransceiver(track or kind, { direction: "sendrecv" })`
    fn add_transceiver(
        &self,
        kind: MediaKind,
        track: Option<&Self::Track>,
    ) -> Result<Self::Transceiver, Exception>;

    /// `getTransceivers()`, in the order of [`super::Slot::ALL`].
    fn transceivers(&self) -> Vec<Self::Transceiver>;

    /// `createDataChannel("files", { negotiated: true, id: 0 })`, made with the connection, so that the first handshake
    /// negotiates it and there is never a second one. `events` hears of it from now on, before anything can come.
    /// `bufferedAmountLowThreshold` is `low`, in bytes.
    fn data_channel(
        &self,
        low: u64,
        events: Events<DataChannelEvent>,
    ) -> Result<Rc<dyn DataChannel>, Exception> {
        let _ = (low, events);
        Err(Exception::new(
            "NotSupportedError",
            "there are no data channels here",
        ))
    }

    /// `restartIce()`: the next offer has new credentials.
    fn restart_ice(&self);

    /// `getStats()`
    async fn get_stats(&self) -> Result<StatsReport, Exception>;

    /// `close()`. No event follows.
    fn close(&self);
}

/// `RTCRtpTransceiver`. Clones are the same.
#[allow(
    async_fn_in_trait,
    reason = "a session never leaves its thread, so nobody asks for Send"
)]
pub trait RtpTransceiver: Clone + 'static {
    /// `MediaStreamTrack`
    type Track: MediaStreamTrack;

    /// `receiver.getSynchronizationSources()[0].audioLevel`: how loud what is received is at the moment, from 0 to 1.
    /// `None` while nothing comes, and where the platform cannot tell.
    fn audio_level(&self) -> Option<f32>;

    /// `direction = "sendrecv"`
    fn set_sendrecv(&self);

    /// `setCodecPreferences(codecs)` with those of `RTCRtpReceiver.getCapabilities(kind)` that have one of these MIME types, and
    /// the platform's first choice. A platform that knows no others has nothing to do.
    fn set_codec_preferences(&self, kind: MediaKind, mime_types: &[&str]) {
        let _ = (kind, mime_types);
    }

    /// `sender.replaceTrack(track)`
    async fn replace_track(&self, track: Option<&Self::Track>) -> Result<(), Exception>;

    /// `sender.setParameters(parameters)`, with the parameters of `sender.getParameters()` whose only encoding is changed
    /// to this. No handshake follows.
    async fn set_parameters(&self, encoding: &RtpEncodingParameters) -> Result<(), Exception>;
}

/// What happens to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerConnectionEvent {
    /// `icecandidate`
    IceCandidate(IceCandidate),
    /// `track`. What its transceiver's [`super::Slot`] belongs to is one stream, which the platform keeps while the
    /// connection lives.
    Track(Feed, StreamId),
    /// `connectionstatechange`
    ConnectionStateChange(ConnectionState),
}
