//! Pieces of HTML. Everything that comes from the data goes through `escape` or `encode`.

use std::fmt::Write as _;

/// Makes text harmless between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Percent-encodes one segment of an address.
pub(super) fn encode(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Makes an address from its segments.
pub(super) fn address<'a>(segments: impl IntoIterator<Item = &'a str>) -> String {
    segments
        .into_iter()
        .fold(String::new(), |address, segment| address + "/" + &encode(segment))
}

/// Cuts text to so many letters, and tells whether something is missing.
pub(super) fn cut(text: &str, letters: usize) -> (&str, bool) {
    match text.char_indices().nth(letters) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_data_becomes_a_tag_or_an_attribute() {
        let evil = "<script>'\"&";
        assert_eq!(escape(evil), "&lt;script&gt;&#39;&quot;&amp;");
        assert_eq!(
            address(["p", evil, "a/b", ".."]),
            "/p/%3Cscript%3E%27%22%26/a%2Fb/%2E%2E"
        );
    }

    #[test]
    fn letters_are_not_torn() {
        assert_eq!(cut("月夜", 1), ("月", true));
        assert_eq!(cut("月夜", 2), ("月夜", false));
    }
}
