//! Counts what comes, for `getStats()`: webrtc's own statistics know neither frames nor what a track is for.

use crate::media::gaps::Gaps;
use session::platform::{InboundRtpStats, Slot};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// What has come through one slot since the connection began.
#[derive(Debug, Default)]
pub struct Counts {
    packets: AtomicU64,
    bytes: AtomicU64,
    frames: AtomicU64,
    gaps: Mutex<Gaps>,
}

impl Counts {
    /// A packet came.
    pub fn packet(&self, bytes: usize) {
        self.packets.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A frame is whole.
    pub fn frame(&self, now: Instant) {
        self.frames.fetch_add(1, Ordering::Relaxed);
        self.gaps().frame(now);
    }

    /// Nothing came for so long that nothing was sent.
    pub fn pause(&self) {
        self.gaps().pause();
    }

    /// Tells what has come. What is lost is not counted.
    pub fn stats(&self, slot: Slot, codec: &str) -> InboundRtpStats {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64;
        let gaps = self.gaps();
        InboundRtpStats {
            freezes: gaps.freezes() as f64,
            freezes_duration: gaps.frozen().as_secs_f64(),
            slot: Some(slot),
            bytes: read(&self.bytes),
            packets: read(&self.packets),
            frames: read(&self.frames),
            codec: Some(codec.to_owned()),
            ..InboundRtpStats::default()
        }
    }

    fn gaps(&self) -> MutexGuard<'_, Gaps> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
