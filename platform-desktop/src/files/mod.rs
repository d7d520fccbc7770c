//! Files that go from person to person: the ones that are picked to be given, and the places where those that come are kept.

mod given;
mod received;
mod save;
mod shelf;

pub use save::save;
pub use shelf::Shelf;

use crate::window::dialog;
use futures::future::{FutureExt, LocalBoxFuture};
use given::Given;
use received::Received;
use session::platform::{Exception, File, WritableFile};
use std::{cell::RefCell, path::PathBuf, rc::Rc};
use tokio::runtime::Handle;

/// Gives files away and keeps those that come. Clones are the same.
#[derive(Debug, Clone)]
pub struct Files {
    background: Handle,
    picker: Picker,
    shelf: Shelf,
}

/// Who picks what is given.
#[derive(Debug, Clone)]
pub enum Picker {
    /// The person, in the system's own dialog.
    Person,
    /// Somebody who has named them before.
    Named(Rc<RefCell<Vec<PathBuf>>>),
}

impl Files {
    /// Makes one that lays what has come on this shelf.
    pub fn new(background: Handle, picker: Picker, shelf: Shelf) -> Self {
        Self {
            background,
            picker,
            shelf,
        }
    }

    /// `showOpenFilePicker()`. What cannot be read is left out.
    pub fn pick(&self) -> LocalBoxFuture<'static, Vec<Rc<dyn File>>> {
        let (background, picker) = (self.background.clone(), self.picker.clone());
        async move {
            let paths = match picker {
                Picker::Person => dialog::pick(true, &[]).await,
                Picker::Named(paths) => paths.take(),
            };
            let open = |path: &PathBuf| {
                let given = Given::open(background.clone(), path);
                given.inspect_err(
                    |error| tracing::warn!(%error, path = %path.display(), "a file cannot be given"),
                )
            };
            let files = paths.iter().filter_map(|path| open(path).ok());
            files.map(|file| Rc::new(file) as Rc<dyn File>).collect()
        }
        .boxed_local()
    }

    /// Lets the person pick a film to be played as a camera.
    pub async fn pick_film(&self) -> Option<PathBuf> {
        match self.picker {
            Picker::Person => dialog::pick(false, &["*.y4m", "*.ivf"]).await.into_iter().next(),
            Picker::Named(_) => None,
        }
    }

    /// `createWritable()`
    pub fn create(&self) -> LocalBoxFuture<'static, Result<Rc<dyn WritableFile>, Exception>> {
        let (background, shelf) = (self.background.clone(), self.shelf.clone());
        async move {
            let received = Received::create(background, shelf).await?;
            Ok(Rc::new(received) as Rc<dyn WritableFile>)
        }
        .boxed_local()
    }
}

/// Runs what takes its time on Tokio's threads for that.
async fn beside<T: Send + 'static>(
    background: &Handle,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Exception> {
    let done = background.spawn_blocking(work).await;
    let ends = |_| Exception::new("AbortError", "the program ends");
    let failed = |error: std::io::Error| Exception::new("NotReadableError", error.to_string());
    done.map_err(ends)?.map_err(failed)
}
