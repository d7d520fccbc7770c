//! Sends what a slot has, whatever that is at the moment.

use super::packets::{Name, Packets};
use crate::media::hub::{Budget, Hub};
use rtc::{
    media_stream::MediaStreamTrack,
    rtp_transceiver::rtp_sender::{
        RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
    },
};
use session::platform::{MediaKind, Slot};
use std::sync::Arc;
use tokio::sync::watch;
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP};

/// Frames that wait to be sent: half a second of sound, less of pictures than anybody would want to see late.
const DEPTH: usize = 24;

/// Where the frames of a slot come from; `None` sends nothing.
pub type Chosen = watch::Receiver<Option<Arc<Hub>>>;

/// The sending half of a slot.
#[derive(Clone)]
pub struct Outlet {
    pub slot: Slot,
    pub track: Arc<TrackLocalStaticRTP>,
    pub chosen: Chosen,
    ssrc: u32,
    random: u64,
}

impl Outlet {
    /// Makes one. Everything about it has a name of its own: browsers refuse an offer that has one twice.
    pub fn new(slot: Slot, chosen: Chosen, random: u64) -> Self {
        // 0 is nobody's.
        let ssrc = (random as u32).max(1);
        let stream = MediaStreamTrack::new(
            format!("{:?}-{random:016x}", slot.feed()),
            format!("{slot:?}-{random:016x}"),
            format!("{slot:?}"),
            kind(slot),
            vec![RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    ssrc: Some(ssrc),
                    ..RTCRtpCodingParameters::default()
                },
                codec: codec(slot),
                ..RTCRtpEncodingParameters::default()
            }],
        );
        Self {
            slot,
            track: Arc::new(TrackLocalStaticRTP::new(stream)),
            chosen,
            ssrc,
            random,
        }
    }

    /// Sends, until the connection is closed.
    pub async fn send(mut self, payload_type: u8, budget: Budget) {
        let name = Name {
            ssrc: self.ssrc,
            payload_type,
        };
        let (sequence, base) = ((self.random >> 32) as u16, (self.random >> 24) as u32);
        let mut packets = Packets::new(name, self.slot.kind(), sequence, base);
        loop {
            let hub = self.chosen.borrow_and_update().clone();
            let budget = (self.slot.kind() == MediaKind::Video).then(|| budget.clone());
            tokio::select! {
                closed = carry(hub, budget, &mut packets, &self.track) => {
                    if closed {
                        return;
                    }
                    // The track is over; perhaps another follows.
                    if self.chosen.changed().await.is_err() {
                        return;
                    }
                }
                changed = self.chosen.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Passes the other side's requests for key frames on, until the connection is closed.
    pub async fn heed(self) {
        while let Some(TrackLocalEvent::OnRtcpPacket(_)) = self.track.poll().await {
            if let Some(hub) = &*self.chosen.borrow() {
                hub.request_key();
            }
        }
    }
}

/// Carries frames to the network. Returns whether the connection is closed; otherwise there are no more frames.
async fn carry(
    hub: Option<Arc<Hub>>,
    budget: Option<Budget>,
    packets: &mut Packets,
    track: &TrackLocalStaticRTP,
) -> bool {
    let Some(hub) = hub else { return false };
    let mut chunks = hub.listen(DEPTH, budget);
    while let Some(chunk) = chunks.recv().await {
        let cut = match packets.cut(&chunk) {
            Ok(cut) => cut,
            Err(error) => {
                tracing::warn!(%error, "a frame cannot be cut");
                continue;
            }
        };
        for packet in cut {
            if track.write_rtp(packet).await.is_err() {
                return true;
            }
        }
    }
    false
}

fn kind(slot: Slot) -> RtpCodecKind {
    match slot.kind() {
        MediaKind::Audio => RtpCodecKind::Audio,
        MediaKind::Video => RtpCodecKind::Video,
    }
}

/// Returns the codec of a slot, as its sender's parameters name it.
pub fn codec(slot: Slot) -> RTCRtpCodec {
    let (mime_type, clock_rate, channels) = match slot.kind() {
        MediaKind::Audio => ("audio/opus", 48_000, 2),
        MediaKind::Video => ("video/VP8", 90_000, 0),
    };
    RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate,
        channels,
        ..RTCRtpCodec::default()
    }
}
