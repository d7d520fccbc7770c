//! Reads what was exported: by this server, or by Google's emulator and Firestore itself.

mod entity;
mod leveldb;
mod lines;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::export::FILE;
use crate::{
    engine::Write,
    error::{Error, Result},
    path::DatabaseName,
    storage::Writes,
};

/// How deep the files of an export may lie below its directory.
const MAX_DEPTH: usize = 4;

/// An export on disk.
#[derive(Debug)]
pub(super) enum Source {
    /// Our file of lines.
    Lines(PathBuf),
    /// The files of one of Google's exports.
    Google(Vec<PathBuf>),
}

impl Source {
    /// Finds out what lies at a path: a directory, or the file in it that is called the export's.
    pub(super) fn find(path: &Path) -> Result<Self> {
        let failed =
            |error: io::Error| Error::FailedPrecondition(format!("Cannot read {}: {error}.", path.display()));
        let is_directory = fs::metadata(path).map_err(failed)?.is_dir();
        if !is_directory && path.extension().is_some_and(|extension| extension == "jsonl") {
            return Ok(Self::Lines(path.to_owned()));
        }
        let directory = if is_directory {
            path
        } else {
            path.parent().unwrap_or(path)
        };
        let lines = directory.join(FILE);
        if lines.is_file() {
            return Ok(Self::Lines(lines));
        }
        let mut outputs = Vec::new();
        let mut is_google = false;
        walk(directory, MAX_DEPTH, &mut |name, file| {
            is_google |= name.ends_with(".overall_export_metadata");
            if name.starts_with("output-") {
                outputs.push(file);
            }
        })
        .map_err(failed)?;
        if !is_google {
            return Err(Error::FailedPrecondition(format!(
                "There is neither {FILE} nor an .overall_export_metadata in {}.",
                directory.display()
            )));
        }
        outputs.sort();
        Ok(Self::Google(outputs))
    }

    /// Returns the writes that make the documents in `database`, in whatever database they were.
    pub(super) fn writes(&self, database: &DatabaseName) -> Result<Writes> {
        match self {
            Self::Lines(file) => Ok(Box::new(lines::read(file, database.clone())?)),
            Self::Google(files) => {
                let database = database.clone();
                let files = files.clone();
                Ok(Box::new(files.into_iter().flat_map(move |file| {
                    let database = database.clone();
                    leveldb::records(file)
                        .map(move |record| record.and_then(|record| entity::write(&record, &database)))
                })))
            }
        }
    }
}

fn walk(directory: &Path, depth: usize, found: &mut impl FnMut(&str, PathBuf)) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            walk(&entry.path(), depth - 1, found)?;
        } else if kind.is_file() {
            found(&entry.file_name().to_string_lossy(), entry.path());
        }
    }
    Ok(())
}

/// Makes the write that puts a document in its place.
fn put(database: &DatabaseName, path: &str, fields: crate::value::Fields) -> Result<Write> {
    let name = crate::path::DocumentName::parse(&format!("{database}/documents/{path}"))?;
    Write::update(name, fields, None, crate::precondition::Precondition::None)
}
