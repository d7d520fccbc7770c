//! Takes in what a track brings.

use super::{clock::Clock, frames::Frames, incoming::Incoming};
use crate::media::hub::Chunk;
use rtc::{rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication, rtp::Packet};
use session::platform::{MediaKind, Slot};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// A key frame is asked for again after this long; it takes a while to come.
const AGAIN: Duration = Duration::from_millis(400);
/// When no packet came for this long, none was sent: the picture is switched off, or not asked for.
const PAUSE: Duration = Duration::from_secs(5);

/// Receives until the connection is closed or the track is over.
pub async fn receive(track: Arc<dyn TrackRemote>, slot: Slot, incoming: Incoming) {
    match slot.kind() {
        MediaKind::Audio => hear(&*track, &incoming).await,
        MediaKind::Video => see(&*track, &incoming).await,
    }
    tracing::debug!(?slot, "track is over");
}

async fn hear(track: &dyn TrackRemote, incoming: &Incoming) {
    let mut clock = Clock::default();
    while let Some(event) = track.poll().await {
        if let TrackRemoteEvent::OnRtpPacket(packet) = event
            && !packet.payload.is_empty()
        {
            incoming.heard.packet(packet.payload.len());
            incoming.voice.packets.publish(&Chunk {
                data: packet.payload.clone(),
                key: true,
                at: clock.at(packet.header.timestamp, Instant::now()),
            });
            incoming.voice.push(packet.header.sequence_number, packet.payload);
        }
    }
}

async fn see(track: &dyn TrackRemote, incoming: &Incoming) {
    let Some(ssrc) = track.ssrcs().await.first().copied() else {
        return;
    };
    let mut picture = PictureStream {
        incoming,
        frames: Frames::default(),
        // What came before the track was there is lost.
        wanting: true,
        last: Instant::now(),
    };
    let mut again = tokio::time::interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = track.poll() => match event {
                Some(TrackRemoteEvent::OnRtpPacket(packet)) if packet.header.ssrc == ssrc => picture.take(&packet),
                Some(TrackRemoteEvent::OnEnded) | None => return,
                Some(_) => {}
            },
            () = incoming.pictures.key_wanted() => {
                // Whoever begins to look waits for this, and all at once ask once.
                picture.wanting |= incoming.pictures.take_key_request();
            }
            _ = again.tick() => if picture.wanting && !ask(track, ssrc).await {
                return;
            },
        }
    }
}

/// Asks for a key frame, and tells whether it could be asked for.
async fn ask(track: &dyn TrackRemote, media_ssrc: u32) -> bool {
    let request = PictureLossIndication {
        sender_ssrc: 0,
        media_ssrc,
    };
    track.write_rtcp(vec![Box::new(request)]).await.is_ok()
}

struct PictureStream<'a> {
    incoming: &'a Incoming,
    frames: Frames,
    /// Nothing can be shown, or not to all, before a key frame comes.
    wanting: bool,
    /// When the last packet came.
    last: Instant,
}

impl PictureStream<'_> {
    fn take(&mut self, packet: &Packet) {
        let now = Instant::now();
        if now.saturating_duration_since(std::mem::replace(&mut self.last, now)) >= PAUSE {
            self.incoming.seen.pause();
        }
        self.incoming.seen.packet(packet.payload.len());
        self.frames.push(packet);
        while let Some(frame) = self.frames.pop() {
            if frame.key {
                self.wanting = false;
            }
            self.wanting |= frame.gap && !frame.key;
            self.incoming.seen.frame(now);
            let chunk = Chunk {
                data: frame.data,
                key: frame.key,
                at: now,
            };
            // A picture that stands still is better than one that falls to pieces.
            if frame.gap && !frame.key {
                self.incoming.pictures.lose();
            }
            self.incoming.pictures.publish(&chunk);
        }
    }
}
