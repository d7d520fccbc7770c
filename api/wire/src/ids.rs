//! Newtypes for the ids that travel, each valid by construction.

use crate::limits::{ACCESS_TOKEN_CHARS, ID_CHARS, ROOM_ID_CHARS};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Names a room; it is the last part of the room's link.
///
/// 1 to 64 letters or digits of any script, `-` or `_`; never two leading underscores, which Firestore reserves.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomId(String);

/// Names a member for as long as it is in the room, over any number of sockets. Made by the server.
///
/// Its order decides who offers when two joins cross, so it must be compared in the same way everywhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberId(String);

/// Names a stored chat message. Made by the server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

/// Names a chat message that its author's client has not yet seen acknowledged. Unique for the member.
///
/// Saying the same thing twice under one nonce stores it once, so a client may repeat it after a lost socket.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nonce(String);

/// Lets a client come back as the member it was. A secret: never logged, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResumeToken(String);

/// Makes its bearer a room's host. A secret: never logged, and `Debug` hides it.
///
/// On the wire it looks as a resume token does, and one piece of code reads both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostToken(ResumeToken);

/// Proves that its bearer may make rooms and write posts, where not everybody may: the operator's own token, or one of the
/// issuer whom the server believes (a JWT, RFC 7519). A secret: never logged, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessToken(String);

/// Names one attempt to connect two members, so that late messages of an earlier attempt are recognised.
///
/// Made by the member who sends `accept`; `attempt` rises with every one that this member makes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandshakeId {
    /// Who made the id.
    pub by: MemberId,
    /// Which of that member's attempts it is, from 1 upwards.
    pub attempt: u32,
}

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// Nothing was given.
    #[error("{what} must not be empty")]
    Empty {
        /// The kind of id that was wanted.
        what: &'static str,
    },
    /// More characters than an id may have.
    #[error("{what} must have at most {limit} characters")]
    TooLong {
        /// The kind of id that was wanted.
        what: &'static str,
        /// The most characters it may have.
        limit: usize,
    },
    /// A character that ids do not have.
    #[error("{what} may hold letters, digits, '-' and '_' only, and must not begin with \"__\"")]
    Forbidden {
        /// The kind of id that was wanted.
        what: &'static str,
    },
}

fn check(what: &'static str, text: &str, limit: usize, allowed: fn(char) -> bool) -> Result<(), BadId> {
    if text.is_empty() {
        return Err(BadId::Empty { what });
    }
    if text.chars().count() > limit {
        return Err(BadId::TooLong { what, limit });
    }
    if text.starts_with("__") || !text.chars().all(allowed) {
        return Err(BadId::Forbidden { what });
    }
    Ok(())
}

macro_rules! id {
    ($name:ident, $what:literal, $limit:expr, $allowed:expr) => {
        impl $name {
            /// Returns the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                check($what, &text, $limit, $allowed)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

macro_rules! shown {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

fn of_any_script(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

fn ascii(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

fn token(c: char) -> bool {
    ascii(c) || c == '.'
}

/// What a bearer token may hold (`b64token`, RFC 6750 §2.1).
fn bearer(c: char) -> bool {
    token(c) || matches!(c, '~' | '+' | '/' | '=')
}

id!(RoomId, "a room's name", ROOM_ID_CHARS, of_any_script);
id!(MemberId, "a member id", ID_CHARS, ascii);
id!(MessageId, "a message id", ID_CHARS, ascii);
id!(Nonce, "a nonce", 64, ascii);
id!(ResumeToken, "a resume token", 700, token);
id!(AccessToken, "an access token", ACCESS_TOKEN_CHARS, bearer);
shown!(RoomId, MemberId, MessageId, Nonce);

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeToken(…)")
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl HostToken {
    /// Returns the token as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for HostToken {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for HostToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostToken(…)")
    }
}

impl fmt::Debug for HandshakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for HandshakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.by, self.attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_may_be_named_in_any_script() {
        for name in ["tsukimi-2026", "月見", "Комната_7", "a"] {
            assert_eq!(name.parse::<RoomId>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_room_name_that_is_empty_too_long_or_a_path_is_refused() {
        let long = "x".repeat(ROOM_ID_CHARS + 1);
        for name in [
            "", " ", "../", ".", "..", "a/b", "a b", "__x__", "<b>", "a\0", "\u{202e}", &long,
        ] {
            assert!(name.parse::<RoomId>().is_err(), "{name:?} must be refused");
            assert!(
                serde_json::from_value::<RoomId>(name.into()).is_err(),
                "{name:?} must be refused as JSON"
            );
        }
    }

    #[test]
    fn a_token_never_shows_in_a_log() {
        let token: ResumeToken = "secret.token".parse().unwrap();
        assert!(!format!("{token:?}").contains("secret"));
        let token: HostToken = "secret".parse().unwrap();
        assert!(!format!("{token:?}").contains("secret"));
    }
}
