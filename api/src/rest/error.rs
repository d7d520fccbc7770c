//! Why a request is refused, and with which status. The only place that knows both.

use crate::{
    access::Denied,
    guards,
    store::{BadFields, BadPostId, StoreError},
};
use http::StatusCode;
use std::time::Duration;
use wire::{BadId, limits};

/// Everything that a request can come to but a success. Its text is for the person who sent the request.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("there is nothing at this path; openapi.json lists what there is")]
    NoSuchPath,
    #[error("this method is not for this path; it takes {allow}")]
    Method { allow: &'static str },
    #[error("the path is not UTF-8 once it is decoded")]
    PathEncoding,
    #[error(transparent)]
    PostId(#[from] BadPostId),
    #[error(transparent)]
    RoomId(#[from] BadId),
    #[error("\"{name}\" must be {expected}, not {given:?}")]
    Parameter {
        name: &'static str,
        expected: String,
        given: String,
    },
    #[error("the body must be JSON: send the header \"Content-Type: application/json\"")]
    MediaType,
    #[error("the body must not be compressed: leave the header \"Content-Encoding\" away")]
    Encoding,
    #[error("the body must have at most {} bytes", limits::POST_BYTES)]
    BodyTooLarge,
    #[error("the body did not come to its end: {0}")]
    BodyBroken(String),
    #[error("the body did not arrive within {0:?}")]
    BodySlow(Duration),
    #[error(transparent)]
    Fields(#[from] BadFields),
    #[error("\"{0}\" must be a string or null")]
    NotText(&'static str),
    #[error(
        "\"photo\" must be a data URL of a picture: \"data:image/png;base64,…\", with png, jpeg, gif or webp and \
         nothing but base64 behind the comma"
    )]
    Photo,
    #[error("\"photo\" must have at most {limit} bytes as a data URL, not {0}", limit = limits::PHOTO_BYTES)]
    PhotoTooLarge(usize),
    #[error(
        "this room is not open to everybody: send the token of its member in the header \"Authorization: Bearer …\""
    )]
    NoToken,
    #[error("{}", access(*.0))]
    Access(#[from] Denied),
    #[error(transparent)]
    TooMany(#[from] guards::Refusal),
    #[error("the host has put you out of this room")]
    PutOut,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the server that has this room is out of reach; try again soon")]
    Unreachable,
}

impl ApiError {
    /// A body that breaks off, or whose chunks are no chunks.
    pub(super) fn from_body(error: warp::Error) -> Self {
        Self::BodyBroken(error.to_string())
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::PathEncoding
            | Self::PostId(_)
            | Self::RoomId(_)
            | Self::Parameter { .. }
            | Self::BodyBroken(_)
            | Self::Fields(_)
            | Self::NotText(_)
            | Self::Photo => StatusCode::BAD_REQUEST,
            Self::Access(Denied::Unreachable) | Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoToken | Self::Access(Denied::Nothing | Denied::Bad) => StatusCode::UNAUTHORIZED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::PutOut => StatusCode::FORBIDDEN,
            Self::BodySlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::MediaType | Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge | Self::PhotoTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Store(error) => match error {
                StoreError::NotFound => StatusCode::NOT_FOUND,
                StoreError::AlreadyExists | StoreError::Contended | StoreError::Deposed => {
                    StatusCode::CONFLICT
                }
                StoreError::UnknownCursor(_) | StoreError::Refused(_) => StatusCode::BAD_REQUEST,
                StoreError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                StoreError::Exhausted => StatusCode::TOO_MANY_REQUESTS,
                StoreError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                StoreError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// Returns what the person may read: of faults on our side, that there is one.
    pub(super) fn public_text(&self) -> String {
        match self.status() {
            StatusCode::INTERNAL_SERVER_ERROR => "something went wrong on the server".to_owned(),
            StatusCode::SERVICE_UNAVAILABLE if matches!(self, Self::Store(_)) => {
                "the database is out of reach; try again soon".to_owned()
            }
            _ => self.to_string(),
        }
    }
}

/// What whoever writes has to do.
fn access(denied: Denied) -> String {
    match denied {
        Denied::Unreachable => denied.to_string(),
        Denied::Nothing | Denied::Bad => {
            format!("{denied}: who writes here sends one in the header \"Authorization: Bearer …\"")
        }
    }
}
