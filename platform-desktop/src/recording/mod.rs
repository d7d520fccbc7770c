//! Records what comes in, as it came: a track for each person's pictures and one for their voice, and two more for a screen.
//!
//! ```text
//!   connections ──▶ Hub ──▶ one listener each ──▶ channel ──▶ one thread ──▶ Film ──▶ disk
//! ```

mod film;
mod parts;
mod writer;

use crate::media::{
    hub::{Chunk, Hub},
    streams::Streams,
};
pub use parts::Whom;

use film::Film;
use parts::{Part, parts};
use session::{
    View,
    platform::{Feed, MediaKind},
    view::StreamId,
};
use std::{
    collections::BTreeSet,
    fs::File,
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
};
use tokio::runtime::Handle;
use wire::MemberId;
use writer::{Message, Writer};

/// Frames that wait for the disk: some seconds. With more than these they are left out.
const DEPTH: usize = 1024;
/// Frames that wait to be taken from a track.
const HUB_DEPTH: usize = 64;

/// A recording that goes on.
#[derive(Debug)]
pub struct Recorder {
    background: Handle,
    streams: Streams,
    whom: Whom,
    frames: SyncSender<Message>,
    /// The names of the streams that are listened to.
    heard: BTreeSet<String>,
    pictures: Vec<Weak<Hub>>,
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
    /// It is the disk that is full.
    pub full: bool,
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
    pub fn start(background: Handle, streams: Streams, whom: Whom, path: &Path) -> io::Result<Self> {
        let film = Film::create(File::create_new(path)?)?;
        let progress = Arc::<Mutex<Progress>>::default();
        let (frames, received) = sync_channel(DEPTH);
        let writer = Writer::new(film, progress.clone());
        let thread = thread::Builder::new().name("recorder".to_owned());
        Ok(Self {
            background,
            streams,
            whom,
            frames,
            heard: BTreeSet::new(),
            pictures: Vec::new(),
            progress,
            writer: thread.spawn(move || writer.run(&received))?,
        })
    }

    /// Records whoever a view shows from now on.
    pub fn follow(&mut self, view: &View) {
        let parts = parts(view, self.whom);
        // A stream that is gone has ended its listeners.
        self.heard
            .retain(|id| parts.iter().any(|part| *part.stream.0 == **id));
        for part in parts {
            if let Some(shown) = self.streams.get(&part.stream.0)
                && self.heard.insert(part.stream.0.to_string())
            {
                self.listen(&part, MediaKind::Video, shown.pictures);
                self.listen(&part, MediaKind::Audio, shown.packets);
            }
        }
    }

    /// Records these pictures as well.
    pub fn add_screen(&mut self, member: MemberId, name: String, pictures: Arc<Hub>) {
        let part = Part {
            member,
            name,
            feed: Feed::Screen,
            stream: StreamId("".into()),
        };
        self.listen(&part, MediaKind::Video, Some(pictures));
    }

    /// Leaves out what happens, or goes on.
    pub fn pause(&self, paused: bool) {
        // A writer that is gone has said why.
        let _ = self.frames.send(Message::Pause(paused));
        if !paused {
            // Nobody could decode what follows what was left out.
            let pictures = self.pictures.iter().filter_map(Weak::upgrade);
            pictures.for_each(|hub| hub.request_key());
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
        let _ = frames.send(Message::End);
        if writer.join().is_err() {
            tracing::error!("the recorder broke down");
        }
        progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn listen(&mut self, part: &Part, kind: MediaKind, hub: Option<Arc<Hub>>) {
        let Some(hub) = hub else { return };
        let whose = Whose {
            member: part.member.clone(),
            is_screen: part.feed == Feed::Screen,
            is_pictures: kind == MediaKind::Video,
        };
        let name: Arc<str> = part.title().into();
        let mut chunks = hub.listen(HUB_DEPTH, None);
        let (frames, hub) = (self.frames.clone(), Arc::downgrade(&hub));
        if kind == MediaKind::Video {
            self.pictures.retain(|hub| hub.strong_count() > 0);
            self.pictures.push(hub.clone());
        }
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
                if !is_astray && let Err(refused) = frames.try_send(Message::Frame(frame)) {
                    if matches!(refused, TrySendError::Disconnected(_)) {
                        return;
                    }
                    is_astray = true;
                    hub.upgrade().inspect(|hub| hub.request_key());
                }
            }
        });
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
    use std::time::Duration;

    const STEP: Duration = Duration::from_secs(1);

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
