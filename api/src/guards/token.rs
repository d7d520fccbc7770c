//! The token of the API, which writes.

use http::{HeaderMap, header::AUTHORIZATION};
use sha2::{Digest, Sha256};
use std::{fmt, fs, io, path::Path};

/// The least length of a token, in bytes: a shorter one could be guessed.
const LEAST: usize = 16;

/// What one must show to write posts. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken([u8; 32]);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum BadApiToken {
    /// The file cannot be read.
    #[error("cannot read the token of the API from {0}")]
    Io(String, #[source] io::Error),
    /// The token is too short.
    #[error("the token of the API must have at least {LEAST} characters; `openssl rand -hex 32` makes one")]
    Short,
}

impl ApiToken {
    /// Takes a token.
    ///
    /// # Errors
    /// [`BadApiToken::Short`]
    pub fn new(text: &str) -> Result<Self, BadApiToken> {
        if text.trim().len() < LEAST {
            return Err(BadApiToken::Short);
        }
        Ok(Self(hash(text.trim())))
    }

    /// Reads a token from a file.
    ///
    /// # Errors
    /// [`BadApiToken`]
    pub fn read(file: &Path) -> Result<Self, BadApiToken> {
        let text = fs::read_to_string(file);
        Self::new(&text.map_err(|error| BadApiToken::Io(file.display().to_string(), error))?)
    }

    /// Tells whether a request shows it: `Authorization: Bearer …`.
    pub fn is_in(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = value
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        // Hashes are compared, so how long it takes says nothing of the token.
        shown.is_some_and(|(_, token)| hash(token.trim()) == self.0)
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken")
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_will_do() {
        let token = ApiToken::new("0123456789abcdef\n").unwrap();
        for (value, yes) in [
            ("Bearer 0123456789abcdef", true),
            ("bearer 0123456789abcdef", true),
            ("Bearer 0123456789abcdeF", false),
            ("Basic 0123456789abcdef", false),
            ("0123456789abcdef", false),
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            assert_eq!(token.is_in(&headers), yes, "{value}");
        }
        assert!(!token.is_in(&HeaderMap::new()));
        assert!(matches!(ApiToken::new("short"), Err(BadApiToken::Short)));
    }
}
