//! Takes every file that is offered, and saves it.

use crate::files::{Shelf, save};
use session::{
    Command, FileCommand, View,
    view::{FileKey, FileState},
};
use std::{collections::BTreeSet, path::PathBuf};
use tokio::runtime::Handle;

/// Takes what comes.
#[derive(Debug)]
pub struct Taker {
    background: Handle,
    folder: PathBuf,
    shelf: Shelf,
    taken: BTreeSet<FileKey>,
    saved: BTreeSet<FileKey>,
}

impl Taker {
    /// Makes one that takes files from this shelf to this folder.
    pub fn new(background: Handle, folder: PathBuf, shelf: Shelf) -> Self {
        Self {
            background,
            folder,
            shelf,
            taken: BTreeSet::new(),
            saved: BTreeSet::new(),
        }
    }

    /// Looks at what there is, and says what the session is to do.
    pub fn look(&mut self, view: &View) -> Vec<Command> {
        let mut commands = Vec::new();
        for file in view.files.iter().filter(|file| !file.mine) {
            match &file.state {
                FileState::Offered if self.taken.insert(file.key) => {
                    commands.push(Command::Files(FileCommand::Take(file.key)));
                }
                FileState::Done(Some(url)) if self.saved.insert(file.key) => self.save(url, &file.name),
                FileState::Offered
                | FileState::Running(_)
                | FileState::Done(_)
                | FileState::Stopped { .. }
                | FileState::Failed(_) => {}
            }
        }
        commands
    }

    fn save(&self, url: &str, name: &str) {
        let Some(from) = self.shelf.find(url) else { return };
        let (folder, name) = (self.folder.clone(), name.to_owned());
        self.background
            .spawn_blocking(move || match save(&from, &folder, &name) {
                Ok(path) => tracing::info!(path = %path.display(), "a file is here"),
                Err(error) => tracing::error!(%error, "a file cannot be saved"),
            });
    }
}
