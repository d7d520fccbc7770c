//! The web app's files, and the headers that everything on its port carries.

mod headers;
mod negotiate;
mod site;

pub use headers::{only_secure, secure};
pub use site::{Site, SiteError};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use negotiate::Encoding;
use site::File;
use std::{convert::Infallible, sync::Arc};
use warp::{Filter, reply::Response};

/// What a browser may keep for a year: its name changes with its content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What a browser may keep but has to ask about.
const ASK: HeaderValue = HeaderValue::from_static("no-cache");

/// Returns the filter that answers every path with a file of the site, or with its page.
pub fn routes(site: Arc<Site>) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone {
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .map(
            move |method: Method, path: warp::path::FullPath, headers: HeaderMap| {
                answer(&site, &method, path.as_str(), &headers)
            },
        )
}

fn answer(site: &Site, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let text = "this path is read with GET";
        let mut response = crate::answer::error(StatusCode::METHOD_NOT_ALLOWED, text);
        let allow = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    let mut response = match site.file(path) {
        Some(file) => send(file, headers),
        // Paths of the app itself, such as /room/tsukimi: the page decides what they show.
        None if is_page(path) => match site.page() {
            Some(page) => send(page, headers),
            None => site::how_to_build(),
        },
        None => crate::answer::error(StatusCode::NOT_FOUND, "there is no such file"),
    };
    if method == Method::HEAD {
        leave_out_body(&mut response);
    }
    response
}

fn send(file: &File, request: &HeaderMap) -> Response {
    let (encoding, body) = negotiate::choose(file, request);
    let etag = negotiate::etag(file, encoding);
    let mut response = if negotiate::is_known(&etag, request) {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(body.clone().into())
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.mime));
    headers.insert(header::CACHE_CONTROL, if file.is_hashed { FOREVER } else { ASK });
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, etag);
    match encoding {
        Encoding::Brotli => headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br")),
        Encoding::Gzip => headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        Encoding::Identity => None,
    };
    response
}

/// Tells the app's own paths from those of files that are missing, which must not be answered with a page.
fn is_page(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    !last.contains('.') && !path.starts_with("/assets/")
}

fn leave_out_body(response: &mut Response) {
    use hyper::body::Body;
    let length = response.body().size_hint().exact();
    *response.body_mut() = Response::default().into_body();
    if let Some(length) = length {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
}
