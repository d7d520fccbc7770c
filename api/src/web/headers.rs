//! Headers that narrow what a browser does with our answers.

use http::{HeaderName, HeaderValue, header};
use warp::reply::Response;

/// Whatever runs in our pages comes from us, and talks to us alone; nobody frames them.
///
/// `'self'` in `connect-src` includes the WebSockets of the same host and port
/// ([CSP 3 §6.7.2.8](https://www.w3.org/TR/CSP3/#match-url-to-source-expression)). Styles may be written into elements:
/// tiles are laid out that way.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob: mediastream:; \
    worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), \
    speaker-selection=(self), picture-in-picture=(self), screen-wake-lock=(self), clipboard-write=(self), \
    geolocation=(), payment=(), usb=()";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    // The path of a room is the key to it: no other server is to see it.
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// Adds the headers to an answer. The hashed files that a page consists of take their rules from that page, so they have only
/// the one that counts for every file: the others are a kilobyte each, which a first visit would download five times.
pub fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let part = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().ends_with(b"immutable"));
    if part {
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
    } else {
        headers.extend(HEADERS);
    }
    response
}

/// Lets a browser that has come over TLS come over nothing else for a year (RFC 6797). Of this host alone: others of its
/// domain are not ours.
pub fn only_secure(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000"),
    );
    response
}
