//! What is done to a voice before it is sent: the echo of what the speaker plays is taken out of it, and noise, and it is made
//! neither loud nor quiet. The canceller is WebRTC's own (AEC3), so that this sounds like a browser.

use super::microphone::{FRAME, Microphone, RATE};
use session::platform::AudioProcessing as Wanted;
use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, NoiseSuppression},
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// The processing takes 10 ms at a time.
const PART: usize = FRAME / 2;

/// What the speaker plays, for whoever has to know it again in a microphone. Clones are the same.
#[derive(Clone, Default)]
pub struct FarEnd(Arc<Mutex<Vec<Weak<Processor>>>>);

/// A microphone that is cleaned.
pub struct Clean<M> {
    microphone: M,
    processor: Arc<Processor>,
}

struct Processor(Mutex<AudioProcessing>);

impl FarEnd {
    /// Takes in what the speaker plays next.
    pub fn play(&self, frame: &[f32; FRAME]) {
        self.lock().retain(|processor| {
            let Some(processor) = processor.upgrade() else {
                return false;
            };
            processor.render(frame);
            true
        });
    }

    /// Cleans what a microphone gives, as it is wanted.
    pub fn clean<M: Microphone>(&self, microphone: M, wanted: Wanted) -> Clean<M> {
        let stream = StreamConfig::new(RATE, 1);
        let processing = AudioProcessing::builder()
            .config(config(wanted))
            .capture_config(stream)
            .render_config(stream)
            .build();
        let processor = Arc::new(Processor(Mutex::new(processing)));
        if wanted.echo_cancellation {
            self.lock().push(Arc::downgrade(&processor));
        }
        Clean {
            microphone,
            processor,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Processor>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Microphone> Microphone for Clean<M> {
    fn capture(&mut self, frame: &mut [f32; FRAME]) -> bool {
        let more = self.microphone.capture(frame);
        self.processor.capture(frame);
        more
    }
}

impl Processor {
    fn render(&self, frame: &[f32; FRAME]) {
        let mut played = [0.0; PART];
        for part in frame.chunks_exact(PART) {
            let done = self.lock().process_render_f32(&[part], &mut [&mut played]);
            if let Err(error) = done {
                tracing::debug!(?error, "what is played cannot be taken in");
            }
        }
    }

    fn capture(&self, frame: &mut [f32; FRAME]) {
        for part in frame.chunks_exact_mut(PART) {
            let mut clean = [0.0; PART];
            match self.lock().process_capture_f32(&[part], &mut [&mut clean]) {
                Ok(()) => part.copy_from_slice(&clean),
                // A voice with an echo is better than none.
                Err(error) => tracing::debug!(?error, "a voice cannot be cleaned"),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, AudioProcessing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn config(wanted: Wanted) -> Config {
    Config {
        high_pass_filter: Some(HighPassFilter::default()),
        echo_canceller: wanted.echo_cancellation.then(EchoCanceller::default),
        noise_suppression: wanted.noise_suppression.then(NoiseSuppression::default),
        gain_controller2: wanted.auto_gain_control.then(|| GainController2 {
            adaptive_digital: Some(AdaptiveDigital::default()),
            ..GainController2::default()
        }),
        ..Config::default()
    }
}

impl fmt::Debug for FarEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FarEnd").finish_non_exhaustive()
    }
}

impl<M: fmt::Debug> fmt::Debug for Clean<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clean")
            .field("microphone", &self.microphone)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, collections::VecDeque, rc::Rc};

    /// Something like speech: noise in syllables of a quarter of a second, with pauses between them.
    struct Speech {
        seed: u32,
        sample: u32,
        last: f32,
    }

    impl Speech {
        fn new(seed: u32) -> Self {
            Self {
                seed,
                sample: 0,
                last: 0.0,
            }
        }

        fn frame(&mut self) -> [f32; FRAME] {
            std::array::from_fn(|_| {
                self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (self.seed >> 8) as f32 / 8_388_608.0 - 1.0;
                // Most of a voice is low.
                self.last += (noise - self.last) * 0.3;
                let place = self.sample % (RATE * 2 / 5);
                self.sample += 1;
                let loud = (place as f32 / (RATE as f32 / 4.0) * std::f32::consts::PI)
                    .sin()
                    .max(0.0);
                self.last * loud * 0.4
            })
        }
    }

    /// A microphone before a speaker: it hears what was played a while ago, thrown back by walls, and what is said near it.
    #[derive(Clone, Default)]
    struct Loop(Rc<RefCell<VecDeque<f32>>>);

    impl Loop {
        fn play(&self, frame: &[f32; FRAME]) {
            self.0.borrow_mut().extend(frame);
        }

        /// The echo of what is played, by delays in samples and how loud each is.
        fn echo(&self) -> [f32; FRAME] {
            const WALLS: [(usize, f32); 4] = [(1_500, 0.5), (1_711, -0.25), (2_230, 0.12), (3_101, 0.06)];
            const LONGEST: usize = 3_101;
            let mut played = self.0.borrow_mut();
            let surplus = played.len().saturating_sub(FRAME + LONGEST);
            played.drain(..surplus);
            std::array::from_fn(|at| {
                let of = |delay: usize| {
                    let place = (played.len() + at).checked_sub(FRAME + delay)?;
                    played.get(place)
                };
                WALLS
                    .iter()
                    .map(|(delay, loud)| of(*delay).copied().unwrap_or_default() * loud)
                    .sum()
            })
        }
    }

    fn energy(frame: &[f32; FRAME]) -> f64 {
        frame.iter().map(|sample| f64::from(sample * sample)).sum()
    }

    fn decibels(ratio: f64) -> f64 {
        10.0 * ratio.log10()
    }

    struct Silence;

    impl Microphone for Silence {
        fn capture(&mut self, _: &mut [f32; FRAME]) -> bool {
            true
        }
    }

    /// Only the echo canceller: what noise suppression takes as well is none of its merit.
    const ECHO: Wanted = Wanted {
        echo_cancellation: true,
        noise_suppression: false,
        auto_gain_control: false,
    };

    #[test]
    fn the_echo_of_what_is_played_is_reduced_by_25_decibels_and_who_speaks_is_heard() {
        let (far, walls) = (FarEnd::default(), Loop::default());
        let clean = far.clean(Silence, ECHO);
        let (mut theirs, mut ours) = (Speech::new(1), Speech::new(77));
        let (mut echo_before, mut echo_after) = (0.0, 0.0);
        for frame in 0..500 {
            let played = theirs.frame();
            far.play(&played);
            walls.play(&played);
            let mut heard = walls.echo();
            let before = energy(&heard);
            clean.processor.capture(&mut heard);
            // It learns for five seconds, and is measured for five.
            if frame >= 250 {
                echo_before += before;
                echo_after += energy(&heard);
            }
        }
        let reduction = decibels(echo_before / echo_after);
        let mut loss = |they_speak: bool| {
            let (mut said, mut sent) = (0.0, 0.0);
            for _ in 0..150 {
                let played = if they_speak { theirs.frame() } else { [0.0; FRAME] };
                far.play(&played);
                walls.play(&played);
                let near = ours.frame();
                said += energy(&near);
                let mut heard = walls.echo();
                heard.iter_mut().zip(near).for_each(|(sum, near)| *sum += near);
                clean.processor.capture(&mut heard);
                sent += energy(&heard);
            }
            decibels(said / sent)
        };
        let (alone, both) = (loss(false), loss(true));
        println!("echo −{reduction:.1} dB, near end −{alone:.1} dB, while both speak −{both:.1} dB");
        assert!(reduction >= 25.0, "{reduction} dB");
        assert!(alone < 3.0, "{alone} dB");
        assert!(both < 12.0, "{both} dB");
    }

    #[test]
    fn steady_noise_is_taken_out() {
        let noise = Wanted {
            echo_cancellation: false,
            noise_suppression: true,
            auto_gain_control: false,
        };
        let clean = FarEnd::default().clean(Silence, noise);
        let (mut before, mut after, mut seed) = (0.0, 0.0, 5_u32);
        for frame in 0..250 {
            let mut heard = std::array::from_fn(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 8) as f32 / 8_388_608.0 - 1.0) * 0.02
            });
            let was = energy(&heard);
            clean.processor.capture(&mut heard);
            if frame >= 125 {
                before += was;
                after += energy(&heard);
            }
        }
        assert!(decibels(before / after) > 6.0, "{}", decibels(before / after));
    }
}
