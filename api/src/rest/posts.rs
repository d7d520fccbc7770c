//! `/posts` and `/posts/{id}`.

use super::{error::ApiError, photo, query::Query, reply};
use crate::store::{Field, Fields, PostId, Store};
use serde_json::json;
use warp::reply::Response;
use wire::limits::POSTS_PAGE;

/// Fields that are the server's to say. A post that was read may be sent back as it is, so they are passed over.
const OURS: [&str; 3] = ["id", "regist_datetime", "update_datetime"];
const TEXTS: [&str; 4] = ["title", "description", "photo", "user_id"];

pub(super) async fn list(store: &Store, query: &Query) -> Result<Response, ApiError> {
    let limit = query.limit(POSTS_PAGE)?;
    let posts = store
        .posts(query.text("userId"), limit, query.text("last"))
        .await?;
    reply::json(&posts)
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
