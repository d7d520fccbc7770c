//! The one error of the server and the only place that knows its gRPC code.

use tonic::{Code, Status};

/// Why a request was refused. Messages follow Google's wording where clients or people are known to read them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The request itself is wrong, whatever is stored.
    #[error("{0}")]
    InvalidArgument(String),
    /// A document that must exist does not.
    #[error("{0}")]
    NotFound(String),
    /// A document that must not exist does.
    #[error("Document already exists: {0}")]
    AlreadyExists(String),
    /// The stored state forbids the request.
    #[error("{0}")]
    FailedPrecondition(String),
    /// The transaction lost against another writer; the client begins again.
    #[error("{0}")]
    Aborted(String),
    /// The server lacks a feature of Firestore, which is named.
    #[error("{0} is not supported by this server yet")]
    Unimplemented(String),
    /// The disk refused a write or a read.
    #[error("the data file failed: {0}")]
    Storage(String),
    /// There is no room for what would be written.
    #[error(
        "the disk is full: nothing was written, and everything can still be read; make room and try again"
    )]
    Full,
    /// A stored row cannot be understood.
    #[error("the data file is damaged: {0}")]
    Damaged(String),
    /// The server is closing.
    #[error("the server is shutting down")]
    Closing,
}

/// Result of everything that a client may cause.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Refuses a request that is wrong in itself.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidArgument(message.into())
    }

    /// Refuses a request for a feature that is not there yet.
    pub fn unimplemented(feature: impl Into<String>) -> Self {
        Self::Unimplemented(feature.into())
    }

    /// Maps the error to its gRPC code.
    pub fn code(&self) -> Code {
        match self {
            Self::InvalidArgument(_) => Code::InvalidArgument,
            Self::NotFound(_) => Code::NotFound,
            Self::AlreadyExists(_) => Code::AlreadyExists,
            Self::FailedPrecondition(_) => Code::FailedPrecondition,
            Self::Aborted(_) => Code::Aborted,
            Self::Unimplemented(_) => Code::Unimplemented,
            Self::Full => Code::ResourceExhausted,
            Self::Storage(_) | Self::Closing => Code::Unavailable,
            Self::Damaged(_) => Code::DataLoss,
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<redb::StorageError> for Error {
    fn from(error: redb::StorageError) -> Self {
        if let redb::StorageError::Corrupted(what) = error {
            return Self::Damaged(what);
        }
        Self::Storage(error.to_string())
    }
}

impl From<redb::TableError> for Error {
    fn from(error: redb::TableError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<redb::TransactionError> for Error {
    fn from(error: redb::TransactionError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<redb::CommitError> for Error {
    fn from(error: redb::CommitError) -> Self {
        Self::Storage(error.to_string())
    }
}
