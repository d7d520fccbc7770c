//! Notes each request on its way in and out.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use prost::encoding::{self, WireType};
use tonic::{Code, Status};

use super::log::{Kind, Log, Pending};

/// Bytes in front of a message of gRPC: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// Notes a request. Its time ends with the last byte of the answer, so that a stream is open as long as it lasts.
pub(crate) async fn record(State(log): State<Arc<Log>>, request: Request, next: Next) -> Response {
    let is_grpc = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    let path = request.uri().path();
    if is_grpc {
        let method = path.rsplit('/').next().unwrap_or_default().to_owned();
        let pending = log.begin(Kind::Grpc, method, "");
        let request = watch_target(request, &log, pending.id);
        let response = next.run(request).await;
        return watch_status(response, pending);
    }
    let path = percent_decode_str(path).decode_utf8_lossy();
    let mut pending = log.begin(
        Kind::Rest,
        request.method().to_string(),
        &shorten(path.trim_start_matches("/v1/")),
    );
    let response = next.run(request).await;
    pending.status = Some(response.status().as_str().to_owned());
    let (head, body) = response.into_parts();
    // What the body holds is dropped with it.
    let body = body.map_frame(move |frame| {
        let _ = &pending;
        frame
    });
    Response::from_parts(head, Body::new(body))
}

/// Reads from the first message which resource it names.
fn watch_target(request: Request, log: &Arc<Log>, id: u64) -> Request {
    let (head, body) = request.into_parts();
    let mut log = Some(Arc::clone(log));
    let body = body.map_frame(move |frame| {
        if let Some(data) = frame.data_ref()
            && let Some(log) = log.take()
            && let Some(name) = resource(data)
        {
            log.set_target(id, &shorten(&name));
        }
        frame
    });
    Request::from_parts(head, Body::new(body))
}

/// Reads the status, which stands in the trailers, or in the head if there is no answer but it.
fn watch_status(response: Response, mut pending: Pending) -> Response {
    pending.status = status(response.headers());
    let (head, body) = response.into_parts();
    let body = body.map_frame(move |frame| {
        if let Some(trailers) = frame.trailers_ref() {
            pending.status = status(trailers).or_else(|| pending.status.take());
        }
        frame
    });
    Response::from_parts(head, Body::new(body))
}

fn status(headers: &HeaderMap) -> Option<String> {
    let status = Status::from_header_map(headers)?;
    let name = match status.code() {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    };
    Some(name.to_owned())
}

/// Returns the resource of a request. It is the first field of every one, or of the document which that holds.
fn resource(frame: &Bytes) -> Option<String> {
    let message = frame.get(PREFIX..)?;
    (frame[0] == 0).then_some(())?;
    let first = first_field(message)?;
    let named = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        text.starts_with("projects/").then(|| text.to_owned())
    };
    named(first).or_else(|| named(first_field(first)?))
}

fn first_field(mut message: &[u8]) -> Option<&[u8]> {
    let (tag, wire) = encoding::decode_key(&mut message).ok()?;
    if (tag, wire) != (1, WireType::LengthDelimited) {
        return None;
    }
    let length = usize::try_from(encoding::decode_varint(&mut message).ok()?).ok()?;
    message.get(..length)
}

/// Leaves out what is the same in every name.
fn shorten(name: &str) -> String {
    let parts = name
        .strip_prefix("projects/")
        .map(|rest| rest.splitn(4, '/').collect::<Vec<_>>());
    let (project, database, below) = match parts.as_deref() {
        Some([project, "databases", database]) => (*project, *database, ""),
        Some([project, "databases", database, below]) => (*project, *database, *below),
        _ => return name.to_owned(),
    };
    // `(default)` is the name of a database only if it says so.
    let database = match database {
        "(default)" => String::new(),
        named => format!("/{named}"),
    };
    let below = below.strip_prefix("documents").unwrap_or(below);
    format!("{project}{database} · {}", below.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::proto::{Document, GetDocumentRequest, UpdateDocumentRequest};

    fn frame(message: &impl Message) -> Bytes {
        let mut frame = vec![0; PREFIX];
        message.encode(&mut frame).unwrap();
        frame.into()
    }

    #[test]
    fn the_resource_is_found_in_each_kind_of_request() {
        let name = "projects/p/databases/(default)/documents/c/d".to_owned();
        let get = GetDocumentRequest {
            name: name.clone(),
            ..Default::default()
        };
        let update = UpdateDocumentRequest {
            document: Some(Document {
                name: name.clone(),
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(resource(&frame(&get)), Some(name.clone()));
        assert_eq!(resource(&frame(&update)), Some(name.clone()));
        assert_eq!(shorten(&name), "p · c/d");
        assert_eq!(shorten("projects/p/databases/x/documents/c"), "p/x · c");
        for short in [&b""[..], &[0; 4], &[0; 6], &[0, 0, 0, 0, 9, 10, 200]] {
            assert_eq!(resource(&Bytes::from_static(short)), None);
        }
    }
}
