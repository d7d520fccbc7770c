//! A file of this computer that is given away.

use super::beside;
use futures::future::{FutureExt, LocalBoxFuture};
use session::platform::{Exception, File};
use std::{
    fs,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::runtime::Handle;

/// `File`
#[derive(Debug)]
pub struct Given {
    background: Handle,
    file: Arc<Mutex<fs::File>>,
    name: String,
    size: u64,
}

impl Given {
    /// Opens one. Its size is the one that it has now: what is added later is not given.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn open(background: Handle, path: &Path) -> io::Result<Self> {
        let file = fs::File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            background,
            name: name.into_owned(),
            size: about.len(),
            file: Arc::new(Mutex::new(file)),
        })
    }
}

impl File for Given {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn slice(&self, from: u64, to: u64) -> LocalBoxFuture<'static, Result<Vec<u8>, Exception>> {
        let (file, background) = (self.file.clone(), self.background.clone());
        let read = move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            (&mut *file)
                .take(to.saturating_sub(from))
                .read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        async move { beside(&background, read).await }.boxed_local()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_of_a_file_is_read_and_a_folder_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("月.txt");
        fs::write(&path, "0123456789").unwrap();
        let given = Given::open(Handle::current(), &path).unwrap();
        assert_eq!((given.name().as_str(), given.size()), ("月.txt", 10));
        assert_eq!(given.slice(2, 5).await.unwrap(), b"234");
        assert_eq!(given.slice(8, 20).await.unwrap(), b"89");
        assert!(Given::open(Handle::current(), folder.path()).is_err());
        assert!(Given::open(Handle::current(), &folder.path().join("none")).is_err());
    }
}
