//! Bodies of the posts API, as the ancestor has them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A post with its id: the unit of every answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The id that the store gave it.
    pub id: String,
    /// What it holds.
    pub data: PostData,
}

/// What a post holds. Fields that are not named here are kept as they were sent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PostData {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A picture as a data URL, at most [`crate::limits::PHOTO_BYTES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// Who wrote it, by the author's own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// When the server took it (RFC 3339). Never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regist_datetime: Option<String>,
    /// When it was last changed (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_datetime: Option<String>,
    /// Whatever else was sent.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What is wrong and what would be right, for a person to read.
    pub error: String,
}
