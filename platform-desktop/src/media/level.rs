//! How loud something is.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

/// How loud something is now, and what it has been in all. Any thread may tell and ask.
#[derive(Debug, Default)]
pub struct Level {
    now: AtomicU32,
    energy: Mutex<f64>,
}

impl Level {
    /// Takes in the samples that are played or sent now.
    pub fn hear(&self, samples: &[f32], seconds: f64) {
        let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
        let mean = sum / samples.len().max(1) as f32;
        self.now.store(mean.sqrt().min(1.0).to_bits(), Ordering::Relaxed);
        *self.energy.lock().unwrap_or_else(PoisonError::into_inner) += f64::from(mean) * seconds;
    }

    /// Returns the root mean square of what was heard last, from 0 to 1.
    pub fn now(&self) -> f32 {
        f32::from_bits(self.now.load(Ordering::Relaxed))
    }

    /// Returns the sum over time of the squared amplitude (`totalAudioEnergy` of the statistics of WebRTC).
    pub fn energy(&self) -> f64 {
        *self.energy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
