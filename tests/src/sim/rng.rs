//! Randomness that is the same for ever: a failing seed of today can be replayed in ten years.

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// Starts a sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, but without, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end.max(1) as u64) as usize
    }

    /// True in so many cases of a thousand.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille as usize
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A time within a range, both ends included.
    pub fn within(&mut self, range: (Duration, Duration)) -> Duration {
        let (from, to) = range;
        let span = to.saturating_sub(from).as_micros() as usize;
        from + Duration::from_micros(self.below(span + 1) as u64)
    }

    /// Up to so many milliseconds.
    pub fn millis(&mut self, most: u64) -> Duration {
        self.within((Duration::ZERO, Duration::from_millis(most)))
    }
}
