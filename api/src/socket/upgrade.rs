//! The way from an HTTP request to a WebSocket (RFC 6455 §4.2).

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use std::{convert::Infallible, net::IpAddr, sync::Arc};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use warp::Filter;

/// Which web pages may open a socket. A browser names the page's origin; what is no browser names none and may.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// Besides pages of the server's own host.
    allowed: Arc<[String]>,
}

/// A request for a WebSocket, as far as it is one.
#[derive(Debug)]
pub struct Upgrade {
    method: Method,
    headers: HeaderMap,
    on_upgrade: Option<OnUpgrade>,
    peer: Option<Peer>,
}

/// Where a connection comes from. Whoever accepts connections puts it into the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub address: IpAddr,
    /// It is a program of this machine, and speaks for nobody else.
    pub is_local: bool,
    /// It speaks TLS, to us or to a trusted proxy.
    pub is_secure: bool,
}

/// Why a request does not become a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A plain request.
    #[error("this is a WebSocket: connect to it with the ws: or wss: scheme")]
    NoUpgrade,
    /// Another version than 13.
    #[error("only version 13 of the WebSocket protocol is spoken here")]
    Version,
    /// No key, or one that is none.
    #[error("sec-websocket-key must be 16 bytes in base64")]
    Key,
    /// A page of a foreign host.
    #[error("pages of this origin may not connect; the server's --allow-origin permits them")]
    Origin,
    /// The client wants a subprotocol, but none of ours.
    #[error("the only subprotocol here is \"{0}\"")]
    Subprotocol(&'static str),
}

impl Origins {
    /// Permits pages of further origins, such as `https://example.org`; `*` permits all.
    pub fn new(allowed: &[String]) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    fn permit(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return true;
        };
        if origins.next().is_some() {
            // No browser names two.
            return false;
        }
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        if self
            .allowed
            .iter()
            .any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin))
        {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let page = origin.split_once("://").map(|(_, host)| host);
        host.zip(page)
            .is_some_and(|(host, page)| host.eq_ignore_ascii_case(page))
    }
}

/// Takes what [`Upgrade`] needs from a request.
pub fn upgrade() -> impl Filter<Extract = (Upgrade,), Error = Infallible> + Clone {
    warp::method()
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<OnUpgrade>())
        .and(warp::ext::optional::<Peer>())
        .map(|method, headers, on_upgrade, peer| Upgrade {
            method,
            headers,
            on_upgrade,
            peer,
        })
}

impl Upgrade {
    /// Returns where the request comes from, if that is known.
    pub fn address(&self) -> Option<IpAddr> {
        self.peer.map(|peer| peer.address)
    }

    /// Checks the request. Returns what is to be answered, and what becomes the socket once that is sent.
    ///
    /// With a `subprotocol`, a client that offers subprotocols must offer it.
    ///
    /// # Errors
    /// [`Refusal`], which [`Refusal::response`] turns into an answer.
    pub fn accept(
        self,
        origins: &Origins,
        subprotocol: Option<&'static str>,
    ) -> Result<(Response<()>, OnUpgrade), Refusal> {
        let Some(on_upgrade) = self
            .on_upgrade
            .filter(|_| is_upgrade(&self.method, &self.headers))
        else {
            return Err(Refusal::NoUpgrade);
        };
        let key = key(&self.headers)?;
        if !origins.permit(&self.headers) {
            return Err(Refusal::Origin);
        }
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        let accept = derive_accept_key(key.as_bytes());
        headers.insert(
            header::SEC_WEBSOCKET_ACCEPT,
            HeaderValue::from_str(&accept).map_err(|_| Refusal::Key)?,
        );
        if let Some(chosen) = choose(&self.headers, subprotocol)? {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(chosen));
        }
        Ok((response, on_upgrade))
    }
}

impl Refusal {
    /// Returns the answer that says what is wrong.
    pub fn response(self) -> warp::reply::Response {
        let mut response = crate::answer::error(self.status(), &self.to_string());
        if matches!(self, Self::NoUpgrade | Self::Version) {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Key | Self::Subprotocol(_) => StatusCode::BAD_REQUEST,
            Self::Origin => StatusCode::FORBIDDEN,
        }
    }
}

fn is_upgrade(method: &Method, headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    method == Method::GET && upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

fn key(headers: &HeaderMap) -> Result<&str, Refusal> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    if headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return Err(Refusal::Version);
    }
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .and_then(|key| key.to_str().ok());
    key.filter(|key| STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16))
        .ok_or(Refusal::Key)
}

/// Returns the subprotocol to answer with: ours if it is offered, none if none is.
fn choose(headers: &HeaderMap, ours: Option<&'static str>) -> Result<Option<&'static str>, Refusal> {
    let Some(ours) = ours else {
        return Ok(None);
    };
    let mut offered = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .peekable();
    if offered.peek().is_none() {
        return Ok(None);
    }
    if offered.any(|offer| offer == ours) {
        return Ok(Some(ours));
    }
    Err(Refusal::Subprotocol(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect::<Vec<(http::HeaderName, HeaderValue)>>()
            .into_iter()
            .collect()
    }

    #[test]
    fn a_page_of_the_same_host_and_what_is_no_page_may_connect() {
        let origins = Origins::default();
        let host = ("host", "localhost:3000");
        assert!(origins.permit(&headers(&[host])));
        assert!(origins.permit(&headers(&[host, ("origin", "http://localhost:3000")])));
        assert!(origins.permit(&headers(&[
            ("host", "Example.org"),
            ("origin", "https://example.org")
        ])));
    }

    #[test]
    fn a_page_of_another_host_or_port_may_not_unless_it_is_allowed() {
        let host = ("host", "localhost:3000");
        for origin in [
            "http://localhost:3001",
            "http://evil.example",
            "null",
            "localhost:3000",
        ] {
            let headers = headers(&[host, ("origin", origin)]);
            assert!(!Origins::default().permit(&headers), "{origin}");
            assert!(Origins::new(&["*".to_owned()]).permit(&headers), "{origin}");
            assert!(Origins::new(&[origin.to_owned()]).permit(&headers), "{origin}");
        }
    }

    #[test]
    fn our_subprotocol_is_chosen_among_others_and_its_absence_is_permitted() {
        let ours = Some("tsukiyo.v1");
        for (offered, chosen) in [
            ("tsukiyo.v1", Ok(ours)),
            ("chat, tsukiyo.v1", Ok(ours)),
            ("chat", Err(Refusal::Subprotocol("tsukiyo.v1"))),
            ("", Err(Refusal::Subprotocol("tsukiyo.v1"))),
        ] {
            let headers = headers(&[("sec-websocket-protocol", offered)]);
            assert_eq!(choose(&headers, ours), chosen, "{offered:?}");
        }
        assert_eq!(choose(&HeaderMap::new(), ours), Ok(None));
    }

    #[test]
    fn a_key_is_sixteen_bytes_and_the_version_is_thirteen() {
        let good = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert!(key(&headers(&[("sec-websocket-version", "13"), good])).is_ok());
        assert_eq!(key(&headers(&[good])), Err(Refusal::Version));
        let bad = ("sec-websocket-key", "c2hvcnQ=");
        assert_eq!(
            key(&headers(&[("sec-websocket-version", "13"), bad])),
            Err(Refusal::Key)
        );
    }
}
