//! Answers and their headers.

use super::error::ApiError;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use warp::reply::Response;
use wire::posts::ErrorBody;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers 200 with a value as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<Response, ApiError> {
    let text = serde_json::to_vec(value)
        .map_err(|error| crate::store::StoreError::Internal(format!("an answer is no JSON: {error}")))?;
    Ok(with_type(text.into(), JSON))
}

/// Answers 200 with a document that is JSON already.
pub(super) fn json_text(text: impl Into<Bytes>) -> Response {
    with_type(text.into(), JSON)
}

/// Answers 200 with a line of text.
pub(super) fn text(text: &'static str) -> Response {
    with_type(text.into(), HeaderValue::from_static("text/plain; charset=utf-8"))
}

/// Answers with the error's status and text, and logs it if it is ours.
pub(super) fn error(error: ApiError) -> Response {
    let status = error.status();
    if status.is_server_error() {
        tracing::error!(%status, %error, "a request failed");
    }
    let body = ErrorBody {
        error: error.public_text(),
    };
    let mut response = json(&body).unwrap_or_default();
    *response.status_mut() = status;
    if let ApiError::Method { allow } = error {
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

/// Answers what methods there are, which is what a browser asks before it lets a page of elsewhere write.
pub(super) fn preflight(allow: &'static str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// Lets pages of any origin read the answer, as the ancestor does: the API knows no cookies that could be misused.
pub(super) fn open_to_all(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Turns the answer to GET into that to HEAD: all of its headers, with the length of the body that is not sent.
pub(super) fn without_body(mut response: Response) -> Response {
    use warp::hyper::body::Body;
    let length = response.body().size_hint().exact();
    *response.body_mut() = Response::default().into_body();
    if let Some(length) = length {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

fn with_type(body: Bytes, content_type: HeaderValue) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
