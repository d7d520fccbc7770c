//! Texts that people write, bounded and cleaned where they are made.

use crate::limits::{CHAT_CHARS, NAME_CHARS};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name under which others see a member: 1 to 40 characters on one line, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayName(String);

/// What somebody says in the chat: 1 to 4,000 characters, trimmed; line breaks and tabs stay.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChatText(String);

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Nothing is left once white space is trimmed.
    #[error("{what} must not be empty")]
    Empty {
        /// The kind of text that was wanted.
        what: &'static str,
    },
    /// More characters than the text may have.
    #[error("{what} must have at most {limit} characters")]
    TooLong {
        /// The kind of text that was wanted.
        what: &'static str,
        /// The most characters it may have.
        limit: usize,
    },
    /// A control character, or one that turns the writing direction of what follows.
    #[error("{what} must not hold control characters")]
    Control {
        /// The kind of text that was wanted.
        what: &'static str,
    },
}

impl DisplayName {
    /// Trims and checks what a person wrote.
    pub fn new(text: &str) -> Result<Self, BadText> {
        clean("a name", text, NAME_CHARS, |_| false).map(Self)
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ChatText {
    /// Trims and checks what a person wrote.
    pub fn new(text: &str) -> Result<Self, BadText> {
        clean("a message", text, CHAT_CHARS, |c| matches!(c, '\n' | '\t' | '\r')).map(Self)
    }

    /// Returns the message as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn clean(
    what: &'static str,
    text: &str,
    limit: usize,
    keep: fn(char) -> bool,
) -> Result<String, BadText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadText::Empty { what });
    }
    if text.chars().count() > limit {
        return Err(BadText::TooLong { what, limit });
    }
    if text
        .chars()
        .any(|c| (c.is_control() || turns_direction(c)) && !keep(c))
    {
        return Err(BadText::Control { what });
    }
    Ok(text.to_owned())
}

/// Embeddings, overrides and isolates (UAX #9): with them a name could be made to read as another's.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl TryFrom<String> for DisplayName {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        Self::new(&text)
    }
}

impl TryFrom<String> for ChatText {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        Self::new(&text)
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> String {
        name.0
    }
}

impl From<ChatText> for String {
    fn from(text: ChatText) -> String {
        text.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows the length only: what people say does not belong into a log.
impl fmt::Debug for ChatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatText({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded_in_characters() {
        assert_eq!(DisplayName::new("  かぐや ").unwrap().as_str(), "かぐや");
        assert!(DisplayName::new(&"月".repeat(NAME_CHARS)).is_ok());
        assert!(matches!(
            DisplayName::new(&"月".repeat(NAME_CHARS + 1)),
            Err(BadText::TooLong { .. })
        ));
        assert!(matches!(DisplayName::new(" \t"), Err(BadText::Empty { .. })));
    }

    #[test]
    fn a_name_cannot_turn_the_writing_direction_or_break_the_line() {
        for text in ["a\u{202e}b", "a\nb", "a\u{0}b"] {
            assert!(
                matches!(DisplayName::new(text), Err(BadText::Control { .. })),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_message_keeps_markup_emoji_and_line_breaks_as_they_are() {
        for text in ["<script>alert(1)</script>", "🌕👩‍👩‍👧", "a\nb"] {
            assert_eq!(ChatText::new(text).unwrap().as_str(), text);
        }
        assert!(ChatText::new(&"あ".repeat(CHAT_CHARS)).is_ok());
        assert!(matches!(
            ChatText::new(&"あ".repeat(CHAT_CHARS + 1)),
            Err(BadText::TooLong { .. })
        ));
    }
}
