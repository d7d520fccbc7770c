//! Which web pages may ask: those of this machine.
//!
//! The server asks nobody who they are. A browser, though, runs pages of strangers, and each could send requests to a port of
//! the machine it runs on. So a request that names the page from which it comes (`Origin`, which browsers add to every
//! request that could change something) is served if that page came from this machine or from this very server.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::answer::refuse;

/// How long a browser may remember that it may ask.
const MAX_AGE: &str = "7200";

/// Refuses strangers' pages and tells browsers about the others (CORS).
pub(crate) async fn check(request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    if !is_friend(&origin, request.headers()) {
        return refuse(&tonic::Status::permission_denied(
            "Only pages of this machine may ask this server.",
        ));
    }
    let is_preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        let wanted = request
            .headers()
            .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
            .cloned();
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        let methods = HeaderValue::from_static("DELETE, GET, PATCH, POST");
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        if let Some(wanted) = wanted {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        }
        response
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

fn is_friend(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let Some(authority) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let authority = authority.1;
    is_loopback(authority) || is_same_address(authority, headers)
}

/// Tells whether an authority is this machine.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let host = host(authority);
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A page of the same IP address, as where this server was told to listen beyond its machine. A name would not do: its
/// owner may say that it is any address (DNS rebinding).
fn is_same_address(authority: &str, headers: &HeaderMap) -> bool {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host(authority).parse::<std::net::IpAddr>().is_ok()
        && asked.is_some_and(|asked| host(asked) == host(authority))
}

/// Tells whether a request names this server by an address or as this machine, not by somebody's name for it.
pub(crate) fn names_an_address(authority: &str) -> bool {
    is_loopback(authority) || host(authority).parse::<std::net::IpAddr>().is_ok()
}

/// Returns the host of an authority, without its port and without the brackets of IPv6.
fn host(authority: &str) -> &str {
    let bracketed = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(host, _)| host);
    bracketed.unwrap_or_else(|| authority.split_once(':').map_or(authority, |(host, _)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_machine_or_of_this_address_are_friends() {
        let friend = |origin: &'static str, asked: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(asked));
            is_friend(&HeaderValue::from_static(origin), &headers)
        };
        for origin in [
            "http://localhost:3000",
            "https://127.0.0.1",
            "http://[::1]:5173",
            "http://LOCALHOST",
        ] {
            assert!(friend(origin, "127.0.0.1:8080"), "{origin}");
        }
        assert!(friend("http://192.168.1.2:3000", "192.168.1.2:8080"));
        for (origin, asked) in [
            ("http://evil.example", "127.0.0.1:8080"),
            ("http://evil.example:8080", "evil.example:8080"),
            ("http://localhost.evil.example", "localhost:8080"),
            ("http://192.168.1.3", "192.168.1.2:8080"),
            ("null", "localhost:8080"),
        ] {
            assert!(!friend(origin, asked), "{origin}");
        }
    }
}
