//! Sound that comes in, made smooth: packets are put in order, and what is lost is glossed over.

use super::{
    hub::Hub,
    jitter::{Jitter, Next},
    level::Level,
    microphone::{FRAME, RATE, STEP},
};
use crate::rtc::{Captured, Lag};
use bytes::Bytes;
use opus::{Channels, Decoder};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

/// Somebody's voice, or the sound of a screen.
#[derive(Debug)]
pub struct Voice {
    /// How loud it is.
    pub level: Level,
    /// Its packets as they come, for whoever keeps them.
    pub packets: Arc<Hub>,
    /// How long after it was said it is heard.
    pub lag: Lag,
    volume: AtomicU32,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    jitter: Jitter<Packet>,
    decoder: Decoder,
    /// There is room for the longest packet, in stereo.
    samples: Vec<f32>,
}

/// What comes in.
#[derive(Debug, Clone)]
struct Packet {
    data: Bytes,
    /// When it was said, if that is known.
    captured: Option<Captured>,
}

impl Voice {
    /// Makes one.
    ///
    /// # Errors
    /// There is no memory for a decoder.
    pub fn new() -> Result<Self, opus::Error> {
        Ok(Self {
            level: Level::default(),
            packets: Arc::default(),
            lag: Lag::default(),
            volume: AtomicU32::new(1_f32.to_bits()),
            inner: Mutex::new(Inner {
                jitter: Jitter::default(),
                decoder: Decoder::new(RATE, Channels::Mono)?,
                samples: vec![0.0; FRAME * 6],
            }),
        })
    }

    /// Takes in a packet, with the time at which it was said, if that is known.
    pub fn push(&self, sequence: u16, data: Bytes, captured: Option<Captured>) {
        self.inner().jitter.push(sequence, Packet { data, captured });
    }

    /// Plays on: fills the next 20 ms, which are heard at that time.
    pub fn play(&self, frame: &mut [f32; FRAME], at: Instant) {
        let captured = self.inner().play(frame);
        if let Some(captured) = captured {
            self.lag.hear(captured, at);
        }
        self.level.hear(frame, STEP.as_secs_f64());
        let volume = f32::from_bits(self.volume.load(Ordering::Relaxed));
        frame.iter_mut().for_each(|sample| *sample *= volume);
    }

    /// Sets how loud it is played, from 0 to 1.
    pub fn set_volume(&self, volume: f32) {
        self.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Tells when what is heard now was said, if that is known.
    fn play(&mut self, frame: &mut [f32; FRAME]) -> Option<Captured> {
        let mut captured = None;
        let decoded = match self.jitter.next() {
            Next::Packet(packet) => {
                captured = packet.captured;
                self.decoder.decode_float(&packet.data, &mut self.samples, false)
            }
            // The packet after the lost one tells a little of it.
            Next::Lost(Some(after)) => {
                self.decoder
                    .decode_float(&after.data, &mut self.samples[..FRAME], true)
            }
            Next::Lost(None) => self.decoder.decode_float(&[], &mut self.samples[..FRAME], false),
            Next::Silence => Ok(0),
        };
        let decoded = decoded.unwrap_or_default().min(FRAME);
        frame[..decoded].copy_from_slice(&self.samples[..decoded]);
        frame[decoded..].fill(0.0);
        captured
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::microphone::{Microphone, Tone};
    use opus::{Application, Encoder};

    fn packets(count: usize) -> Vec<Bytes> {
        let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Voip).unwrap();
        encoder.set_inband_fec(true).unwrap();
        encoder.set_packet_loss_perc(20).unwrap();
        let (mut tone, mut frame) = (Tone::new(440.0), [0.0; FRAME]);
        let encoded = (0..count).map(|_| {
            tone.capture(&mut frame);
            encoder.encode_vec_float(&frame, 1200).unwrap().into()
        });
        encoded.collect()
    }

    /// The energy of what is heard when these packets of a tone are lost.
    fn heard(lost: &[u16]) -> f64 {
        let voice = Voice::new().unwrap();
        let mut frame = [0.0; FRAME];
        for (sequence, packet) in (0..).zip(packets(15)) {
            if !lost.contains(&sequence) {
                voice.push(sequence, packet, None);
            }
            voice.play(&mut frame, Instant::now());
        }
        voice.level.energy()
    }

    #[test]
    fn a_tone_is_heard_as_loud_as_it_was_said() {
        // Amplitude 0.3, less the frames that wait in the beginning.
        let whole = 0.3 * 0.3 / 2.0 * 0.02 * 15.0;
        let energy = heard(&[]);
        assert!(
            energy > whole * 0.6 && energy < whole * 1.1,
            "{energy} of {whole}"
        );
    }

    #[test]
    fn a_lost_packet_is_glossed_over() {
        assert!(heard(&[5, 9]) > heard(&[]) * 0.8);
    }

    #[test]
    fn volume_changes_what_is_played_and_not_what_is_measured() {
        let voice = Voice::new().unwrap();
        voice.set_volume(0.0);
        let mut frame = [0.0; FRAME];
        for (sequence, packet) in (0..).zip(packets(10)) {
            voice.push(sequence, packet, None);
            voice.play(&mut frame, Instant::now());
        }
        assert!(voice.level.energy() > 0.0 && frame.iter().all(|sample| *sample == 0.0));
    }
}
