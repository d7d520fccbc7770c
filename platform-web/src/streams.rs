//! The streams that surfaces can show, by their ids.
//!
//! Pictures and sounds are apart, because elements are: one that draws would decode and mix the sound as well, though it is muted.

use session::{platform, view::StreamId};
use std::{cell::RefCell, collections::BTreeMap};
use web_sys::{MediaStream, MediaStreamTrack};

thread_local! {
    static STREAMS: RefCell<BTreeMap<StreamId, Parts>> = const { RefCell::new(BTreeMap::new()) };
}

/// Finds what a stream shows.
pub fn pictures(id: &StreamId) -> Option<MediaStream> {
    STREAMS.with_borrow(|streams| Some(Clone::clone(&streams.get(id)?.pictures)))
}

/// Finds what of a stream is to be heard.
pub fn sounds(id: &StreamId) -> Option<MediaStream> {
    STREAMS.with_borrow(|streams| Some(Clone::clone(&streams.get(id)?.sounds)))
}

/// A stream that surfaces can show for as long as this lives.
pub struct Stream {
    id: StreamId,
    parts: Parts,
}

struct Parts {
    pictures: MediaStream,
    sounds: MediaStream,
}

impl Stream {
    /// Makes a stream without tracks. `None` where there is no such interface.
    pub fn new() -> Option<Self> {
        let parts = Parts {
            pictures: MediaStream::new().ok()?,
            sounds: MediaStream::new().ok()?,
        };
        let id = StreamId(parts.pictures.id().into());
        STREAMS.with_borrow_mut(|streams| streams.insert(id.clone(), parts.clone()));
        Some(Self { id, parts })
    }

    pub fn add(&self, track: &MediaStreamTrack) {
        let part = if track.kind() == "video" {
            &self.parts.pictures
        } else {
            &self.parts.sounds
        };
        part.add_track(track);
    }
}

impl platform::MediaStream for Stream {
    fn id(&self) -> StreamId {
        self.id.clone()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        STREAMS.with_borrow_mut(|streams| streams.remove(&self.id));
    }
}

impl Clone for Parts {
    fn clone(&self) -> Self {
        // Not `pictures.clone()`: that is the browser's, which makes another stream.
        Self {
            pictures: Clone::clone(&self.pictures),
            sounds: Clone::clone(&self.sounds),
        }
    }
}
