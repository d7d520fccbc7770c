//! What can be saved: files of ours, under addresses that nobody can guess and that lead nowhere else.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What an address begins with. A page that meets one must ask the program; no other program knows it.
const SCHEME: &str = "tsukiyo-file:";

/// The shelf. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Mutex<BTreeMap<String, PathBuf>>>);

impl Shelf {
    /// Lays a file on the shelf, and returns its address.
    pub fn put(&self, path: PathBuf) -> String {
        let random: [u8; 16] = crate::native::random_bytes();
        let url = format!("{SCHEME}{:032x}", u128::from_le_bytes(random));
        self.lock().insert(url.clone(), path);
        url
    }

    /// Finds what has this address.
    pub fn find(&self, url: &str) -> Option<PathBuf> {
        self.lock().get(url).cloned()
    }

    /// Takes something from the shelf. The file itself stays.
    pub fn take(&self, url: &str) {
        self.lock().remove(url);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
