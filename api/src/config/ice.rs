//! ICE servers as they are written in a setting.

use wire::IceServer;

/// A setting that names no ICE servers.
#[derive(Debug, thiserror::Error)]
pub enum BadIceServers {
    /// Begins with `[` and is not the JSON that is wanted.
    #[error("not a list of RTCIceServer: {0}")]
    Json(#[from] serde_json::Error),
    /// Not a URL of the schemes that there are (RFC 7064, RFC 7065).
    #[error(
        "{0:?} is no STUN or TURN URL; write stun:host:port, turn:host:port, turns:host:port, or \"none\""
    )]
    Url(String),
}

/// Parses URLs with commas between them, a JSON list of `RTCIceServer`, or `none`.
///
/// # Errors
/// [`BadIceServers`]
pub fn parse_ice_servers(text: &str) -> Result<Vec<IceServer>, BadIceServers> {
    let text = text.trim();
    if text.is_empty() || text == "none" {
        return Ok(Vec::new());
    }
    let servers: Vec<IceServer> = if text.starts_with('[') {
        serde_json::from_str(text)?
    } else {
        let urls = text.split(',').map(|url| url.trim().to_owned()).collect();
        vec![IceServer {
            urls,
            username: None,
            credential: None,
        }]
    };
    for url in servers.iter().flat_map(|server| &server.urls) {
        let host = url
            .split_once(':')
            .filter(|(scheme, _)| ["stun", "stuns", "turn", "turns"].contains(scheme));
        if host.is_none_or(|(_, host)| host.is_empty()) {
            return Err(BadIceServers::Url(url.clone()));
        }
    }
    Ok(servers)
}

/// The servers as one value of a flag.
#[derive(Debug, Clone)]
pub(super) struct IceServers(pub Vec<IceServer>);

impl std::str::FromStr for IceServers {
    type Err = BadIceServers;

    fn from_str(text: &str) -> Result<Self, BadIceServers> {
        parse_ice_servers(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_json_and_none_are_understood() {
        let two = parse_ice_servers("stun:a:3478, turn:b:3478?transport=tcp").unwrap();
        assert_eq!(two[0].urls, ["stun:a:3478", "turn:b:3478?transport=tcp"]);
        let turn = parse_ice_servers(r#"[{"urls":["turns:a"],"username":"u","credential":"c"}]"#).unwrap();
        assert_eq!(turn[0].credential.as_deref(), Some("c"));
        assert!(parse_ice_servers("none").unwrap().is_empty());
    }

    #[test]
    fn anything_else_is_refused_with_what_would_be_right() {
        for text in ["stun.example.org", "http://a", "stun:", "stun:a,,stun:b"] {
            let error = parse_ice_servers(text).unwrap_err();
            assert!(error.to_string().contains("stun:host:port"), "{text}: {error}");
        }
        assert!(matches!(parse_ice_servers("[1]"), Err(BadIceServers::Json(_))));
    }
}
