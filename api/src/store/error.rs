//! Why the store did not do what it was asked for.

use gcloud_sdk::tonic::{Code, Status};

/// Firestore's status codes, as far as a caller can act on them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no document of that name.
    #[error("there is no such document")]
    NotFound,
    /// There is one already, and it was to be new.
    #[error("there is such a document already")]
    AlreadyExists,
    /// A page was asked for after a post that is not there, or that has no place in the order.
    #[error("\"last\" names no post: {0:?}; pass the id of the last post of the page before")]
    UnknownCursor(String),
    /// The document would be larger than Firestore holds.
    #[error(
        "a document must have at most {} bytes as Firestore counts them",
        super::size::DOCUMENT_BYTES
    )]
    TooLarge,
    /// Firestore does not take it, for the reason it gives.
    #[error("the database refused it: {0}")]
    Refused(String),
    /// Others write the same documents at this moment. Another try may do.
    #[error("the document is being written by somebody else")]
    Contended,
    /// Another server has the room now, and what is to be stored of it is for that one to store.
    #[error("another server has taken the room")]
    Deposed,
    /// A quota is used up. Another try later may do.
    #[error("the database is busy")]
    Exhausted,
    /// The database cannot be reached or did not answer in time. Whether a write took place is not known.
    #[error("the database is out of reach: {0}")]
    Unavailable(String),
    /// Anything else, which is a fault of ours or of the database.
    #[error("the database failed: {0}")]
    Internal(String),
}

impl StoreError {
    /// Says whether the same request may succeed in a moment.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contended)
    }
}

impl From<Status> for StoreError {
    fn from(status: Status) -> Self {
        let message = status.message().to_owned();
        match status.code() {
            Code::NotFound => Self::NotFound,
            Code::AlreadyExists => Self::AlreadyExists,
            Code::InvalidArgument if says_too_large(&message) => Self::TooLarge,
            Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => Self::Refused(message),
            Code::Aborted => Self::Contended,
            Code::ResourceExhausted => Self::Exhausted,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Self::Unavailable(message),
            // A connection that breaks under a call comes as `Unknown` with the transport's error as its source.
            Code::Unknown if std::error::Error::source(&status).is_some() => Self::Unavailable(message),
            Code::Ok
            | Code::Unknown
            | Code::PermissionDenied
            | Code::Unimplemented
            | Code::Internal
            | Code::DataLoss
            | Code::Unauthenticated => Self::Internal(status.to_string()),
        }
    }
}

/// Firestore has no code of its own for a document over the limit; its messages are
/// "Document '…' cannot be written because its size (…) exceeds the maximum allowed size of 1,048,576 bytes." and
/// "The value of property \"…\" is longer than 1048487 bytes.".
fn says_too_large(message: &str) -> bool {
    message.contains("exceeds the maximum") || message.contains("is longer than")
}

impl From<firestore::errors::FirestoreError> for StoreError {
    fn from(error: firestore::errors::FirestoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
