//! Plays what comes in: mixes all voices, 50 times a second, whether there is a speaker or not.

use super::{
    microphone::{FRAME, STEP},
    streams::Streams,
};
use std::{thread, time::Instant};

/// Begins to play, in a thread of its own, for as long as the program runs.
///
/// # Errors
/// The system has no thread for it.
pub fn run(streams: Streams) -> std::io::Result<()> {
    let thread = thread::Builder::new().name("playout".to_owned());
    thread.spawn(move || {
        let mut due = Instant::now();
        let mut frame = [0.0; FRAME];
        loop {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            due += STEP;
            for voice in streams.voices() {
                voice.play(&mut frame);
            }
        }
    })?;
    Ok(())
}
