//! Reads the body of a request, as much of it as is allowed.

use super::error::ApiError;
use crate::store::Fields;
use futures::{Stream, TryStreamExt};
use http::{HeaderMap, header};
use std::{pin::pin, time::Duration};
use tokio::time::timeout;
use warp::Buf;
use wire::limits::POST_BYTES;

/// How much of a body that is too large is read and dropped. A client that is still sending when the connection closes
/// may never see why.
const DROPPED_BYTES: usize = 16 * 1024 * 1024;

/// Reads the fields of a JSON body, which may take so long to arrive.
pub(super) async fn fields<B: Buf>(
    patience: Duration,
    headers: &HeaderMap,
    body: impl Stream<Item = Result<B, ApiError>> + Send,
) -> Result<Fields, ApiError> {
    let body = bytes(patience, headers, body).await;
    // A body of another type is read all the same, so that the client comes to read the answer.
    if !is_json(headers) {
        return Err(ApiError::MediaType);
    }
    if !is_plain(headers) {
        return Err(ApiError::Encoding);
    }
    Ok(Fields::from_json(&body?)?)
}

async fn bytes<B: Buf>(
    patience: Duration,
    headers: &HeaderMap,
    body: impl Stream<Item = Result<B, ApiError>> + Send,
) -> Result<Vec<u8>, ApiError> {
    let announced = announced(headers);
    let waits = headers.contains_key(header::EXPECT);
    if waits && announced.is_some_and(|length| length > POST_BYTES) {
        return Err(ApiError::BodyTooLarge);
    }
    let mut bytes = Vec::with_capacity(announced.unwrap_or_default().min(POST_BYTES));
    timeout(patience, read(&mut bytes, body))
        .await
        .map_err(|_| ApiError::BodySlow(patience))??;
    Ok(bytes)
}

async fn read<B: Buf>(
    into: &mut Vec<u8>,
    body: impl Stream<Item = Result<B, ApiError>>,
) -> Result<(), ApiError> {
    let mut body = pin!(body);
    let mut dropped = 0;
    while let Some(mut chunk) = body.try_next().await? {
        if dropped == 0 && into.len() + chunk.remaining() <= POST_BYTES {
            while chunk.has_remaining() {
                let part = chunk.chunk();
                into.extend_from_slice(part);
                let length = part.len();
                chunk.advance(length);
            }
            continue;
        }
        dropped += chunk.remaining();
        if dropped > DROPPED_BYTES {
            break;
        }
    }
    if dropped > 0 {
        return Err(ApiError::BodyTooLarge);
    }
    Ok(())
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Says whether the body is JSON in UTF-8, the only encoding that JSON has (RFC 8259 §8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let mut charsets = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("charset")
            .then_some(value.trim_matches('"'))
    });
    essence.eq_ignore_ascii_case("application/json")
        && charsets.all(|charset| charset.eq_ignore_ascii_case("utf-8"))
}

/// Says whether the body is as it is: nothing that comes in is unpacked, for a little could become very much.
fn is_plain(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_json() {
        for (value, yes) in [
            ("application/json", true),
            ("Application/JSON; Charset=\"UTF-8\"", true),
            ("application/json; charset=latin1", false),
            ("application/x-www-form-urlencoded", false),
            ("text/json", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value.parse().unwrap())]);
            assert_eq!(is_json(&headers), yes, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
