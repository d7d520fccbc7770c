//! The microphone's level, measured while somebody looks at it.

use super::io::{Happening, Io};
use crate::{
    platform::{Meter, Platform},
    watch::Watch,
};
use std::time::Duration;

/// Some twelve readings a second.
const INTERVAL: Duration = Duration::from_millis(80);
/// Levels are told in steps, so that silence, which is never quite silent, wakes nobody.
const STEPS: f32 = 256.0;

/// Reads the microphone's level.
pub(super) struct LevelMeter<P: Platform> {
    io: Io<P>,
    level: Watch<f32>,
    /// How many follow the level.
    pub listeners: usize,
    meter: Option<P::Meter>,
    ticking: bool,
}

impl<P: Platform> LevelMeter<P> {
    pub fn new(io: Io<P>, level: Watch<f32>) -> Self {
        Self {
            io,
            level,
            listeners: 0,
            meter: None,
            ticking: false,
        }
    }

    /// Measures this track while there is one and somebody listens.
    pub fn measure(&mut self, track: Option<&P::Track>, changed: bool) {
        let track = track.filter(|_| self.listeners > 0);
        if changed || track.is_none() {
            self.meter = None;
        }
        match track {
            Some(track) if self.meter.is_none() => self.meter = self.io.platform.meter(track),
            Some(_) => {}
            None => self.level.set(0.0),
        }
        self.wait();
    }

    /// Takes a reading.
    pub fn tick(&mut self) {
        self.ticking = false;
        if let Some(meter) = &self.meter {
            self.level.set((meter.level() * STEPS).round() / STEPS);
        }
        self.wait();
    }

    fn wait(&mut self) {
        if self.ticking || self.meter.is_none() {
            return;
        }
        self.ticking = true;
        let io = self.io.clone();
        self.io.spawn(async move {
            io.platform.sleep(INTERVAL).await;
            io.report(Happening::Tick);
        });
    }
}
