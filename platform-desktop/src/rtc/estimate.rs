//! How many bits per second a connection carries, as the other side's reports (TWCC) tell.

use crate::media::hub::Budget;
use rtc::interceptor::{BandwidthEstimator, EstimatorStats, Gcc, PacketReport};
use std::{sync::atomic::Ordering, time::Instant};

const FIRST: f64 = 1_000_000.0;
const LEAST: f64 = 100_000.0;
const MOST: f64 = 4_000_000.0;
/// What sound needs, and the pictures must leave.
const SOUND: f64 = 48_000.0;

/// Google's congestion control, which tells the budget whatever it finds.
pub struct Estimate {
    control: Gcc,
    budget: Budget,
}

impl Estimate {
    /// Makes one that keeps this budget up to date.
    pub fn new(budget: Budget) -> Self {
        let estimate = Self {
            control: Gcc::new(FIRST, LEAST, MOST),
            budget,
        };
        estimate.tell();
        estimate
    }

    fn tell(&self) {
        let pictures = (self.control.target_bitrate() - SOUND).max(0.0);
        self.budget.store(pictures as u32, Ordering::Relaxed);
    }
}

impl BandwidthEstimator for Estimate {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.control.on_reports(now, reports);
        self.tell();
    }

    fn target_bitrate(&self) -> f64 {
        self.control.target_bitrate()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.control.handle_timeout(now);
        self.tell();
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.control.poll_timeout()
    }

    fn stats(&self) -> EstimatorStats {
        self.control.stats()
    }
}
