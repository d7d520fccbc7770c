//! Opens the data file and explains why it cannot be opened.

use std::{
    fmt::Display,
    fs::{self, File},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, StorageBackend, StorageError,
    backends::InMemoryBackend,
};

use super::{
    compact::compact,
    composite::{Composite, Composites, Shape},
    history::Kept,
    room::{Room, RoomyFile},
    tables::{COMPOSITE_ENTRIES, COMPOSITES, DOCUMENTS, GROUPS, HISTORY, INDEX, META},
};
use crate::{path::key, time::Micros};

/// Version of keys and rows, written into each file.
const FORMAT: i64 = 2;
/// A version that lacks only the tables of the past and of groups, which are made when such a file is opened.
const FORMAT_WITHOUT_PAST: i64 = 1;
/// Key of the version.
const FORMAT_KEY: &str = "format";
/// Key of the time of the last commit.
pub(super) const LAST_COMMIT_KEY: &str = "last_commit";
/// Key of the time from which on the past is known.
pub(super) const SINCE_KEY: &str = "past_since";
/// Key of the bytes that the past takes.
pub(super) const PAST_BYTES_KEY: &str = "past_bytes";
/// Key of the bytes that documents and indexes take.
pub(super) const LIVE_BYTES_KEY: &str = "live_bytes";
/// Key of a random number that tells one file from another.
const ID_KEY: &str = "id";

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

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// A random number that tells one file from another.
    pub(super) id: i64,
    /// When the last commit happened.
    pub(super) last: Micros,
    /// What is kept of the past.
    pub(super) kept: Kept,
    /// Bytes that documents and indexes take, without what the file itself needs to hold them.
    pub(super) live: u64,
    /// The indexes of several fields.
    pub(super) composites: Arc<Composites>,
    /// How far the unfinished index of a number is.
    pub(super) building: Option<(u64, Vec<u8>)>,
}

impl Facts {
    /// Gives up indexes that are not finished.
    pub(super) fn without_unfinished(mut self) -> Self {
        if self.composites.unfinished().is_some() {
            Arc::make_mut(&mut self.composites).drop_unfinished();
        }
        self
    }
}

/// The file, open.
pub(super) struct Opened {
    pub(super) database: Database,
    /// What it says of itself.
    pub(super) facts: Facts,
    /// Its room on the disk; memory has no end that could be asked for.
    pub(super) room: Option<Room>,
}

/// Opens the file, makes its tables, and makes it smaller if most of it is unused.
///
/// `cache` is how many bytes of the file are kept in memory at most.
pub(super) fn open(path: Option<&Path>, cache: usize) -> Result<Opened, OpenError> {
    let Some(path) = path else {
        return open_without_room(InMemoryBackend::new());
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
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io)?;
        let (file, room) = RoomyFile::new(file).map_err(|error| explain(path, error))?;
        let mut database = Builder::new()
            .set_cache_size(cache)
            .create_with_backend(file)
            .map_err(|error| explain(path, error))?;
        let facts = prepare(&database, path)?;
        compact(&mut database, &room, &facts);
        Ok(Opened {
            database,
            facts,
            room: Some(room),
        })
    }));
    opened.unwrap_or_else(|_| {
        Err(OpenError::Damaged {
            path: path.to_owned(),
            reason: "its pages contradict each other".to_owned(),
        })
    })
}

/// Opens what is no file on a disk that could be full.
pub(super) fn open_without_room(backend: impl StorageBackend) -> Result<Opened, OpenError> {
    let path = Path::new("(memory)");
    let database = Builder::new()
        .create_with_backend(backend)
        .map_err(|error| explain(path, error))?;
    let facts = prepare(&database, path)?;
    Ok(Opened {
        database,
        facts,
        room: None,
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

fn prepare(database: &Database, path: &Path) -> Result<Facts, OpenError> {
    let damaged = |error: &dyn Display| OpenError::Damaged {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    match read_format(database).map_err(|error| damaged(&error))? {
        Some(FORMAT) => {}
        None | Some(FORMAT_WITHOUT_PAST) => create_tables(database).map_err(|error| damaged(&error))?,
        Some(found) => {
            return Err(OpenError::Format {
                path: path.to_owned(),
                found,
            });
        }
    }
    read_facts(database).map_err(|error| damaged(&error))
}

fn read_format(database: &Database) -> Result<Option<i64>, redb::Error> {
    match database.begin_read()?.open_table(META) {
        Ok(meta) => Ok(meta.get(FORMAT_KEY)?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn read_facts(database: &Database) -> Result<Facts, redb::Error> {
    let meta = database.begin_read()?.open_table(META)?;
    let fact = |key| -> Result<i64, redb::Error> { Ok(meta.get(key)?.map_or(0, |fact| fact.value())) };
    Ok(Facts {
        id: fact(ID_KEY)?,
        last: Micros(fact(LAST_COMMIT_KEY)?),
        kept: Kept {
            since: Micros(fact(SINCE_KEY)?),
            bytes: fact(PAST_BYTES_KEY)?.cast_unsigned(),
        },
        live: match meta.get(LIVE_BYTES_KEY)? {
            Some(live) => live.value().cast_unsigned(),
            None => measure(database)?,
        },
        composites: Arc::new(read_composites(database)?),
        building: None,
    })
}

/// Adds up what documents and indexes take, in a file of a version that did not count it.
fn measure(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_read()?;
    let mut live = 0;
    for item in transaction.open_table(DOCUMENTS)?.iter()? {
        let (key, row) = item?;
        live += size(key.value().len() + row.value().len());
    }
    for entries in [INDEX, COMPOSITE_ENTRIES] {
        for item in transaction.open_table(entries)?.iter()? {
            live += entry_size(item?.0.value());
        }
    }
    Ok(live)
}

/// Returns what an entry of an index takes.
pub(super) fn entry_size(key: &[u8]) -> u64 {
    size(key.len() + size_of::<u16>())
}

/// Counts bytes of memory, which a file can count too.
pub(super) fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn read_composites(database: &Database) -> Result<Composites, redb::Error> {
    let mut composites = Composites::default();
    for item in database.begin_read()?.open_table(COMPOSITES)?.iter()? {
        let (id, bytes) = item?;
        let (shape, ready) =
            Shape::from_bytes(bytes.value()).map_err(|error| StorageError::Corrupted(error.to_string()))?;
        composites.insert(
            shape,
            Composite {
                id: id.value(),
                ready,
            },
        );
    }
    Ok(composites)
}

/// Makes the tables of a new file, or those that a file of the version before lacks.
fn create_tables(database: &Database) -> Result<(), redb::Error> {
    let random =
        getrandom::u64().map_err(|error| StorageError::Io(std::io::Error::other(error.to_string())))?;
    let transaction = database.begin_write()?;
    {
        let documents = transaction.open_table(DOCUMENTS)?;
        transaction.open_table(INDEX)?;
        transaction.open_table(COMPOSITE_ENTRIES)?;
        transaction.open_table(COMPOSITES)?;
        transaction.open_table(HISTORY)?;
        let mut groups = transaction.open_table(GROUPS)?;
        for item in documents.iter()? {
            let name =
                key::decode(item?.0.value()).map_err(|error| StorageError::Corrupted(error.to_string()))?;
            let group = key::group(&name.collection());
            let count = groups.get(group.as_slice())?.map_or(0, |count| count.value());
            groups.insert(group.as_slice(), count + 1)?;
        }
        let mut meta = transaction.open_table(META)?;
        let last = meta
            .get(LAST_COMMIT_KEY)?
            .map_or(Micros(0), |last| Micros(last.value()));
        // A listener to an empty file must be told a time, too.
        let now = last.next();
        meta.insert(LAST_COMMIT_KEY, now.0)?;
        meta.insert(SINCE_KEY, now.0)?;
        meta.insert(PAST_BYTES_KEY, 0)?;
        meta.insert(ID_KEY, random.cast_signed())?;
        meta.insert(FORMAT_KEY, FORMAT)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CACHE: usize = 1024 * 1024;

    #[test]
    fn a_file_that_is_not_ours_is_named_as_damaged() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.redb");
        fs::write(&path, b"not a database at all".repeat(1_000)).unwrap();
        let error = open(Some(&path), CACHE).err().unwrap();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("x.redb"), "{error}");
    }

    #[test]
    fn a_file_cut_short_is_named_as_damaged() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.redb");
        drop(open(Some(&path), CACHE).unwrap());
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 3]).unwrap();
        let error = open(Some(&path), CACHE).err().unwrap();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    }

    #[test]
    fn a_file_in_use_is_named_as_such() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/down/x.redb");
        let _first = open(Some(&path), CACHE).unwrap();
        assert!(matches!(open(Some(&path), CACHE), Err(OpenError::InUse(_))));
    }
}
