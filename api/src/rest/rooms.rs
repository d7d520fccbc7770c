//! `/rooms/{id}` and `/rooms/{id}/messages`.

use super::{Presence, Request, error::ApiError, reply};
use crate::{
    rooms::{Pass, Rules},
    store::Store,
};
use http::{HeaderMap, header::AUTHORIZATION};
use serde::Serialize;
use std::time::Duration;
use warp::reply::Response;
use wire::{ChatMessage, HistoryPolicy, ResumeToken, RoomId, limits::MESSAGES_PAGE};

/// A page of a room's chat, the oldest message first.
#[derive(Serialize)]
struct Page {
    messages: Vec<ChatMessage>,
    /// There are earlier ones: ask again with `before` set to the first one's `sentAt`.
    more: bool,
}

pub(super) async fn info(presence: &impl Presence, room: &RoomId) -> Result<Response, ApiError> {
    reply::json(&presence.room(room).await.ok_or(ApiError::Unreachable)?)
}

pub(super) async fn messages(
    store: &Store,
    presence: &impl Presence,
    room: &RoomId,
    request: &Request,
) -> Result<Response, ApiError> {
    let limit = request.query.limit(MESSAGES_PAGE)?;
    let before = request.query.millis("before")?;
    let rules = match presence.rules(room).await {
        Some(rules) => rules,
        None => store.rules(room).await?,
    };
    let pass = bearer(&request.headers).and_then(|token| presence.pass(room, &token));
    let (messages, more) = match grant(&rules, pass.as_ref(), presence.now())? {
        Some(since) => store.history(room, since, before, limit).await?,
        None => (Vec::new(), false),
    };
    reply::json(&Page { messages, more })
}

/// Returns from which time on messages may be read, if any may.
fn grant(rules: &Rules, pass: Option<&Pass>, now: Duration) -> Result<Option<u64>, ApiError> {
    match pass {
        Some(pass) if rules.is_removed(&pass.lineage, now) => Err(ApiError::PutOut),
        Some(pass) => Ok(rules.history_since(pass.came)),
        // Anybody may come in, and would be told all of it.
        None if rules.is_open() && rules.history == HistoryPolicy::All => Ok(Some(0)),
        None => Err(ApiError::NoToken),
    }
}

fn bearer(headers: &HeaderMap) -> Option<ResumeToken> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    token.trim().parse().ok()
}
