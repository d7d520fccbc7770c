//! `/rooms/{id}` and `/rooms/{id}/messages`.

use super::{Presence, error::ApiError, query::Query, reply};
use crate::store::Store;
use serde::Serialize;
use warp::reply::Response;
use wire::{ChatMessage, RoomId, limits::MESSAGES_PAGE};

/// A page of a room's chat, the oldest message first.
#[derive(Serialize)]
struct Page {
    messages: Vec<ChatMessage>,
    /// There are earlier ones: ask again with `before` set to the first one's `sentAt`.
    more: bool,
}

pub(super) async fn info(presence: &impl Presence, room: &RoomId) -> Result<Response, ApiError> {
    reply::json(&presence.room(room).await)
}

pub(super) async fn messages(store: &Store, room: &RoomId, query: &Query) -> Result<Response, ApiError> {
    let limit = query.limit(MESSAGES_PAGE)?;
    let before = query.millis("before")?;
    let (messages, more) = store.history(room, before, limit).await?;
    reply::json(&Page { messages, more })
}
