//! Keeps a speaker open: the one that was chosen, and another as soon as it is gone.

use super::{
    microphone::{FRAME, Microphone, Tone},
    system::SystemSpeaker,
};
use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

/// A speaker that is not there is looked for this often.
const AGAIN: Duration = Duration::from_secs(3);
/// The test sound takes so many frames: 400 ms.
const TEST: u32 = 20;
/// Its pitch, in hertz.
const PITCH: f32 = 660.0;

/// The speaker. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Speaker(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    wanted: Condvar,
    testing: AtomicU32,
}

#[derive(Debug, Default)]
struct State {
    chosen: Option<String>,
    open: Option<SystemSpeaker>,
}

impl Speaker {
    /// Makes one, and begins to look for it in a thread of its own, for as long as the program runs.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub fn start() -> std::io::Result<Self> {
        let speaker = Self::default();
        let inner = speaker.0.clone();
        let thread = thread::Builder::new().name("speaker".to_owned());
        thread.spawn(move || inner.keep_open())?;
        Ok(speaker)
    }

    /// Uses this one from now on.
    pub fn choose(&self, id: &str) {
        let mut state = self.0.lock();
        state.chosen = Some(id.to_owned());
        state.open = None;
        self.0.wanted.notify_one();
    }

    /// Lets a short tone be heard.
    pub fn test(&self) {
        self.0.testing.store(TEST, Ordering::Relaxed);
    }

    /// Plays this next, if there is a speaker.
    pub fn play(&self, frame: &mut [f32; FRAME]) {
        self.add_test(frame);
        let mut state = self.0.lock();
        if state.open.as_ref().is_some_and(|speaker| !speaker.play(frame)) {
            state.open = None;
            self.0.wanted.notify_one();
        }
    }

    /// How long it takes until what is played next is heard.
    pub fn latency(&self) -> Duration {
        let state = self.0.lock();
        state
            .open
            .as_ref()
            .map(SystemSpeaker::latency)
            .unwrap_or_default()
    }

    fn add_test(&self, frame: &mut [f32; FRAME]) {
        let left = self.0.testing.load(Ordering::Relaxed);
        if left == 0 {
            return;
        }
        self.0.testing.store(left - 1, Ordering::Relaxed);
        let (mut tone, mut sound) = (Tone::new(PITCH), [0.0; FRAME]);
        for _ in left..=TEST {
            tone.capture(&mut sound);
        }
        for (sample, tone) in frame.iter_mut().zip(sound) {
            *sample += tone;
        }
    }
}

impl Inner {
    fn keep_open(&self) {
        loop {
            let chosen = self.lock().chosen.clone();
            // Opening takes a while, in which nobody may be kept waiting.
            let opened = SystemSpeaker::open(chosen.as_deref()).or_else(|_| SystemSpeaker::open(None));
            let mut state = self.lock();
            match opened {
                Ok(speaker) if state.chosen == chosen => state.open = Some(speaker),
                Ok(_) => continue,
                Err(exception) => {
                    tracing::debug!(%exception, "there is no speaker");
                    let waited = self.wanted.wait_timeout(state, AGAIN);
                    drop(waited);
                    continue;
                }
            }
            let waited = self.wanted.wait_while(state, |state| state.open.is_some());
            drop(waited);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
