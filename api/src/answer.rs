//! Answers that several parts of the server give.

use http::{HeaderValue, StatusCode, header};
use warp::reply::Response;
use wire::posts::ErrorBody;

/// Answers `{"error": "…"}`.
pub fn error(status: StatusCode, text: &str) -> Response {
    json(
        status,
        &ErrorBody {
            error: text.to_owned(),
        },
    )
}

/// Answers that too much was asked, and when to ask again.
pub fn too_many(text: &str) -> Response {
    let mut response = error(StatusCode::TOO_MANY_REQUESTS, text);
    let soon = HeaderValue::from_static("10");
    response.headers_mut().insert(header::RETRY_AFTER, soon);
    response
}

/// Answers a value as JSON. One that is none becomes an empty body, which the values of this server do not.
pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(bytes::Bytes::from(body).into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
