//! A file that comes: under a name of our own, in a folder of our own, until the person saves it.

use super::{Shelf, beside};
use crate::folders::caches;
use futures::future::{FutureExt, LocalBoxFuture};
use session::platform::{Exception, WritableFile};
use std::{
    cell::RefCell,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::runtime::Handle;

const FOLDER: &str = "received";
/// What a program left behind that is long gone. One that receives something has it for as long as it runs.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// `FileSystemWritableFileStream`
#[derive(Debug)]
pub struct Received {
    background: Handle,
    shelf: Shelf,
    file: Arc<Mutex<fs::File>>,
    path: PathBuf,
    /// Where it is to be had, once it is complete.
    url: Rc<RefCell<Option<String>>>,
}

impl Received {
    /// Makes a place for one.
    ///
    /// # Errors
    /// There is none.
    pub async fn create(background: Handle, shelf: Shelf) -> Result<Self, Exception> {
        let (file, path) = beside(&background, || create_in(&caches().join(FOLDER))).await?;
        Ok(Self {
            background,
            shelf,
            file: Arc::new(Mutex::new(file)),
            path,
            url: Rc::default(),
        })
    }
}

fn create_in(folder: &Path) -> io::Result<(fs::File, PathBuf)> {
    fs::create_dir_all(folder)?;
    sweep(folder);
    let random: [u8; 16] = crate::native::random_bytes();
    let path = folder.join(format!("{:032x}", u128::from_le_bytes(random)));
    Ok((fs::File::create_new(&path)?, path))
}

/// Removes what was left behind. What cannot be removed is tried again the next time.
fn sweep(folder: &Path) {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|about| about.modified());
        let age = changed.ok().and_then(|changed| now.duration_since(changed).ok());
        if age.is_some_and(|age| age > OLD) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl WritableFile for Received {
    fn write(&self, bytes: Vec<u8>) -> LocalBoxFuture<'static, Result<(), Exception>> {
        let (file, background) = (self.file.clone(), self.background.clone());
        let write = move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(&bytes)
        };
        async move { beside(&background, write).await }.boxed_local()
    }

    fn close(&self) -> LocalBoxFuture<'static, Result<String, Exception>> {
        let (file, background) = (self.file.clone(), self.background.clone());
        let sync = move || file.lock().unwrap_or_else(PoisonError::into_inner).sync_all();
        let (shelf, path, place) = (self.shelf.clone(), self.path.clone(), self.url.clone());
        async move {
            beside(&background, sync).await?;
            let url = shelf.put(path);
            place.replace(Some(url.clone()));
            Ok(url)
        }
        .boxed_local()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if let Some(url) = self.url.take() {
            self.shelf.take(&url);
        }
        // The sweep of another day finds it otherwise.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_came_is_on_the_shelf_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (file, path) = create_in(folder.path()).unwrap();
        let shelf = Shelf::default();
        let received = Received {
            background: Handle::current(),
            shelf: shelf.clone(),
            file: Arc::new(Mutex::new(file)),
            path: path.clone(),
            url: Rc::default(),
        };
        received.write(b"ab".to_vec()).await.unwrap();
        received.write(b"c".to_vec()).await.unwrap();
        let url = received.close().await.unwrap();
        assert_eq!(shelf.find(&url), Some(path.clone()));
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        drop(received);
        assert_eq!(shelf.find(&url), None);
        assert!(!path.exists());
    }

    #[test]
    fn what_is_old_is_swept_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (old, path) = create_in(folder.path()).unwrap();
        old.set_modified(SystemTime::now() - 2 * OLD).unwrap();
        let (_, new) = create_in(folder.path()).unwrap();
        assert!(!path.exists());
        sweep(folder.path());
        assert!(new.exists());
    }
}
