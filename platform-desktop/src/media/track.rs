//! `MediaStreamTrack`

use super::{hub::Hub, level::Level};
use crate::local::Local;
use session::{
    platform::{MediaKind, MediaStream, MediaStreamTrack},
    view::StreamId,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::watch;

/// The state of a track that its capturing thread shares with everybody else.
#[derive(Debug)]
pub struct Source {
    /// Where its frames go.
    pub hub: Arc<Hub>,
    /// How loud it is, enabled or not.
    pub level: Level,
    kind: MediaKind,
    enabled: AtomicBool,
    stopped: AtomicBool,
    device: Option<String>,
    ended: watch::Sender<bool>,
}

/// A track of this computer's camera, microphone or screen. Clones are the same.
#[derive(Debug, Clone)]
pub struct Track {
    source: Arc<Source>,
    local: Local,
}

impl Source {
    /// Makes the state of a track that is open.
    pub fn new(kind: MediaKind) -> Arc<Self> {
        Self::of(kind, None)
    }

    /// Makes the state of a track of this device.
    pub fn of(kind: MediaKind, device: Option<String>) -> Arc<Self> {
        Arc::new(Self {
            hub: Arc::default(),
            level: Level::default(),
            kind,
            enabled: AtomicBool::new(true),
            stopped: AtomicBool::new(false),
            device,
            ended: watch::Sender::new(false),
        })
    }

    /// Tells whether anything may be sent.
    pub fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }

    /// Tells whether the device is to be let go.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Lets the device go.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Tells whether the device gives nothing any more.
    pub fn is_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Says that the device gives nothing any more.
    pub fn end(&self) {
        if !self.is_stopped() {
            self.ended.send_replace(true);
        }
    }
}

impl Track {
    /// Makes a track of a source, for the session's thread.
    pub fn new(source: Arc<Source>, local: Local) -> Self {
        Self { source, local }
    }

    /// Returns what the track shares with other threads.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
}

impl MediaStreamTrack for Track {
    fn kind(&self) -> MediaKind {
        self.source.kind
    }

    fn device(&self) -> Option<String> {
        self.source.device.clone()
    }

    fn set_enabled(&self, enabled: bool) {
        self.source.enabled.store(enabled, Ordering::Relaxed);
    }

    fn stop(&self) {
        self.source.stop();
    }

    fn on_ended(&self, then: impl FnOnce() + 'static) {
        let mut ended = self.source.ended.subscribe();
        self.local.spawn(async move {
            // A track that is dropped before never ends by itself.
            if ended.wait_for(|ended| *ended).await.is_ok() {
                then();
            }
        });
    }
}

/// Measures how loud a track is.
#[derive(Debug)]
pub struct Meter(pub Arc<Source>);

impl session::platform::Meter for Meter {
    fn level(&self) -> f32 {
        self.0.level.now()
    }
}

/// A stream that a surface can show.
#[derive(Debug)]
pub struct Stream {
    id: StreamId,
    /// Takes it from the list of what can be shown when it is dropped.
    _shown: super::streams::Entry,
}

impl Stream {
    /// Makes a stream of what stands in the list.
    pub fn new(shown: super::streams::Entry) -> Self {
        Self {
            id: StreamId(shown.id().into()),
            _shown: shown,
        }
    }
}

impl MediaStream for Stream {
    fn id(&self) -> StreamId {
        self.id.clone()
    }
}
