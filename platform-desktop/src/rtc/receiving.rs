//! Takes in what a track brings.

use super::{
    clock::Clock,
    frames::{Frame, Frames},
    incoming::Incoming,
    lips::SenderReports,
};
use crate::media::hub::{Chunk, Hub};
use rtc::{rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication, rtp::Packet};
use session::platform::{MediaKind, Slot};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// A key frame is asked for again after this long; it takes a while to come.
const AGAIN: Duration = Duration::from_millis(400);
/// When no packet came for this long, none was sent: the picture is switched off, or not asked for.
const PAUSE: Duration = Duration::from_secs(5);

/// How fast timestamps run, in hertz: those of Opus (RFC 7587 §4.1) and of VP8 (RFC 7741 §4.1).
const SOUND: u32 = 48_000;
const PICTURES: u32 = 90_000;

/// Receives until the connection is closed or the track is over.
pub async fn receive(track: Arc<dyn TrackRemote>, slot: Slot, incoming: Incoming, reports: SenderReports) {
    match slot.kind() {
        MediaKind::Audio => hear(&*track, &incoming, &reports).await,
        MediaKind::Video => see(&*track, &incoming, &reports).await,
    }
    tracing::debug!(?slot, "track is over");
}

async fn hear(track: &dyn TrackRemote, incoming: &Incoming, reports: &SenderReports) {
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
            let header = packet.header;
            let captured = reports.captured(header.ssrc, header.timestamp, SOUND);
            incoming
                .voice
                .push(header.sequence_number, packet.payload, captured);
        }
    }
}

async fn see(track: &dyn TrackRemote, incoming: &Incoming, reports: &SenderReports) {
    let Some(ssrc) = track.ssrcs().await.first().copied() else {
        return;
    };
    let mut picture = PictureStream {
        incoming,
        reports,
        ssrc,
        frames: Frames::default(),
        waiting: VecDeque::new(),
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
            // Whoever begins to look waits for this, and all at once ask once.
            () = incoming.pictures.key_wanted() => picture.wanting |= incoming.pictures.take_key_request(),
            () = incoming.in_time.key_wanted() => picture.wanting |= incoming.in_time.take_key_request(),
            () = until(picture.due()) => picture.show(),
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

/// Waits until then; for ever, if there is nothing to wait for.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

struct PictureStream<'a> {
    incoming: &'a Incoming,
    reports: &'a SenderReports,
    ssrc: u32,
    frames: Frames,
    /// Nothing can be shown, or not to all, before a key frame comes.
    wanting: bool,
    /// When the last packet came.
    last: Instant,
    /// What is here before its time, and when that is.
    waiting: VecDeque<(Instant, Waiting)>,
}

struct Waiting {
    chunk: Chunk,
    /// It does not follow what was before it.
    astray: bool,
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
            self.hand_out(frame, now);
        }
    }

    fn hand_out(&mut self, frame: Frame, now: Instant) {
        let chunk = Chunk {
            data: frame.data,
            key: frame.key,
            at: now,
        };
        // A picture that stands still is better than one that falls to pieces.
        let astray = frame.gap && !frame.key;
        hand_to(&self.incoming.pictures, &chunk, astray);
        let captured = self.reports.captured(self.ssrc, frame.timestamp, PICTURES);
        let due = captured.map_or(now, |captured| self.incoming.voice.lag.due(captured, now));
        // They stay in their order.
        let due = self.waiting.back().map_or(due, |(last, _)| due.max(*last));
        self.waiting.push_back((due, Waiting { chunk, astray }));
        self.show();
    }

    /// When the next picture is to be shown.
    fn due(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// Shows those whose time has come.
    fn show(&mut self) {
        let now = Instant::now();
        while self.due().is_some_and(|due| due <= now) {
            if let Some((_, Waiting { chunk, astray })) = self.waiting.pop_front() {
                hand_to(&self.incoming.in_time, &chunk, astray);
            }
        }
    }
}

fn hand_to(pictures: &Hub, chunk: &Chunk, astray: bool) {
    if astray {
        pictures.lose();
    }
    pictures.publish(chunk);
}
