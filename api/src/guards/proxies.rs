//! Where a request comes from when a proxy stands in between.

use http::HeaderMap;
use ipnet::IpNet;
use std::{net::IpAddr, sync::Arc};

/// The header in which a proxy names whom it speaks for, behind what it was told itself.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// The header in which it names the scheme that was spoken to it.
const FORWARDED_PROTO: &str = "x-forwarded-proto";
/// The headers by which one sees that a proxy speaks.
const SIGNS: [&str; 4] = [FORWARDED_FOR, FORWARDED_PROTO, "forwarded", "via"];

/// The networks of the proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// Trusts these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Tells whether an address is one of a trusted proxy.
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the address of the client: from the nearest backwards, the first that is no trusted proxy. What stands
    /// before it may be made up.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values = headers.get_all(FORWARDED_FOR).into_iter();
        let values: Vec<&str> = values.map(|value| value.to_str().unwrap_or_default()).collect();
        let hops = values.iter().rev().flat_map(|value| value.rsplit(','));
        for hop in hops {
            if !self.trust(client) {
                break;
            }
            let Some(hop) = address(hop.trim()) else { break };
            client = hop.to_canonical();
        }
        client
    }

    /// Tells whether a trusted proxy says that the client speaks TLS to it.
    pub fn is_secure(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let proto = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok());
        // Of several the last is the nearest proxy's.
        let proto = proto.and_then(|value| value.rsplit(',').next());
        self.trust(peer) && proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
    }

    /// Tells whether a request bears the marks of a proxy, whoever that is.
    pub fn are_in(headers: &HeaderMap) -> bool {
        SIGNS.iter().any(|name| headers.contains_key(*name))
    }
}

/// Reads an address, also with a port or in brackets, as some proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(with_port) = text.parse::<std::net::SocketAddr>() {
        return Some(with_port.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(trusted.iter().map(|text| text.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_unless_it_is_named() {
        assert_eq!(client(&[], "198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
        assert_eq!(
            client(&["10.0.0.0/8"], "198.51.100.7", &["203.0.113.1"]),
            "198.51.100.7"
        );
    }

    #[test]
    fn the_last_address_that_no_trusted_proxy_has_is_the_client() {
        let trusted = ["10.0.0.0/8", "::1/128"];
        assert_eq!(client(&trusted, "10.1.2.3", &["203.0.113.1"]), "203.0.113.1");
        // What the client wrote itself stands further left.
        assert_eq!(
            client(&trusted, "10.1.2.3", &["127.0.0.1, 203.0.113.1"]),
            "203.0.113.1"
        );
        assert_eq!(
            client(&trusted, "::1", &["203.0.113.1", "10.9.9.9"]),
            "203.0.113.1"
        );
        assert_eq!(
            client(&trusted, "::ffff:10.1.2.3", &["[2001:db8::1]:4711"]),
            "2001:db8::1"
        );
    }

    #[test]
    fn what_cannot_be_read_ends_the_search() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(
            client(&trusted, "10.1.2.3", &["203.0.113.1, unknown"]),
            "10.1.2.3"
        );
        assert_eq!(client(&trusted, "10.1.2.3", &[""]), "10.1.2.3");
        assert_eq!(client(&trusted, "10.1.2.3", &[]), "10.1.2.3");
    }
}
