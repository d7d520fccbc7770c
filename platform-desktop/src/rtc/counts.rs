//! Counts what comes, for `getStats()`: webrtc's own statistics know neither frames nor what a track is for.

use session::platform::{InboundRtpStats, Slot};
use std::sync::atomic::{AtomicU64, Ordering};

/// What has come through one slot since the connection began.
#[derive(Debug, Default)]
pub struct Counts {
    packets: AtomicU64,
    bytes: AtomicU64,
    frames: AtomicU64,
}

impl Counts {
    /// A packet came.
    pub fn packet(&self, bytes: usize) {
        self.packets.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A frame is whole.
    pub fn frame(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells what has come. What is lost is not counted.
    pub fn stats(&self, slot: Slot, codec: &str) -> InboundRtpStats {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64;
        InboundRtpStats {
            slot: Some(slot),
            bytes: read(&self.bytes),
            packets: read(&self.packets),
            frames: read(&self.frames),
            codec: Some(codec.to_owned()),
            ..InboundRtpStats::default()
        }
    }
}
