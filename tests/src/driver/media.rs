//! Tracks and streams without pictures or sound.

use session::{
    platform::{MediaKind, MediaStream, MediaStreamTrack, Meter},
    view::StreamId,
};
use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

/// A track. Clones are the same.
#[derive(Clone)]
pub struct Track(Rc<Inner>);

struct Inner {
    kind: MediaKind,
    device: Option<String>,
    enabled: Cell<bool>,
    ended: Cell<bool>,
    then: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Track {
    pub fn new(kind: MediaKind, device: Option<String>) -> Self {
        Self(Rc::new(Inner {
            kind,
            device,
            enabled: Cell::new(true),
            ended: Cell::new(false),
            then: RefCell::default(),
        }))
    }

    /// Tells whether there is something to see or to hear.
    pub fn flows(&self) -> bool {
        self.0.enabled.get() && !self.0.ended.get()
    }

    /// The device holds it still.
    pub fn is_open(&self) -> bool {
        !self.0.ended.get()
    }

    /// The device is unplugged.
    pub fn unplug(&self) {
        if !self.0.ended.replace(true)
            && let Some(then) = self.0.then.take()
        {
            then();
        }
    }
}

impl MediaStreamTrack for Track {
    fn kind(&self) -> MediaKind {
        self.0.kind
    }

    fn device(&self) -> Option<String> {
        self.0.device.clone()
    }

    fn height(&self) -> Option<u32> {
        (self.0.kind == MediaKind::Video).then_some(720)
    }

    fn set_enabled(&self, enabled: bool) {
        self.0.enabled.set(enabled);
    }

    fn stop(&self) {
        self.0.ended.set(true);
    }

    fn on_ended(&self, then: impl FnOnce() + 'static) {
        self.0.then.replace(Some(Box::new(then)));
    }
}

impl fmt::Debug for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Track")
            .field("kind", &self.0.kind)
            .field("flows", &self.flows())
            .finish()
    }
}

/// A stream.
#[derive(Debug)]
pub struct Stream(pub StreamId);

impl MediaStream for Stream {
    fn id(&self) -> StreamId {
        self.0.clone()
    }
}

/// Finds every track half as loud as can be.
#[derive(Debug)]
pub struct HalfLoud;

impl Meter for HalfLoud {
    fn level(&self) -> f32 {
        0.5
    }
}
