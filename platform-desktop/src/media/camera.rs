//! Where pictures come from, and the thread that captures and encodes them.

use super::{
    hub::{Chunk, Hub},
    picture::Picture,
    track::Source,
    vpx::Encoder,
};
use std::{
    fmt,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// What a picture may cost at most, in bits per second, unless those who listen can take less.
const BIT_RATE: u32 = 1_500_000;
/// Below this there is no use in sending pictures; it may cost somebody the sound all the same.
const LEAST: u32 = 80_000;
/// Below these bits for a pixel of a second, a picture of half the size looks better.
const BITS_PER_PIXEL: f32 = 0.025;

/// Something that gives pictures.
pub trait Camera: Send + 'static {
    /// How many pictures it gives in a second.
    fn frame_rate(&self) -> u32;

    /// Takes the next picture; `None` when there are no more.
    fn capture(&mut self) -> Option<&Picture>;

    /// Lets the next picture go by, and tells whether there are more.
    fn skip(&mut self) -> bool;

    /// It gives pictures when it has them, at a pace of its own, and who asks waits.
    fn waits(&self) -> bool {
        false
    }
}

/// Captures and encodes in a thread of its own, until the track is stopped or the camera has no more.
pub fn run(camera: impl Camera, source: Arc<Source>) -> std::io::Result<()> {
    let thread = thread::Builder::new().name("camera".to_owned());
    thread.spawn(move || {
        Worker::new(source.hub.clone()).work(camera, &source);
        source.end();
    })?;
    Ok(())
}

struct Worker {
    hub: Arc<Hub>,
    encoder: Option<Encoder>,
    began: Instant,
}

impl Worker {
    fn new(hub: Arc<Hub>) -> Self {
        Self {
            hub,
            encoder: None,
            began: Instant::now(),
        }
    }

    fn work(&mut self, mut camera: impl Camera, source: &Source) {
        let step = Duration::from_secs(1) / camera.frame_rate().max(1);
        let mut due = self.began;
        while !source.is_stopped() {
            if !camera.waits() {
                pause_until(due);
            }
            // Who wakes late goes on from there: pictures that nobody could see in time are of no use.
            due = (due + step).max(Instant::now());
            if !source.is_enabled() || !self.hub.is_heard() {
                if !camera.skip() {
                    return;
                }
                continue;
            }
            let Some(picture) = camera.capture() else { return };
            if let Err(error) = self.encode(picture, step) {
                tracing::error!(%error, "pictures cannot be encoded");
                return;
            }
        }
    }

    fn encode(&mut self, picture: &Picture, step: Duration) -> Result<(), super::vpx::Error> {
        let at = Instant::now();
        let bit_rate = self.hub.budget().unwrap_or(BIT_RATE).clamp(LEAST, BIT_RATE);
        let half;
        let picture = if wants_half(picture, step, bit_rate) {
            half = picture.halved();
            &half
        } else {
            picture
        };
        let size = (picture.width(), picture.height());
        let encoder = match &mut self.encoder {
            Some(encoder) if encoder.size() == size => encoder,
            // Another size is another stream, which begins with a key frame by itself.
            stale => stale.insert(Encoder::new(size, bit_rate)?),
        };
        encoder.set_bit_rate(bit_rate)?;
        let key = self.hub.take_key_request();
        let encoded = encoder.encode(picture, at - self.began, step, key)?;
        match encoded {
            Some((data, key)) => self.hub.publish(&Chunk { data, key, at }),
            // The encoder saved its bits for the next one.
            None if key => self.hub.request_key(),
            None => {}
        }
        Ok(())
    }
}

fn wants_half(picture: &Picture, step: Duration, bit_rate: u32) -> bool {
    let pixels = (picture.width() * picture.height()) as f32 / step.as_secs_f32();
    picture.width() >= 480 && (bit_rate as f32) < pixels * BITS_PER_PIXEL
}

fn pause_until(due: Instant) {
    let rest = due.saturating_duration_since(Instant::now());
    if !rest.is_zero() {
        thread::sleep(rest);
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}
