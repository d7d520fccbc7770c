//! Room on the disk: asked for before it is needed, so that a full disk refuses writes and does no harm.
//!
//! redb lets its file grow by doubling, with holes, and a page that finds no room for its hole breaks the handle for
//! good: what is cached can be read, and nothing else, until the program is started anew. So the disk is asked to
//! promise the blocks of the whole file whenever it grows. Where it does not, the growth is let through all the same,
//! and the writer, which asks [`Room::holds`] before it commits, gives the commits up; that undoes the growth.

use std::{
    fs::File,
    io,
    ops::Bound,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use redb::{BackendError, StorageBackend, backends::FileBackend};

/// Free bytes that are left to others where the disk promises nothing: on a smaller disk, a part of it.
const MARGIN: u64 = 64 * 1024 * 1024;
/// The part of a disk that is left free at least, where that is less.
const MARGIN_PART: u64 = 16;
/// The part of a disk that the past may take: the file that holds it is several times as long.
const PAST_PART: u64 = 8;
/// How much of the file one written byte may come to take: its document, its entries, and the pages of all of them.
const PAGES_PER_BYTE: u64 = 4;

/// The room that the data file has.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: File,
    /// Bytes of the file that the disk promised, from its beginning.
    promised: AtomicU64,
}

/// The data file as redb sees it.
#[derive(Debug)]
pub(super) struct RoomyFile {
    file: FileBackend,
    room: Room,
}

impl RoomyFile {
    /// Wraps an open file, and returns it with its room.
    pub(super) fn new(file: File) -> Result<(Self, Room), redb::DatabaseError> {
        let room = Room(Arc::new(Inner {
            file: file.try_clone().map_err(redb::StorageError::Io)?,
            promised: AtomicU64::new(0),
        }));
        let backend = Self {
            file: FileBackend::new(file)?,
            room: room.clone(),
        };
        Ok((backend, room))
    }
}

impl Room {
    /// Tells whether all of the file can be written, with `written` bytes that wait for it.
    pub(super) fn holds(&self, written: u64) -> bool {
        let length = self.length();
        self.promise(length)
            || self.free()
                >= written
                    .saturating_mul(PAGES_PER_BYTE)
                    .saturating_add(self.margin())
    }

    /// Tells whether there is so much room that a few pages more need no thought.
    pub(super) fn is_wide(&self) -> bool {
        self.free() >= self.margin()
    }

    /// Returns how many bytes of the past such a disk is worth.
    pub(super) fn past(&self) -> u64 {
        disk(&self.0.file).1 / PAST_PART
    }

    /// Tells whether the disk promised every block of the file.
    pub(super) fn is_promised(&self) -> bool {
        self.promise(self.length())
    }

    /// Returns how long the file is.
    pub(super) fn length(&self) -> u64 {
        self.0.file.metadata().map_or(0, |file| file.len())
    }

    /// Asks the disk for the first `length` bytes of the file.
    fn promise(&self, length: u64) -> bool {
        if length <= self.0.promised.load(Ordering::Acquire) {
            return true;
        }
        // A disk that is asked for too much may take all that it has before it says no.
        let lacking = length.saturating_sub(allocated(&self.0.file));
        if lacking > 0 && self.free() < lacking.saturating_add(self.margin()) {
            return false;
        }
        match allocate(&self.0.file, length) {
            Ok(()) => {
                self.0.promised.store(length, Ordering::Release);
                true
            }
            Err(error) => {
                tracing::debug!(%error, "the disk promises nothing; its free bytes must do");
                false
            }
        }
    }

    fn margin(&self) -> u64 {
        MARGIN.min(disk(&self.0.file).1 / MARGIN_PART)
    }

    fn free(&self) -> u64 {
        disk(&self.0.file).0
    }
}

/// Returns the bytes that are free for us on the file's disk, and those that it has.
#[cfg(unix)]
fn disk(file: &File) -> (u64, u64) {
    rustix::fs::fstatvfs(file).map_or((u64::MAX, u64::MAX), |disk| {
        (
            disk.f_bavail.saturating_mul(disk.f_frsize),
            disk.f_blocks.saturating_mul(disk.f_frsize),
        )
    })
}

#[cfg(not(unix))]
fn disk(_: &File) -> (u64, u64) {
    (u64::MAX, u64::MAX)
}

/// Returns the bytes of the disk that the file takes.
#[cfg(unix)]
fn allocated(file: &File) -> u64 {
    use std::os::unix::fs::MetadataExt;
    file.metadata()
        .map_or(0, |file| file.blocks().saturating_mul(512))
}

#[cfg(not(unix))]
fn allocated(file: &File) -> u64 {
    file.metadata().map_or(0, |file| file.len())
}

/// Fills the holes in the first `length` bytes of the file; its length stays what it is.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn allocate(file: &File, length: u64) -> io::Result<()> {
    rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, 0, length).map_err(io::Error::from)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn allocate(_: &File, _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl StorageBackend for RoomyFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        if length < self.file.len()? {
            // Others may have the blocks from now on.
            self.room.0.promised.fetch_min(length, Ordering::AcqRel);
        } else {
            // Whether or not: it is the writer who must know.
            self.room.promise(length);
        }
        self.file.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
