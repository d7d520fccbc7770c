//! Looks at what comes in: decodes every picture, as a window would.

use crate::media::{
    gaps::Gaps,
    hub::Hub,
    picture::Picture,
    streams::{Shown, Streams},
    vpx::Decoder,
};
use session::{View, view::StreamId};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant,
};

/// Frames that wait to be decoded.
const DEPTH: usize = 32;

/// One watcher for each stream that a view shows.
#[derive(Debug)]
pub struct Watchers {
    streams: Streams,
    all: BTreeMap<StreamId, Watcher>,
}

/// Looks at one stream.
#[derive(Debug)]
struct Watcher {
    shown: Shown,
    seen: Arc<Mutex<Seen>>,
}

/// What was seen and heard of a stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// How many frames were decoded.
    pub frames: u64,
    /// How many could not be decoded.
    pub errors: u64,
    /// The size of the last picture.
    pub width: usize,
    /// The size of the last picture.
    pub height: usize,
    /// The last picture's fingerprint.
    pub picture: u64,
    /// `totalAudioEnergy`
    pub energy: f64,
    /// `freezeCount` and `totalFreezesDuration`
    pub gaps: Gaps,
    /// When the first picture was there.
    pub first: Option<Instant>,
}

impl Watchers {
    /// Makes one that finds streams here.
    pub fn new(streams: Streams) -> Self {
        Self {
            streams,
            all: BTreeMap::new(),
        }
    }

    /// Looks at whatever a view shows from now on, and at nothing else.
    pub fn follow(&mut self, view: &View) {
        let people = view.people.iter();
        let shown: Vec<_> = people
            .flat_map(|person| [person.stream.clone(), person.screen.clone()])
            .flatten()
            .collect();
        // Whoever was looked at and is gone takes its connection with it, which ends the thread.
        self.all.retain(|id, _| shown.contains(id));
        for id in shown {
            if !self.all.contains_key(&id)
                && let Some(watcher) = self.streams.get(&id.0).map(Watcher::new)
            {
                self.all.insert(id, watcher);
            }
        }
    }

    /// Tells what was seen and heard of a stream.
    pub fn seen(&self, stream: Option<&StreamId>) -> Seen {
        let watcher = stream.and_then(|id| self.all.get(id));
        watcher.map(Watcher::seen).unwrap_or_default()
    }
}

impl Watcher {
    fn new(shown: Shown) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        if let Some(pictures) = &shown.pictures
            && let Err(error) = look(pictures, seen.clone())
        {
            tracing::error!(%error, "nobody looks at the pictures");
        }
        Self { shown, seen }
    }

    fn seen(&self) -> Seen {
        let voice = self.shown.voice.as_ref();
        Seen {
            energy: voice.map(|voice| voice.level.energy()).unwrap_or_default(),
            ..self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }
}

/// Decodes in a thread of its own, until the stream is gone.
fn look(pictures: &Arc<Hub>, seen: Arc<Mutex<Seen>>) -> anyhow::Result<()> {
    let mut decoder = Decoder::new()?;
    let mut chunks = pictures.listen(DEPTH, None);
    let pictures = Arc::downgrade(pictures);
    let thread = thread::Builder::new().name("decoder".to_owned());
    thread.spawn(move || {
        while let Some(chunk) = chunks.blocking_recv() {
            let decoded = decoder.decode(&chunk.data);
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            match decoded {
                Ok(Some(picture)) => seen.take(&picture),
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "a frame cannot be decoded");
                    seen.errors += 1;
                    if let Some(pictures) = pictures.upgrade() {
                        pictures.lose();
                        pictures.request_key();
                    }
                }
            }
        }
    })?;
    Ok(())
}

impl Seen {
    fn take(&mut self, picture: &Picture) {
        let now = Instant::now();
        self.first.get_or_insert(now);
        self.gaps.frame(now);
        self.frames += 1;
        self.width = picture.width();
        self.height = picture.height();
        self.picture = picture.fingerprint();
    }
}
