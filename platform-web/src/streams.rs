//! The streams that surfaces can show, by their ids.

use session::{platform, view::StreamId};
use std::{cell::RefCell, collections::BTreeMap};
use web_sys::{MediaStream, MediaStreamTrack};

thread_local! {
    static STREAMS: RefCell<BTreeMap<StreamId, MediaStream>> = const { RefCell::new(BTreeMap::new()) };
}

/// Finds a stream for a surface.
pub fn find(id: &StreamId) -> Option<MediaStream> {
    STREAMS.with_borrow(|streams| streams.get(id).cloned())
}

/// A stream that surfaces can show for as long as this lives.
pub struct Stream {
    id: StreamId,
    stream: MediaStream,
}

impl Stream {
    /// Makes a stream without tracks. `None` where there is no such interface.
    pub fn new() -> Option<Self> {
        let stream = MediaStream::new().ok()?;
        let id = StreamId(stream.id().into());
        // Not `stream.clone()`: that is the browser's, which makes another stream.
        let known = Clone::clone(&stream);
        STREAMS.with_borrow_mut(|streams| streams.insert(id.clone(), known));
        Some(Self { id, stream })
    }

    pub fn add(&self, track: &MediaStreamTrack) {
        self.stream.add_track(track);
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
