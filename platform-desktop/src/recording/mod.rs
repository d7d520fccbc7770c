//! Records what comes in, as it came: a track for each person's pictures and one for their voice, and two more for a screen.
//!
//! ```text
//!   connections ──▶ Hub ──▶ one listener each ──▶ channel ──▶ one thread ──▶ Film ──▶ disk
//! ```

mod film;

use crate::media::{
    hub::{Chunk, Hub},
    streams::Streams,
};
use film::{Film, Number};
use session::{
    View,
    platform::{Feed, MediaKind},
    view::{Person, StreamId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::runtime::Handle;
use wire::MemberId;

/// How often the file grows; what a crash costs.
const STEP: Duration = Duration::from_secs(1);
/// Sound may be late by this, and is put in its place all the same.
const LATE: Duration = Duration::from_millis(500);
/// Frames that wait for the disk: some seconds. With more than these they are left out.
const DEPTH: usize = 1024;
/// Frames that wait to be taken from a track.
const HUB_DEPTH: usize = 64;

/// A recording that goes on.
#[derive(Debug)]
pub struct Recorder {
    background: Handle,
    streams: Streams,
    /// Frames; `None` is the end.
    frames: SyncSender<Option<Frame>>,
    heard: BTreeSet<StreamId>,
    progress: Arc<Mutex<Progress>>,
    writer: JoinHandle<()>,
}

/// How a recording goes.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Progress {
    /// How many seconds are on the disk.
    pub seconds: f64,
    /// How many bytes they take.
    pub bytes: u64,
    /// Why nothing more is written.
    pub trouble: Option<String>,
}

/// Whose track it is. Who connects anew goes on in the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Whose {
    member: MemberId,
    is_screen: bool,
    is_pictures: bool,
}

#[derive(Debug)]
struct Frame {
    whose: Whose,
    /// What the track is called.
    name: Arc<str>,
    chunk: Chunk,
}

impl Recorder {
    /// Begins a file, which must not be there yet.
    ///
    /// # Errors
    /// It is there, or cannot be written.
    pub fn start(background: Handle, streams: Streams, path: &Path) -> io::Result<Self> {
        let film = Film::create(File::create_new(path)?)?;
        let progress = Arc::<Mutex<Progress>>::default();
        let (frames, received) = sync_channel(DEPTH);
        let writer = Writer {
            film,
            began: Instant::now(),
            tracks: BTreeMap::new(),
            progress: progress.clone(),
        };
        let thread = thread::Builder::new().name("recorder".to_owned());
        Ok(Self {
            background,
            streams,
            frames,
            heard: BTreeSet::new(),
            progress,
            writer: thread.spawn(move || writer.run(&received))?,
        })
    }

    /// Records whoever a view shows from now on.
    pub fn follow(&mut self, view: &View) {
        let feeds = view.people.iter().flat_map(|person| {
            let feeds = [(Feed::Person, &person.stream), (Feed::Screen, &person.screen)];
            feeds
                .into_iter()
                .filter_map(move |(feed, id)| Some((person, feed, id.as_ref()?)))
        });
        let feeds: Vec<_> = feeds.collect();
        // A stream that is gone has ended its listeners.
        self.heard
            .retain(|id| feeds.iter().any(|(.., shown)| *shown == id));
        for (person, feed, id) in feeds {
            if let Some(shown) = self.streams.get(&id.0)
                && self.heard.insert(id.clone())
            {
                let sound = shown.voice.map(|voice| voice.packets.clone());
                self.listen(person, feed, MediaKind::Video, shown.pictures);
                self.listen(person, feed, MediaKind::Audio, sound);
            }
        }
    }

    /// Tells how it goes.
    pub fn progress(&self) -> Progress {
        self.progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends the file. Returns how it went.
    pub fn stop(self) -> Progress {
        let Self {
            frames,
            writer,
            progress,
            ..
        } = self;
        // Those who listen hold the other ends for as long as there are connections. A writer that is gone needs no word.
        let _ = frames.send(None);
        if writer.join().is_err() {
            tracing::error!("the recorder broke down");
        }
        progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn listen(&self, person: &Person, feed: Feed, kind: MediaKind, hub: Option<Arc<Hub>>) {
        let Some(hub) = hub else { return };
        let is_screen = feed == Feed::Screen;
        let name: Arc<str> = if is_screen {
            format!("{} (screen)", person.name.as_str()).into()
        } else {
            person.name.as_str().into()
        };
        let whose = Whose {
            member: person.id.clone(),
            is_screen,
            is_pictures: kind == MediaKind::Video,
        };
        let mut chunks = hub.listen(HUB_DEPTH, None);
        let (frames, hub) = (self.frames.clone(), Arc::downgrade(&hub));
        self.background.spawn(async move {
            let mut is_astray = false;
            while let Some(chunk) = chunks.recv().await {
                is_astray &= !chunk.key;
                let frame = Frame {
                    whose: whose.clone(),
                    name: name.clone(),
                    chunk,
                };
                // Of pictures that follow a lost one nobody could make anything.
                if !is_astray && let Err(refused) = frames.try_send(Some(frame)) {
                    if matches!(refused, std::sync::mpsc::TrySendError::Disconnected(_)) {
                        return;
                    }
                    is_astray = true;
                    hub.upgrade().inspect(|hub| hub.request_key());
                }
            }
        });
    }
}

struct Writer {
    film: Film<File>,
    began: Instant,
    tracks: BTreeMap<Whose, Option<Number>>,
    progress: Arc<Mutex<Progress>>,
}

impl Writer {
    fn run(mut self, frames: &Receiver<Option<Frame>>) {
        let progress = self.progress.clone();
        let written = self.write(frames).and_then(|()| self.film.finish());
        if let Err(error) = written {
            tracing::error!(%error, "the recording ends here");
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.trouble = Some(error.to_string());
        }
    }

    fn write(&mut self, frames: &Receiver<Option<Frame>>) -> io::Result<()> {
        let mut due = self.began + STEP;
        loop {
            match frames.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(Some(frame)) => self.take(frame),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(None) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            let now = Instant::now();
            if now >= due {
                due = now + STEP;
                self.film.write((now - self.began).saturating_sub(LATE))?;
                let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
                progress.seconds = self.film.duration().as_secs_f64();
                progress.bytes = self.film.bytes();
            }
        }
    }

    fn take(&mut self, Frame { whose, name, chunk }: Frame) {
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
            let at = chunk.at.saturating_duration_since(self.began);
            self.film.push(number, at, chunk.key, chunk.data);
        }
    }
}

/// The width and height of a key frame of VP8 (RFC 6386 §9.1); `None` for any other.
fn size(frame: &[u8]) -> Option<(u16, u16)> {
    let [
        tag,
        _,
        _,
        0x9d,
        0x01,
        0x2a,
        width_low,
        width_high,
        height_low,
        height_high,
        ..,
    ] = *frame
    else {
        return None;
    };
    // The upper two bits are a scale.
    let size = |low, high| u16::from_le_bytes([low, high]) & 0x3fff;
    let (width, height) = (size(width_low, width_high), size(height_low, height_high));
    (tag & 1 == 0 && width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{picture::Picture, vpx::Encoder};

    #[test]
    fn a_key_frame_tells_its_size_and_nothing_else_does() {
        let mut encoder = Encoder::new((322, 180), 500_000).unwrap();
        let picture = Picture::black(322, 180);
        let mut encode = |number| {
            let encoded = encoder.encode(&picture, STEP * number, STEP, false).unwrap();
            encoded.unwrap().0
        };
        assert_eq!(size(&encode(0)), Some((322, 180)));
        assert_eq!(size(&encode(1)), None);
        assert_eq!(size(b""), None);
    }
}
