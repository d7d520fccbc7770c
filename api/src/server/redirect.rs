//! Sends whoever comes without TLS to where it is spoken.

use http::{HeaderValue, StatusCode, header};
use std::convert::Infallible;
use warp::{Filter, path::FullPath, reply::Response};

/// Returns the filter that answers everything with the same address under `https`, and that port.
pub(super) fn routes(port: u16) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let host = warp::header::optional::<String>("host")
        .or(warp::any().map(|| None))
        .unify();
    warp::path::full()
        .and(query)
        .and(host)
        .map(move |path: FullPath, query: String, host: Option<String>| {
            let target = host.and_then(|host| target(&host, port, path.as_str(), &query));
            let Some(target) = target else {
                return crate::answer::error(StatusCode::BAD_REQUEST, "the request names no host");
            };
            let mut response = crate::answer::error(StatusCode::PERMANENT_REDIRECT, "TLS is spoken here");
            response.headers_mut().insert(header::LOCATION, target);
            response
        })
}

fn target(host: &str, port: u16, path: &str, query: &str) -> Option<HeaderValue> {
    // Without the port: of an IPv6 address the colons stand within brackets.
    let end = host
        .rfind(']')
        .map_or_else(|| host.find(':'), |bracket| Some(bracket + 1));
    let name = end.and_then(|end| host.get(..end)).unwrap_or(host);
    let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '[' | ']' | ':');
    if name.is_empty() || !name.chars().all(permitted) {
        return None;
    }
    let port = if port == 443 {
        String::new()
    } else {
        format!(":{port}")
    };
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    HeaderValue::from_str(&format!("https://{name}{port}{path}{query}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_is_named_with_the_port_of_tls() {
        let to =
            |host, port| target(host, port, "/room/a", "b=c").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(
            to("example.org", 443).as_deref(),
            Some("https://example.org/room/a?b=c")
        );
        assert_eq!(
            to("example.org:80", 8443).as_deref(),
            Some("https://example.org:8443/room/a?b=c")
        );
        assert_eq!(to("[::1]:80", 443).as_deref(), Some("https://[::1]/room/a?b=c"));
        for host in ["", ":80", "a@b", "a/b", "a b"] {
            assert_eq!(to(host, 443), None, "{host:?}");
        }
    }
}
