//! Everything that can be seen and heard at the moment, by name.

use super::{hub::Hub, voice::Voice};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The list. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<BTreeMap<String, Shown>>>);

/// One stream: pictures, sound, or both.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Its pictures, as they come.
    pub pictures: Option<Arc<Hub>>,
    /// Its pictures, each when what was said with it is heard; where it has no voice, as they come.
    pub in_time: Option<Arc<Hub>>,
    /// Its sound, to be heard.
    pub voice: Option<Arc<Voice>>,
    /// Its sound as it is compressed, to be kept.
    pub packets: Option<Arc<Hub>>,
}

/// A line in the list, which is struck out when this is dropped.
#[derive(Debug)]
pub struct Entry {
    streams: Streams,
    id: String,
}

impl Streams {
    /// Enters a stream into the list.
    pub fn add(&self, id: String, shown: Shown) -> Entry {
        self.list().insert(id.clone(), shown);
        Entry {
            streams: self.clone(),
            id,
        }
    }

    /// Finds a stream.
    pub fn get(&self, id: &str) -> Option<Shown> {
        self.list().get(id).cloned()
    }

    /// Returns all voices, to be mixed.
    pub fn voices(&self) -> Vec<Arc<Voice>> {
        let list = self.list();
        list.values().filter_map(|shown| shown.voice.clone()).collect()
    }

    fn list(&self) -> MutexGuard<'_, BTreeMap<String, Shown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Returns the name.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.streams.list().remove(&self.id);
    }
}
