//! Where sound comes from, and the thread that captures and encodes it.

use super::{hub::Chunk, track::Source};
use bytes::Bytes;
use opus::{Application, Channels, Encoder};
use std::{
    f32::consts::TAU,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Samples in a second.
pub const RATE: u32 = 48_000;
/// Samples in a frame.
pub const FRAME: usize = 960;
/// How long a frame sounds.
pub const STEP: Duration = Duration::from_millis(20);

/// No voice needs more room than this.
const LARGEST: usize = 1200;
/// A frame of this size or less says "silence goes on", and need not be sent (RFC 6716 §2.1.9).
const SILENCE: usize = 2;

/// Something that gives sound: 48 kHz, one channel.
pub trait Microphone: Send + 'static {
    /// Fills the next frame; `false` when there is no more.
    fn capture(&mut self, frame: &mut [f32; FRAME]) -> bool;
}

/// A tone that sounds for a third of every second.
#[derive(Debug)]
pub struct Tone {
    pitch: f32,
    sample: u64,
}

impl Tone {
    /// Makes a tone of this pitch, in hertz.
    pub fn new(pitch: f32) -> Self {
        Self { pitch, sample: 0 }
    }
}

impl Microphone for Tone {
    fn capture(&mut self, frame: &mut [f32; FRAME]) -> bool {
        for sample in frame {
            let place = self.sample % u64::from(RATE);
            let sounds = place < u64::from(RATE) / 3;
            let phase = place as f32 * self.pitch / RATE as f32;
            *sample = if sounds { (phase * TAU).sin() * 0.3 } else { 0.0 };
            self.sample += 1;
        }
        true
    }
}

/// Captures and encodes in a thread of its own, until the track is stopped or the microphone has no more.
///
/// # Errors
/// The system has no thread for it, or no memory for an encoder.
pub fn run(mut microphone: impl Microphone, source: Arc<Source>) -> std::io::Result<()> {
    let mut encoder = encoder().map_err(std::io::Error::other)?;
    let thread = thread::Builder::new().name("microphone".to_owned());
    thread.spawn(move || {
        let mut frame = [0.0; FRAME];
        let mut due = Instant::now();
        while !source.is_stopped() {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            due += STEP;
            if !microphone.capture(&mut frame) {
                break;
            }
            source.level.hear(&frame, STEP.as_secs_f64());
            if !source.is_enabled() {
                frame.fill(0.0);
            }
            send(&mut encoder, &frame, &source);
        }
        source.end();
    })?;
    Ok(())
}

fn send(encoder: &mut Encoder, frame: &[f32; FRAME], source: &Source) {
    match encoder.encode_vec_float(frame, LARGEST) {
        Ok(data) if data.len() <= SILENCE => {}
        Ok(data) => source.hub.publish(&Chunk {
            data: Bytes::from(data),
            key: true,
            at: Instant::now(),
        }),
        // The next frame may fare better; sound that stops for good would be worse.
        Err(error) => tracing::warn!(%error, "sound cannot be encoded"),
    }
}

/// An encoder for a voice over a network that loses packets: each tells a little of the one before it.
fn encoder() -> Result<Encoder, opus::Error> {
    let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Voip)?;
    encoder.set_inband_fec(true)?;
    encoder.set_packet_loss_perc(5)?;
    encoder.set_dtx(true)?;
    Ok(encoder)
}
