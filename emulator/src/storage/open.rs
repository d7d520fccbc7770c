//! Opens the data file and explains why it cannot be opened.

use std::{
    fmt::Display,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError, backends::InMemoryBackend};

use super::tables::{DOCUMENTS, INDEX, META};
use crate::time::Micros;

/// Version of keys and rows, written into each file.
const FORMAT: i64 = 1;
/// Key of the version.
const FORMAT_KEY: &str = "format";
/// Key of the time of the last commit.
pub(super) const LAST_COMMIT_KEY: &str = "last_commit";
/// Bytes of the file that are kept in memory at most.
const CACHE_BYTES: usize = 256 * 1024 * 1024;

/// Why the data file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the file.
    #[error("the data file {} is in use by another process; stop that one, or name another file", .0.display())]
    InUse(PathBuf),
    /// The file is not ours, or was torn.
    #[error("the data file {} is damaged or not a data file of this server: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The file was written by another version of this server.
    #[error("the data file {} has format {found}, this server reads format {FORMAT}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The operating system refused.
    #[error("the data file {} cannot be opened: {source}", path.display())]
    Io {
        /// The file or its directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else.
    #[error("the data file cannot be opened: {0}")]
    Other(String),
}

impl OpenError {
    pub(super) fn other(error: impl Display) -> Self {
        Self::Other(error.to_string())
    }
}

/// Opens the file, makes its tables, and returns it with the time of its last commit.
pub(super) fn open(path: Option<&Path>) -> Result<(Database, Micros), OpenError> {
    let Some(path) = path else {
        let database = Builder::new()
            .create_with_backend(InMemoryBackend::new())
            .map_err(OpenError::other)?;
        return prepare(&database, Path::new("(memory)")).map(|last| (database, last));
    };
    if let Some(directory) = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
    {
        fs::create_dir_all(directory).map_err(|source| OpenError::Io {
            path: directory.to_owned(),
            source,
        })?;
    }
    // redb may panic on pages that it did not write.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let database = Builder::new()
            .set_cache_size(CACHE_BYTES)
            .create(path)
            .map_err(|error| explain(path, error))?;
        prepare(&database, path).map(|last| (database, last))
    }));
    opened.unwrap_or_else(|_| {
        Err(OpenError::Damaged {
            path: path.to_owned(),
            reason: "its pages contradict each other".to_owned(),
        })
    })
}

fn explain(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse(path),
        DatabaseError::Storage(StorageError::Io(source))
            if source.kind() != std::io::ErrorKind::InvalidData =>
        {
            OpenError::Io { path, source }
        }
        other @ (DatabaseError::LockProtocolMismatch
        | DatabaseError::RepairAborted
        | DatabaseError::UpgradeRequired(_)
        | DatabaseError::TransactionInProgress
        | DatabaseError::Storage(_)
        | _) => OpenError::Damaged {
            path,
            reason: other.to_string(),
        },
    }
}

fn prepare(database: &Database, path: &Path) -> Result<Micros, OpenError> {
    let damaged = |error: &dyn Display| OpenError::Damaged {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    if let Some((found, last)) = read_meta(database).map_err(|error| damaged(&error))? {
        if found != FORMAT {
            return Err(OpenError::Format {
                path: path.to_owned(),
                found,
            });
        }
        return Ok(last);
    }
    create_tables(database).map_err(|error| damaged(&error))?;
    Ok(Micros(0))
}

fn read_meta(database: &Database) -> Result<Option<(i64, Micros)>, redb::Error> {
    let transaction = database.begin_read()?;
    let meta = match transaction.open_table(META) {
        Ok(meta) => meta,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let Some(format) = meta.get(FORMAT_KEY)? else {
        return Ok(None);
    };
    let last = meta.get(LAST_COMMIT_KEY)?.map_or(0, |last| last.value());
    Ok(Some((format.value(), Micros(last))))
}

fn create_tables(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(DOCUMENTS)?;
    transaction.open_table(INDEX)?;
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_ours_is_named_as_damaged() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.redb");
        fs::write(&path, b"not a database at all".repeat(1_000)).unwrap();
        let error = open(Some(&path)).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("x.redb"), "{error}");
    }

    #[test]
    fn a_file_cut_short_is_named_as_damaged() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.redb");
        drop(open(Some(&path)).unwrap());
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 3]).unwrap();
        let error = open(Some(&path)).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    }

    #[test]
    fn a_file_in_use_is_named_as_such() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/down/x.redb");
        let _first = open(Some(&path)).unwrap();
        assert!(matches!(open(Some(&path)), Err(OpenError::InUse(_))));
    }
}
