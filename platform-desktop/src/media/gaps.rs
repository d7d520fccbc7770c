//! Pictures that stand still, as browsers count them: a gap is a freeze when it is longer than the mean of those before it by
//! 150 ms, and than three times that mean ([WebRTC statistics](https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-freezecount)).

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The mean is that of so many gaps.
const REMEMBERED: usize = 30;
/// Of fewer there is no mean to go by: the first pictures come as they can.
const ENOUGH: usize = 5;
const LEAST: Duration = Duration::from_millis(150);

/// Counts freezes of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    last: Option<Instant>,
    gaps: VecDeque<Duration>,
    freezes: u64,
    frozen: Duration,
}

impl Gaps {
    /// A picture is shown.
    pub fn frame(&mut self, now: Instant) {
        let Some(last) = self.last.replace(now) else {
            return;
        };
        let gap = now.saturating_duration_since(last);
        let count = u32::try_from(self.gaps.len()).unwrap_or(u32::MAX);
        if self.gaps.len() >= ENOUGH
            && let Some(mean) = self.gaps.iter().sum::<Duration>().checked_div(count)
            && gap >= (mean + LEAST).max(mean * 3)
        {
            self.freezes += 1;
            self.frozen += gap;
        }
        self.gaps.push_back(gap);
        if self.gaps.len() > REMEMBERED {
            self.gaps.pop_front();
        }
    }

    /// Nothing is sent: that there is no picture is no freeze.
    pub fn pause(&mut self) {
        self.last = None;
    }

    /// How many there were.
    pub fn freezes(&self) -> u64 {
        self.freezes
    }

    /// How long they were, together.
    pub fn frozen(&self) -> Duration {
        self.frozen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_a_freeze_when_it_is_long_beside_those_before_it() {
        let (mut gaps, began) = (Gaps::default(), Instant::now());
        let mut at = began;
        let mut after = |milliseconds| {
            at += Duration::from_millis(milliseconds);
            gaps.frame(at);
            (gaps.freezes(), gaps.frozen())
        };
        for _ in 0..40 {
            assert_eq!(after(40).0, 0);
        }
        assert_eq!(after(180).0, 0);
        assert_eq!(after(900), (1, Duration::from_millis(900)));
        assert_eq!(after(40), (1, Duration::from_millis(900)));
    }

    #[test]
    fn a_pause_is_no_freeze() {
        let (mut gaps, began) = (Gaps::default(), Instant::now());
        for nth in 0..40 {
            gaps.frame(began + Duration::from_millis(40) * nth);
        }
        gaps.pause();
        for nth in 0..40 {
            gaps.frame(began + Duration::from_secs(60) + Duration::from_millis(40) * nth);
        }
        assert_eq!((gaps.freezes(), gaps.frozen()), (0, Duration::ZERO));
    }

    #[test]
    fn pictures_that_are_slow_by_nature_are_no_freezes() {
        let (mut gaps, began) = (Gaps::default(), Instant::now());
        for second in 0..20 {
            gaps.frame(began + Duration::from_secs(second));
        }
        assert_eq!(gaps.freezes(), 0);
    }
}
