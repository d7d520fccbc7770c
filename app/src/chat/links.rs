//! Addresses within what was said.

/// The schemes that become links. Anything else (`javascript:`, `data:`, …) stays text.
const SCHEMES: [&str; 2] = ["https://", "http://"];

/// A piece of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it was written.
    Text(&'a str),
    /// An address on the web, as it was written.
    Link(&'a str),
}

/// Cuts a message into text and addresses. Joined again, the pieces are the message, to the letter.
pub fn pieces(message: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(start) = message.get(at..).and_then(first_scheme).map(|found| at + found) {
        let Some(rest) = message.get(start..) else { break };
        let length = address(rest);
        let alone = message.get(..start).is_some_and(begins_a_word);
        if length == 0 || !alone {
            // What looks like one is none: look on behind its first letter, which is ASCII.
            at = start + 1;
            continue;
        }
        let end = start + length;
        pieces.extend(
            message
                .get(from..start)
                .filter(|text| !text.is_empty())
                .map(Piece::Text),
        );
        pieces.extend(message.get(start..end).map(Piece::Link));
        (from, at) = (end, end);
    }
    pieces.extend(
        message
            .get(from..)
            .filter(|text| !text.is_empty())
            .map(Piece::Text),
    );
    pieces
}

/// Where the first scheme begins. Schemes are written in capitals as well (RFC 3986 §3.1).
fn first_scheme(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|at| {
        SCHEMES.iter().any(|scheme| {
            let here = bytes.get(*at..at + scheme.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(scheme.as_bytes()))
        })
    })
}

/// `ahttp://` is no address. Scripts that write without spaces may stand before one.
fn begins_a_word(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// How long the address is with which a text begins, in bytes; nothing if there is no host.
fn address(text: &str) -> usize {
    let end = text.find(ends_an_address).unwrap_or(text.len());
    let mut address = text.get(..end).unwrap_or_default();
    // A sentence may end behind an address, and brackets may stand around it.
    while let Some(last) = address.chars().next_back() {
        let closes = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => true,
            ')' => unopened(address, '(', ')'),
            ']' => unopened(address, '[', ']'),
            _ => false,
        };
        if !closes {
            break;
        }
        address = address.strip_suffix(last).unwrap_or_default();
    }
    let host = address.split_once("://").map_or("", |(_, host)| host);
    let names_a_host = host.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    if names_a_host { address.len() } else { 0 }
}

fn unopened(text: &str, open: char, close: char) -> bool {
    text.matches(close).count() > text.matches(open).count()
}

/// What no address holds unless it is encoded (RFC 3986 §2), and the marks of Chinese and Japanese.
fn ends_an_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^')
        || matches!(
            c,
            '、' | '。'
                | '「'
                | '」'
                | '『'
                | '』'
                | '（'
                | '）'
                | '【'
                | '】'
                | '！'
                | '？'
                | '，'
                | '：'
                | '；'
                | '\u{3000}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(message: &str) -> Vec<&str> {
        let all = pieces(message);
        let joined: String = all
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Link(text) => *text,
            })
            .collect();
        assert_eq!(joined, message, "nothing is lost");
        all.into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        for (message, found) in [
            ("https://a.example", vec!["https://a.example"]),
            (
                "see http://a.example/x?y=1&z=2#w and HTTPS://B.example.",
                vec!["http://a.example/x?y=1&z=2#w", "HTTPS://B.example"],
            ),
            ("(https://a.example/b_(c))", vec!["https://a.example/b_(c)"]),
            ("月はhttps://a.example/月。と", vec!["https://a.example/月"]),
            ("「https://a.example」", vec!["https://a.example"]),
            (
                "https://a.example\nhttps://b.example",
                vec!["https://a.example", "https://b.example"],
            ),
            ("http://[::1]:3000/", vec!["http://[::1]:3000/"]),
            ("http://https://a.example", vec!["http://https://a.example"]),
        ] {
            assert_eq!(links(message), found, "{message}");
        }
    }

    #[test]
    fn nothing_but_the_web_is_linked() {
        for message in [
            "",
            "hello",
            "javascript:alert(1)",
            "data:text/html,<b>",
            "javascript://a.example/%0aalert(1)",
            "file:///etc/passwd",
            "ahttp://a.example",
            "http://",
            "https://.",
            "http:///path",
            "https:a.example",
        ] {
            assert_eq!(links(message), Vec::<&str>::new(), "{message}");
        }
    }

    #[test]
    fn what_could_be_a_tag_ends_an_address() {
        assert_eq!(
            links("https://a.example/\"onclick=\"x <https://b.example>"),
            ["https://a.example/", "https://b.example"]
        );
    }

    #[test]
    fn a_long_message_without_an_address_is_read_in_one_go() {
        let message = "http:/".repeat(600);
        assert_eq!(links(&message), Vec::<&str>::new());
        let message = "https://".repeat(500);
        assert!(links(&message).len() <= 1);
    }
}
