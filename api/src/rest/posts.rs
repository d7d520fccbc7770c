//! `/posts` and `/posts/{id}`.

use super::{budget::Budget, error::ApiError, flights::Flights, photo, query::Query, reply};
use crate::store::{Field, Fields, PostId, Store, StoreError};
use bytes::Bytes;
use serde_json::json;
use std::time::Duration;
use warp::reply::Response;
use wire::limits::POSTS_PAGE;

/// Fields that are the server's to say. A post that was read may be sent back as it is, so they are passed over.
const OURS: [&str; 3] = ["id", "regist_datetime", "update_datetime"];
const TEXTS: [&str; 4] = ["title", "description", "photo", "user_id"];

/// What all pages together may take. A page reserves the most that its posts could have, and keeps what they have.
const MEMORY_BYTES: usize = 512 * 1024 * 1024;
const POST_BYTES: usize = 1024 * 1024;
/// How long a page waits for that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pages that are being read, as JSON: everybody who opens the app asks for the same one.
#[derive(Clone)]
pub(super) struct Pages {
    flights: Flights<Page, Result<Bytes, StoreError>>,
    memory: Budget,
}

/// Which posts a page shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Page {
    user: Option<String>,
    limit: usize,
    last: Option<String>,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            flights: Flights::default(),
            memory: Budget::new(MEMORY_BYTES, PATIENCE),
        }
    }
}

pub(super) async fn list(store: &Store, pages: &Pages, query: &Query) -> Result<Response, ApiError> {
    let page = Page {
        limit: query.limit(POSTS_PAGE)?,
        user: query.text("userId").map(str::to_owned),
        last: query.text("last").map(str::to_owned),
    };
    let (store, memory, wanted) = (store.clone(), pages.memory.clone(), page.clone());
    let read = move || read(store.clone(), memory.clone(), wanted.clone());
    let text = pages.flights.join(page, read).await.unwrap_or_else(|| {
        let reason = "reading a page of posts panicked".to_owned();
        Err(StoreError::Internal(reason))
    });
    Ok(reply::json_text(text?))
}

async fn read(store: Store, memory: Budget, page: Page) -> Result<Bytes, StoreError> {
    let reserved = memory
        .reserve(page.limit * POST_BYTES)
        .await
        .ok_or(StoreError::Exhausted)?;
    let posts = store
        .posts(page.user.as_deref(), page.limit, page.last.as_deref())
        .await?;
    let text = serde_json::to_vec(&posts)
        .map_err(|error| StoreError::Internal(format!("posts are no JSON: {error}")))?;
    Ok(reserved.hold(text))
}

pub(super) async fn create(store: &Store, fields: Fields) -> Result<Response, ApiError> {
    let post = store.create_post(checked(fields)?).await?;
    reply::json(&post)
}

pub(super) async fn get(store: &Store, id: &PostId) -> Result<Response, ApiError> {
    reply::json(&store.post(id).await?)
}

pub(super) async fn update(store: &Store, id: &PostId, fields: Fields) -> Result<Response, ApiError> {
    let post = store.update_post(id, checked(fields)?).await?;
    reply::json(&post)
}

pub(super) async fn delete(store: &Store, id: &PostId) -> Result<Response, ApiError> {
    store.delete_post(id).await?;
    reply::json(&json!({"id": id.to_string()}))
}

fn checked(mut fields: Fields) -> Result<Fields, ApiError> {
    for name in OURS {
        fields.remove(name);
    }
    for name in TEXTS {
        if fields.get(name) == Field::Other {
            return Err(ApiError::NotText(name));
        }
    }
    if let Field::Text(photo) = fields.get("photo") {
        photo::check(photo)?;
    }
    Ok(fields)
}
