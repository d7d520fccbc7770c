//! The system's microphones and speakers, by cpal. The one module that knows which system of sound there is.

use super::microphone::{FRAME, Microphone, RATE};
use cpal::{
    BufferSize, Device, Host, OutputCallbackInfo, Stream, StreamConfig,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};
use session::{
    platform::Exception,
    view::{Device as Listed, DeviceKind},
};
use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// Sound that waits. With more than this, the oldest is left out: 80 ms.
const MOST: usize = RATE as usize * 8 / 100;
/// Samples that are handed over at once: 10 ms.
const BUFFER: u32 = RATE / 100;
/// After this long without a sample the microphone gives silence.
const PATIENCE: Duration = Duration::from_millis(200);

/// Samples on their way between a device's thread and one of ours.
#[derive(Debug, Default)]
struct Ring {
    samples: Mutex<VecDeque<f32>>,
    came: Condvar,
    /// The device is gone.
    dead: AtomicBool,
    /// How long it takes from here until it is heard, in microseconds.
    delay: AtomicU64,
}

/// A microphone of the system.
pub struct SystemMicrophone {
    ring: Arc<Ring>,
    id: Option<String>,
    _stream: Stream,
}

/// A speaker of the system.
pub struct SystemSpeaker {
    ring: Arc<Ring>,
    _stream: Stream,
}

/// Lists microphones and speakers. It may take a moment.
pub fn devices() -> Vec<Listed> {
    let Some(host) = host() else { return Vec::new() };
    let listed = |kind, device: Device| {
        Some(Listed {
            kind,
            id: device.id().ok()?.to_string(),
            label: device.description().ok()?.name().to_owned(),
        })
    };
    let inputs = host.input_devices().into_iter().flatten();
    let outputs = host.output_devices().into_iter().flatten();
    let inputs = inputs.filter_map(|device| listed(DeviceKind::Microphone, device));
    let outputs = outputs.filter_map(|device| listed(DeviceKind::Speaker, device));
    inputs.chain(outputs).collect()
}

impl SystemMicrophone {
    /// Opens the one with this id, or the system's own.
    ///
    /// # Errors
    /// `NotFoundError`, `NotReadableError`
    pub fn open(id: Option<&str>) -> Result<Self, Exception> {
        let device = find(id, Host::default_input_device)?;
        let id = device.id().ok().map(|id| id.to_string());
        let ring = Arc::<Ring>::default();
        let (take, dead) = (ring.clone(), ring.clone());
        let stream = device.build_input_stream(
            config(),
            move |samples: &[f32], _: &_| take.push(samples),
            move |error| dead.end(&error),
            None,
        );
        let stream = stream.map_err(|error| unreadable(&error))?;
        stream.play().map_err(|error| unreadable(&error))?;
        Ok(Self {
            ring,
            id,
            _stream: stream,
        })
    }

    /// The id under which it is listed, if it is.
    pub fn id(&self) -> Option<String> {
        self.id.clone()
    }
}

impl Microphone for SystemMicrophone {
    fn capture(&mut self, frame: &mut [f32; FRAME]) -> bool {
        let samples = self.ring.lock();
        let waited = self
            .ring
            .came
            .wait_timeout_while(samples, PATIENCE, |samples| samples.len() < FRAME);
        let (mut samples, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if samples.len() < FRAME {
            frame.fill(0.0);
            return !self.ring.is_dead();
        }
        for (place, sample) in frame.iter_mut().zip(samples.drain(..FRAME)) {
            *place = sample;
        }
        true
    }
}

impl SystemSpeaker {
    /// Opens the one with this id, or the system's own.
    ///
    /// # Errors
    /// `NotFoundError`, `NotReadableError`
    pub fn open(id: Option<&str>) -> Result<Self, Exception> {
        let device = find(id, Host::default_output_device)?;
        let ring = Arc::<Ring>::default();
        let (give, dead) = (ring.clone(), ring.clone());
        let stream = device.build_output_stream(
            config(),
            move |samples: &mut [f32], info: &OutputCallbackInfo| {
                let times = info.timestamp();
                let ahead = times.playback.saturating_duration_since(times.callback);
                give.note_delay(ahead);
                give.pull(samples);
            },
            move |error| dead.end(&error),
            None,
        );
        let stream = stream.map_err(|error| unreadable(&error))?;
        stream.play().map_err(|error| unreadable(&error))?;
        Ok(Self {
            ring,
            _stream: stream,
        })
    }

    /// Plays this next. Tells whether the speaker is still there.
    pub fn play(&self, frame: &[f32; FRAME]) -> bool {
        self.ring.push(frame);
        !self.ring.is_dead()
    }

    /// How long it takes until what is played next is heard: what waits here, and what waits in the system.
    pub fn latency(&self) -> Duration {
        let waiting = self.ring.lock().len() as u64;
        let in_system = self.ring.delay.load(Ordering::Relaxed);
        Duration::from_micros(waiting * 1_000_000 / u64::from(RATE) + in_system)
    }
}

impl Ring {
    fn push(&self, new: &[f32]) {
        let mut samples = self.lock();
        samples.extend(new);
        let surplus = samples.len().saturating_sub(MOST);
        samples.drain(..surplus);
        self.came.notify_one();
    }

    fn note_delay(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or_default();
        self.delay.store(micros, Ordering::Relaxed);
    }

    fn pull(&self, wanted: &mut [f32]) {
        let mut samples = self.lock();
        for sample in wanted {
            *sample = samples.pop_front().unwrap_or_default();
        }
    }

    fn end(&self, error: &cpal::Error) {
        // A hiccup is none of its kind.
        let passing = matches!(
            error.kind(),
            cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied
        );
        if !passing {
            tracing::warn!(%error, "a sound device is gone");
            self.dead.store(true, Ordering::Relaxed);
        }
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<f32>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The system of sound. On Linux it is PulseAudio, which PipeWire speaks as well: the kernel's own devices can be had by one
/// program only.
fn host() -> Option<Host> {
    #[cfg(target_os = "linux")]
    {
        let pulse = cpal::HostId::PulseAudio;
        let there = cpal::available_hosts().contains(&pulse);
        there.then(|| cpal::host_from_id(pulse).ok()).flatten()
    }
    #[cfg(not(target_os = "linux"))]
    Some(cpal::default_host())
}

fn find(id: Option<&str>, own: impl Fn(&Host) -> Option<Device>) -> Result<Device, Exception> {
    let missing = || Exception::new("NotFoundError", "there is no such device");
    let host = host().ok_or_else(missing)?;
    let device = match id {
        Some(id) => id.parse().ok().and_then(|id| host.device_by_id(&id)),
        None => own(&host),
    };
    device.ok_or_else(missing)
}

fn config() -> StreamConfig {
    StreamConfig {
        channels: 1,
        sample_rate: RATE,
        // Left alone, PulseAudio may hold back two seconds.
        buffer_size: BufferSize::Fixed(BUFFER),
    }
}

fn unreadable(error: &cpal::Error) -> Exception {
    Exception::new("NotReadableError", error.to_string())
}

impl fmt::Debug for SystemMicrophone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemMicrophone").finish_non_exhaustive()
    }
}

impl fmt::Debug for SystemSpeaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemSpeaker").finish_non_exhaustive()
    }
}
