//! Who may come into a room, who decides that, and what somebody who comes is told of before.

use crate::{limits::PASSCODE_CHARS, text::clean};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A room's rules, as everybody inside may know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoomRules {
    /// Nobody new comes in.
    pub locked: bool,
    /// Whoever is new waits until the host lets it in.
    pub waiting: bool,
    /// Whoever is new must know a passcode.
    pub passcode: bool,
    /// What one is given of the chat of before.
    pub history: HistoryPolicy,
}

/// What one is given of what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HistoryPolicy {
    /// All of it.
    #[default]
    All,
    /// What was said since one first came in.
    Joined,
    /// Nothing: what is said is not written down at all.
    None,
}

/// What a host can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Lets somebody in who waits; without a member, all of them.
    Admit,
    /// Turns somebody away who waits; without a member, all of them.
    Deny,
    /// Mutes a member, which may unmute itself later; without a member, everybody else.
    Mute,
    /// Ends a member's share.
    StopShare,
    /// Puts a member out. Its token is void, and from now on whoever is new waits.
    Remove,
    /// Makes a member the host in one's place.
    PassOn,
    /// Ends the call for everybody, and closes the room until the host comes again.
    End,
    /// Lets nobody new in.
    Lock,
    /// Ends [`Action::Lock`].
    Unlock,
    /// Lets whoever is new wait.
    Wait,
    /// Ends [`Action::Wait`], and lets in who waits.
    NoWait,
    /// Asks whoever is new for a passcode.
    Passcode,
    /// Ends [`Action::Passcode`].
    NoPasscode,
    /// [`HistoryPolicy::All`]
    HistoryAll,
    /// [`HistoryPolicy::Joined`]
    HistoryJoined,
    /// [`HistoryPolicy::None`]
    HistoryNone,
}

/// The secret that people of a room share: 4 to 64 characters, trimmed. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Passcode(String);

/// A passcode that is too short, too long, or that nobody could type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a passcode must have {least} to {most} characters that can be typed", least = PASSCODE_CHARS.0, most = PASSCODE_CHARS.1)]
pub struct BadPasscode;

impl Passcode {
    /// Trims and checks what a person wrote.
    ///
    /// # Errors
    /// [`BadPasscode`], with what would be right.
    pub fn new(text: &str) -> Result<Self, BadPasscode> {
        let text = clean("a passcode", text, PASSCODE_CHARS.1, |_| false).map_err(|_| BadPasscode)?;
        if text.chars().count() < PASSCODE_CHARS.0 {
            return Err(BadPasscode);
        }
        Ok(Self(text))
    }

    /// Returns the passcode as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Passcode {
    type Error = BadPasscode;

    fn try_from(text: String) -> Result<Self, BadPasscode> {
        Self::new(&text)
    }
}

impl From<Passcode> for String {
    fn from(passcode: Passcode) -> String {
        passcode.0
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passcode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passcode_can_be_typed_and_is_neither_short_nor_endless() {
        assert_eq!(Passcode::new("  月と兎と ").unwrap().as_str(), "月と兎と");
        let (shortest, longest) = ("x".repeat(PASSCODE_CHARS.0), "x".repeat(PASSCODE_CHARS.1));
        assert!(Passcode::new(&shortest).is_ok() && Passcode::new(&longest).is_ok());
        for bad in [
            "",
            "   ",
            &shortest[1..],
            &format!("{longest}x"),
            "ab\ncd",
            "ab\u{202e}cd",
        ] {
            assert_eq!(Passcode::new(bad), Err(BadPasscode), "{bad:?}");
        }
    }

    #[test]
    fn a_passcode_never_shows_in_a_log() {
        assert!(!format!("{:?}", Passcode::new("moonlight").unwrap()).contains("moon"));
    }
}
