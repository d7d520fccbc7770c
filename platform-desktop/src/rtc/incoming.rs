//! What comes in over a connection: one stream for each feed.

use super::counts::Counts;
use crate::media::{
    hub::Hub,
    streams::{Entry, Shown, Streams},
    voice::Voice,
};
use session::platform::{Exception, Feed};
use std::{collections::BTreeMap, sync::Arc};

/// The receiving end of a feed.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its pictures, as they come.
    pub pictures: Arc<Hub>,
    /// Its pictures, each when what was said with it is heard.
    pub in_time: Arc<Hub>,
    /// Its sound.
    pub voice: Arc<Voice>,
    /// What has come of its pictures.
    pub seen: Arc<Counts>,
    /// What has come of its sound.
    pub heard: Arc<Counts>,
}

/// Both feeds of a connection.
pub type Feeds = BTreeMap<Feed, Incoming>;

/// Makes the receiving ends of a connection.
pub fn feeds() -> Result<Feeds, Exception> {
    [Feed::Person, Feed::Screen]
        .into_iter()
        .map(|feed| Ok((feed, Incoming::new()?)))
        .collect()
}

impl Incoming {
    fn new() -> Result<Self, Exception> {
        let voice = Voice::new().map_err(|error| Exception::new("OperationError", error.to_string()))?;
        Ok(Self {
            pictures: Arc::default(),
            in_time: Arc::default(),
            voice: Arc::new(voice),
            seen: Arc::default(),
            heard: Arc::default(),
        })
    }

    /// Lets it be seen and heard under this name.
    pub fn show(&self, streams: &Streams, id: String) -> Entry {
        let shown = Shown {
            pictures: Some(self.pictures.clone()),
            in_time: Some(self.in_time.clone()),
            voice: Some(self.voice.clone()),
            packets: Some(self.voice.packets.clone()),
        };
        streams.add(id, shown)
    }
}
