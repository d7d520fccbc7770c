//! The thread that writes: it takes frames as they come, and puts them into the file once a second.

use super::{
    Frame, Progress, Whose,
    film::{Film, Number},
    size,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

/// How often the file grows; what a crash costs.
const STEP: Duration = Duration::from_secs(1);
/// Sound may be late by this, and is put in its place all the same.
const LATE: Duration = Duration::from_millis(500);

/// What the writer is told.
#[derive(Debug)]
pub enum Message {
    /// A frame came.
    Frame(Frame),
    /// What happens from now on is left out, or no longer.
    Pause(bool),
    /// That is all.
    End,
}

/// Writes one file.
#[derive(Debug)]
pub struct Writer {
    film: Film<File>,
    time: Time,
    tracks: BTreeMap<Whose, Option<Number>>,
    /// Pictures that cannot be decoded before a key frame comes.
    astray: BTreeSet<Whose>,
    progress: Arc<Mutex<Progress>>,
}

/// The film's time: it stands still while the recording pauses.
#[derive(Debug, Clone, Copy)]
struct Time {
    began: Instant,
    paused: Option<Instant>,
    left_out: Duration,
}

impl Time {
    fn new(now: Instant) -> Self {
        Self {
            began: now,
            paused: None,
            left_out: Duration::ZERO,
        }
    }

    fn pause(&mut self, paused: bool, now: Instant) {
        match (self.paused, paused) {
            (None, true) => self.paused = Some(now),
            (Some(since), false) => {
                self.left_out += now.saturating_duration_since(since);
                self.paused = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// What a moment is called in the film.
    fn of(&self, at: Instant) -> Duration {
        let at = self.paused.map_or(at, |since| at.min(since));
        at.saturating_duration_since(self.began)
            .saturating_sub(self.left_out)
    }
}

impl Writer {
    /// Makes one that tells here how it goes.
    pub fn new(film: Film<File>, progress: Arc<Mutex<Progress>>) -> Self {
        Self {
            film,
            time: Time::new(Instant::now()),
            tracks: BTreeMap::new(),
            astray: BTreeSet::new(),
            progress,
        }
    }

    /// Writes until it is told that this is all.
    pub fn run(mut self, messages: &Receiver<Message>) {
        let progress = self.progress.clone();
        let written = self.write(messages).and_then(|()| self.film.finish());
        if let Err(error) = written {
            tracing::error!(%error, "the recording ends here");
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.full = error.kind() == io::ErrorKind::StorageFull;
            progress.trouble = Some(error.to_string());
        }
    }

    fn write(&mut self, messages: &Receiver<Message>) -> io::Result<()> {
        let mut due = Instant::now() + STEP;
        loop {
            match messages.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(Message::Frame(frame)) => self.take(frame),
                Ok(Message::Pause(paused)) => self.pause(paused),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            let now = Instant::now();
            if now >= due {
                due = now + STEP;
                self.film.write(self.time.of(now).saturating_sub(LATE))?;
                let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
                progress.seconds = self.film.duration().as_secs_f64();
                progress.bytes = self.film.bytes();
            }
        }
    }

    fn pause(&mut self, paused: bool) {
        self.time.pause(paused, Instant::now());
        if paused {
            let pictures = self.tracks.keys().filter(|whose| whose.is_pictures);
            self.astray = pictures.cloned().collect();
        }
    }

    fn take(&mut self, Frame { whose, name, chunk }: Frame) {
        if self.time.paused.is_some() {
            return;
        }
        if chunk.key {
            self.astray.remove(&whose);
        } else if self.astray.contains(&whose) {
            return;
        }
        let number = match self.tracks.get(&whose) {
            Some(number) => *number,
            None => {
                let number = if whose.is_pictures {
                    // It begins with a key frame, which tells its size.
                    let Some((width, height)) = size(&chunk.data) else {
                        return;
                    };
                    self.film.add_pictures(&name, width, height)
                } else {
                    self.film.add_sound(&name)
                };
                if number.is_none() {
                    tracing::warn!("there is no room for another track");
                }
                self.tracks.insert(whose, number);
                number
            }
        };
        if let Some(number) = number {
            self.film
                .push(number, self.time.of(chunk.at), chunk.key, chunk.data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_films_time_stands_still_while_it_pauses() {
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut time = Time::new(began);
        assert_eq!(time.of(after(3)), Duration::from_secs(3));
        time.pause(true, after(4));
        time.pause(true, after(6));
        assert_eq!(time.of(after(9)), Duration::from_secs(4));
        time.pause(false, after(10));
        time.pause(false, after(11));
        assert_eq!(time.of(after(12)), Duration::from_secs(6));
        assert_eq!(time.of(began), Duration::ZERO);
    }
}
