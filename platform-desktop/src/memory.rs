//! What is remembered, in a file of the person's own.

use crate::folders;
use app::Keep;
use std::{cell::RefCell, collections::BTreeMap, fs, path::PathBuf};

type Notes = BTreeMap<String, String>;

/// Short notes, some of which outlive the program.
#[derive(Debug)]
pub struct Memory {
    /// Where the lasting ones are; `None` where there is no place for them.
    file: Option<PathBuf>,
    lasting: RefCell<Notes>,
    passing: RefCell<Notes>,
}

impl Memory {
    /// Reads what an earlier run remembered.
    pub fn at(file: Option<PathBuf>) -> Self {
        let text = file
            .as_ref()
            .and_then(|file| fs::read_to_string(file).ok())
            .unwrap_or_default();
        let lasting = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.into(), value.into()));
        Self {
            lasting: RefCell::new(lasting.collect()),
            passing: RefCell::default(),
            file,
        }
    }

    /// Returns what stands under a key.
    pub fn get(&self, keep: Keep, key: &str) -> Option<String> {
        self.notes(keep).borrow().get(key).cloned()
    }

    /// Remembers or forgets. A file that cannot be written is no reason to stop: it is remembered for this run.
    pub fn set(&self, keep: Keep, key: &str, value: Option<&str>) {
        let mut notes = self.notes(keep).borrow_mut();
        match value {
            // A line each: what is remembered are names and choices, which have no line breaks.
            Some(value) => notes.insert(key.to_owned(), value.replace(['\r', '\n'], " ")),
            None => notes.remove(key),
        };
        if let (Keep::Always, Some(file)) = (keep, &self.file) {
            let text: String = notes
                .iter()
                .map(|(key, value)| format!("{key}={value}\n"))
                .collect();
            let written = file
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(file, text));
            if let Err(error) = written {
                tracing::warn!(%error, "nothing is remembered");
            }
        }
    }

    fn notes(&self, keep: Keep) -> &RefCell<Notes> {
        match keep {
            Keep::Always => &self.lasting,
            Keep::Tab => &self.passing,
        }
    }
}

/// The file of the person's preferences.
pub fn preferences() -> Option<PathBuf> {
    Some(folders::config()?.join("preferences"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_outlives_the_program_and_a_place_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/preferences");
        let first = Memory::at(Some(file.clone()));
        first.set(Keep::Always, "name", Some("かぐや = 月\n"));
        first.set(Keep::Always, "gone", Some("x"));
        first.set(Keep::Always, "gone", None);
        first.set(Keep::Tab, "inside", Some("room"));
        let second = Memory::at(Some(file));
        assert_eq!(second.get(Keep::Always, "name").as_deref(), Some("かぐや = 月 "));
        assert_eq!(second.get(Keep::Always, "gone"), None);
        assert_eq!(second.get(Keep::Tab, "inside"), None);
    }
}
