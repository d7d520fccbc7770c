//! Answers of REST: messages, arrays of them, and errors with Google's codes.

use std::pin::Pin;

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};
use tonic::{Code, Status};

use super::json::{self, Message, to_json};
use crate::error::Result;

/// Answers with one message.
pub(super) fn one(schema: &Message, message: &impl prost::Message, pretty: bool) -> Response {
    match to_json(schema, &message.encode_to_vec(), pretty) {
        Ok(json) => ok(Body::from(json + "\n")),
        Err(error) => refuse(&error.into()),
    }
}

/// Answers with an array that is sent as its messages come. What fails before the first message is an error of the whole
/// answer; what fails later stands in the array, as with Google's.
pub(super) async fn many<M: prost::Message + 'static>(
    schema: &'static Message,
    mut messages: Pin<Box<dyn Stream<Item = Result<M, Status>> + Send>>,
    pretty: bool,
) -> Response {
    let first = match messages.next().await {
        Some(Err(status)) => return refuse(&status),
        Some(Ok(first)) => Some(Ok(first)),
        None => None,
    };
    let mut is_first = true;
    let elements = stream::iter(first).chain(messages).map(move |message| {
        let begin = if std::mem::take(&mut is_first) { "" } else { "," };
        let json = message
            .and_then(|message| to_json(schema, &message.encode_to_vec(), pretty).map_err(Status::from))
            .unwrap_or_else(|status| error_json(&status));
        Bytes::from(format!("{begin}\n{json}"))
    });
    let text = |text: &'static str| stream::iter([Bytes::from_static(text.as_bytes())]);
    let all = text("[").chain(elements).chain(text("\n]\n"));
    ok(Body::from_stream(all.map(Ok::<_, std::convert::Infallible>)))
}

/// Answers with an error.
pub(super) fn refuse(status: &Status) -> Response {
    let (code, _) = names(status.code());
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (code, JSON, error_json(status) + "\n").into_response()
}

const JSON: [(header::HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "application/json; charset=UTF-8"),
    (header::CACHE_CONTROL, "private, no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

fn ok(body: Body) -> Response {
    (JSON, body).into_response()
}

fn error_json(status: &Status) -> String {
    let (code, name) = names(status.code());
    format!(
        "{{\"error\":{{\"code\":{code},\"message\":{},\"status\":\"{name}\"}}}}",
        json::quote(status.message())
    )
}

/// Returns the HTTP status and the name of a code (google/rpc/code.proto).
fn names(code: Code) -> (u16, &'static str) {
    match code {
        Code::Ok => (200, "OK"),
        Code::Cancelled => (499, "CANCELLED"),
        Code::Unknown => (500, "UNKNOWN"),
        Code::InvalidArgument => (400, "INVALID_ARGUMENT"),
        Code::DeadlineExceeded => (504, "DEADLINE_EXCEEDED"),
        Code::NotFound => (404, "NOT_FOUND"),
        Code::AlreadyExists => (409, "ALREADY_EXISTS"),
        Code::PermissionDenied => (403, "PERMISSION_DENIED"),
        Code::ResourceExhausted => (429, "RESOURCE_EXHAUSTED"),
        Code::FailedPrecondition => (400, "FAILED_PRECONDITION"),
        Code::Aborted => (409, "ABORTED"),
        Code::OutOfRange => (400, "OUT_OF_RANGE"),
        Code::Unimplemented => (501, "UNIMPLEMENTED"),
        Code::Internal => (500, "INTERNAL"),
        Code::Unavailable => (503, "UNAVAILABLE"),
        Code::DataLoss => (500, "DATA_LOSS"),
        Code::Unauthenticated => (401, "UNAUTHENTICATED"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::BeginTransactionResponse;

    async fn text(messages: Vec<Result<BeginTransactionResponse, Status>>) -> (u16, String) {
        let messages = Box::pin(stream::iter(messages));
        let response = many(&json::BEGIN_TRANSACTION_RESPONSE, messages, false).await;
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_stream_is_an_array_whatever_becomes_of_it() {
        let message = BeginTransactionResponse { transaction: vec![0] };
        let failure = Status::aborted("x\"y");
        let error = r#"{"error":{"code":409,"message":"x\"y","status":"ABORTED"}}"#;
        let element = r#"{"transaction":"AA=="}"#;
        assert_eq!(text(vec![]).await, (200, "[\n]\n".to_owned()));
        assert_eq!(
            text(vec![Err(failure.clone())]).await,
            (409, format!("{error}\n"))
        );
        assert_eq!(
            text(vec![Ok(message.clone()), Ok(message), Err(failure)]).await,
            (200, format!("[\n{element},\n{element},\n{error}\n]\n"))
        );
    }
}
