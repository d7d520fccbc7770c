//! Plays what comes in: mixes all voices, 50 times a second, whether there is a speaker or not.

use super::{
    echo::FarEnd,
    microphone::{FRAME, STEP},
    speaker::Speaker,
    streams::Streams,
};
use std::{thread, time::Instant};

/// Begins to play, in a thread of its own, for as long as the program runs. Without a speaker everything is heard, and played
/// to nobody. The far end is told what is played.
///
/// # Errors
/// The system has no thread for it.
pub fn run(streams: Streams, speaker: Option<(Speaker, FarEnd)>) -> std::io::Result<()> {
    let thread = thread::Builder::new().name("playout".to_owned());
    thread.spawn(move || {
        let mut due = Instant::now();
        let (mut mix, mut frame) = ([0.0; FRAME], [0.0; FRAME]);
        loop {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            due += STEP;
            mix.fill(0.0);
            let latency = speaker.as_ref().map(|(speaker, _)| speaker.latency());
            let heard = due + latency.unwrap_or_default();
            for voice in streams.voices() {
                voice.play(&mut frame, heard);
                mix.iter_mut().zip(frame).for_each(|(sum, sample)| *sum += sample);
            }
            if let Some((speaker, far)) = &speaker {
                mix.iter_mut()
                    .for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
                speaker.play(&mut mix);
                far.play(&mix);
            }
        }
    })?;
    Ok(())
}
