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

/// Makes a link to an address by its segments. The label is HTML.
pub(super) fn link(segments: &[&str], label: &str) -> String {
    format!("<a href=\"{}\">{label}</a>", address(segments))
}

/// Makes an address from its segments.
pub(super) fn address(segments: &[&str]) -> String {
    segments
        .iter()
        .fold(String::new(), |address, segment| address + "/" + &encode(segment))
}

/// Shows where one is, and the way back.
pub(super) fn breadcrumbs(project: &str, database: &str, segments: &[&str]) -> String {
    let mut way = vec![project, database];
    let mut out = link(
        &way,
        &format!("{} <small>{}</small>", escape(project), escape(database)),
    );
    for segment in segments {
        way.push(segment);
        out.push_str("<span>/</span>");
        out.push_str(&link(&way, &escape(segment)));
    }
    format!("<nav aria-label=\"Path\">{out}</nav>")
}

/// Makes a whole page. The title is text, the rest HTML.
pub(super) fn layout(title: &str, breadcrumbs: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/style.css\"></head>\
         <body><header><a class=\"home\" href=\"/\">Firestore</a>{breadcrumbs}</header>\
         <main>{body}</main></body></html>",
        title = escape(title),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_data_becomes_a_tag_or_an_attribute() {
        let evil = "<script>'\"&";
        assert_eq!(escape(evil), "&lt;script&gt;&#39;&quot;&amp;");
        let link = link(&["p", evil, "a/b", ".."], "x");
        assert_eq!(link, "<a href=\"/p/%3Cscript%3E%27%22%26/a%2Fb/%2E%2E\">x</a>");
        assert!(!breadcrumbs(evil, evil, &[evil]).contains("<script"));
        assert!(!layout(evil, "", "").contains("<script"));
    }
}
