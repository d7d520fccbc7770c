//! `posts/{postId}`.

use super::{
    Fields, Store, StoreError,
    document::Object,
    ids::new_id,
    request::{self, after, create, delete, equal, merge, newest_first, stamped},
    size,
};
use gcloud_sdk::{
    google::firestore::v1::{Document, Value, value::ValueType},
    prost_types::Timestamp,
};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::{collections::HashMap, fmt, str::FromStr};

const POSTS: &str = "posts";
/// When the post was made: it decides the order, so nothing changes it.
pub(crate) const REGISTERED: &str = "regist_datetime";
/// When the post was last changed.
pub(crate) const UPDATED: &str = "update_datetime";
const USER: &str = "user_id";
/// How a post is laid out for readers.
const ORDER: [&str; 6] = ["title", "description", "photo", USER, REGISTERED, UPDATED];

/// Names a post, by Firestore's rules for document ids: 1 to 1,500 bytes without `/`, not `.` or `..`, and not
/// `__…__`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostId(String);

/// Why a text cannot be a post's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a post's id has 1 to 1500 bytes, no '/', is not \".\" or \"..\", and does not begin and end with \"__\""
)]
pub struct BadPostId;

/// A post as Firestore holds it. Serializes as [`wire::posts::Post`], whatever types the fields have.
///
/// It is not that type itself because anybody with access to the database may write posts; one whose title is a number
/// is answered as it is rather than taking the page it is on down.
#[derive(Clone, PartialEq)]
pub struct StoredPost {
    id: String,
    fields: HashMap<String, Value>,
}

impl Store {
    /// Stores a new post under an id of its own, and stamps it with the time of the commit.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if it would have more than 1 MiB as Firestore counts it.
    pub async fn create_post(&self, fields: Fields) -> Result<StoredPost, StoreError> {
        let id = new_id()?;
        let mut fields = fields.0;
        fields.insert(REGISTERED.to_owned(), request::time(0));
        fields.insert(UPDATED.to_owned(), request::time(0));
        if size::document(POSTS, &id, &fields) > size::DOCUMENT_BYTES {
            return Err(StoreError::TooLarge);
        }
        fields.remove(REGISTERED);
        fields.remove(UPDATED);
        let write = stamped(
            create(self.post_path(&id), fields.clone()),
            &[REGISTERED, UPDATED],
        );
        let results = match self.client.commit(vec![write]).await {
            Ok(results) => results,
            // The id is ours alone: an earlier attempt has done it, and only its answer was lost.
            Err(StoreError::AlreadyExists) => return self.post(&PostId(id)).await,
            Err(error) => return Err(error),
        };
        let times = results.into_iter().flat_map(|result| result.transform_results);
        fields.extend([REGISTERED, UPDATED].map(str::to_owned).into_iter().zip(times));
        Ok(StoredPost { id, fields })
    }

    /// Returns a post.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn post(&self, id: &PostId) -> Result<StoredPost, StoreError> {
        self.client.get(self.post_path(&id.0)).await.map(StoredPost::from)
    }

    /// Returns at most `limit` posts, the newest first, and those of one time by id, descending.
    ///
    /// With `user`, only that author's. With `last`, only those that come after that post, which is named by its id;
    /// or, if `last` is a time in RFC 3339, only those that are strictly older.
    ///
    /// # Errors
    /// [`StoreError::UnknownCursor`] if `last` is neither a time nor the id of a post with a time.
    pub async fn posts(
        &self,
        user: Option<&str>,
        limit: usize,
        last: Option<&str>,
    ) -> Result<Vec<StoredPost>, StoreError> {
        let mut query = newest_first(POSTS, REGISTERED, limit);
        if let Some(user) = user {
            query = equal(query, USER, request::text(user));
        }
        if let Some(last) = last {
            query = after(query, self.place_of(last).await?);
        }
        let documents = self.client.query(self.client.path(&[]), query).await?;
        Ok(documents.into_iter().map(StoredPost::from).collect())
    }

    /// Replaces the given fields of a post and leaves the others; returns the whole.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id; [`StoreError::TooLarge`] as for a new one.
    pub async fn update_post(&self, id: &PostId, fields: Fields) -> Result<StoredPost, StoreError> {
        let path = self.post_path(&id.0);
        let write = stamped(merge(path.clone(), fields.0), &[UPDATED]);
        self.client.commit(vec![write]).await?;
        self.client.get(path).await.map(StoredPost::from)
    }

    /// Deletes a post.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of that id.
    pub async fn delete_post(&self, id: &PostId) -> Result<(), StoreError> {
        // Not repeated: after a lost answer the second attempt would deny that there ever was such a post.
        self.client
            .commit_once(vec![delete(self.post_path(&id.0))])
            .await?;
        Ok(())
    }

    fn post_path(&self, id: &str) -> String {
        self.client.path(&[POSTS, id])
    }

    /// Returns the values that a place in the order of posts has: the time, and if a post is named, its name.
    async fn place_of(&self, last: &str) -> Result<Vec<Value>, StoreError> {
        let unknown = || StoreError::UnknownCursor(last.to_owned());
        if let Some(time) = time_of(last) {
            return Ok(vec![request::value(ValueType::TimestampValue(time))]);
        }
        let id = last.parse::<PostId>().map_err(|_| unknown())?;
        let path = self.post_path(&id.0);
        let mut document = match self.client.get(path).await {
            Ok(document) => document,
            Err(StoreError::NotFound) => return Err(unknown()),
            Err(error) => return Err(error),
        };
        let time = document.fields.remove(REGISTERED).ok_or_else(unknown)?;
        Ok(vec![
            time,
            request::value(ValueType::ReferenceValue(document.name)),
        ])
    }
}

impl StoredPost {
    /// Returns the post's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl From<Document> for StoredPost {
    fn from(document: Document) -> Self {
        let id = document.name.rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            id,
            fields: document.fields,
        }
    }
}

impl Serialize for StoredPost {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut post = to.serialize_struct("Post", 2)?;
        post.serialize_field("id", &self.id)?;
        let data = Object {
            fields: &self.fields,
            first: &ORDER,
        };
        post.serialize_field("data", &data)?;
        post.end()
    }
}

/// Shows the id only: what people write does not belong into a log.
impl fmt::Debug for StoredPost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredPost")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl FromStr for PostId {
    type Err = BadPostId;

    fn from_str(text: &str) -> Result<Self, BadPostId> {
        let reserved = text.len() >= 4 && text.starts_with("__") && text.ends_with("__");
        let fits = (1..=1_500).contains(&text.len());
        if !fits || reserved || text.contains('/') || matches!(text, "." | "..") {
            return Err(BadPostId);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a point in time. A date alone is none, so that it cannot be taken for one where an id was meant.
fn time_of(text: &str) -> Option<Timestamp> {
    if !text.contains(':') {
        return None;
    }
    // In a query string an unescaped `+` of the offset arrives as a space.
    let text = text.replace(' ', "+");
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_not_taken_for_a_time() {
        assert!(time_of("2026-11-22T16:52:02.123456Z").is_some());
        assert_eq!(
            time_of("2026-11-22T18:52:02 02:00"),
            time_of("2026-11-22T16:52:02Z")
        );
        for id in ["2026-11-22", "abc", "12:30", "20261122T165202Z", ""] {
            assert_eq!(time_of(id), None, "{id}");
        }
    }
}
