//! The token that the operator gives to those who may make rooms and write posts.

use sha2::{Digest, Sha256};
use std::{fmt, fs, io, path::Path};

/// The least length of a token, in bytes: a shorter one could be guessed.
const LEAST: usize = 16;

/// What one must show to make rooms and to write posts. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken([u8; 32]);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum BadApiToken {
    /// The file cannot be read.
    #[error("cannot read the access token from {0}")]
    Io(String, #[source] io::Error),
    /// The token is too short.
    #[error("the access token must have at least {LEAST} characters; `openssl rand -hex 32` makes one")]
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

    /// Tells whether this is it.
    pub fn is(&self, shown: &str) -> bool {
        // Hashes are compared, so how long it takes says nothing of the token.
        hash(shown) == self.0
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
        assert!(token.is("0123456789abcdef"));
        for other in ["0123456789abcdeF", "0123456789abcde", ""] {
            assert!(!token.is(other), "{other}");
        }
        assert!(matches!(ApiToken::new("short"), Err(BadApiToken::Short)));
    }
}
