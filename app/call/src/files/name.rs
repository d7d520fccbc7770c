//! Names of files that come from outside.

use wire::limits::FILE_NAME_CHARS;

/// Names of devices on Windows, with whatever ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Makes a name of whatever somebody calls a file: the last part of a path, without characters that a file system, a shell or
/// a reader could take for something else, and not too long. Never empty.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| is_plain(*c)).collect();
    // A name that begins with a dot is hidden, one that ends with it is another name on Windows.
    let bare = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let short = shorten(bare);
    if short.is_empty() {
        return "file".to_owned();
    }
    let stem = short.split('.').next().unwrap_or_default();
    let is_port = |name: &str| {
        let port = name.get(..3).is_some_and(|port| ["com", "lpt"].contains(&port));
        port && name.len() == 4 && name.ends_with(|c: char| c.is_ascii_digit())
    };
    let lower = stem.trim_end().to_ascii_lowercase();
    if DEVICES.contains(&lower.as_str()) || is_port(&lower) {
        return format!("_{short}");
    }
    short
}

fn is_plain(c: char) -> bool {
    let forbidden = matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    // These turn the direction of what follows: `gpj.exe` would be read as `exe.jpg`; or they are not seen at all.
    let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}' | '\u{ad}');
    !c.is_control() && !forbidden && !hidden
}

/// Cuts the middle out of a long name: what a file is, is told by its end.
fn shorten(name: &str) -> String {
    let count = name.chars().count();
    if count <= FILE_NAME_CHARS {
        return name.to_owned();
    }
    let end = FILE_NAME_CHARS / 4;
    let start = FILE_NAME_CHARS - end - 1;
    let chars = name.chars();
    chars
        .clone()
        .take(start)
        .chain(['…'])
        .chain(chars.skip(count - end))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_names_nothing_but_a_file() {
        for (name, cleaned) in [
            ("moon.png", "moon.png"),
            ("月見 2026.tar.gz", "月見 2026.tar.gz"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Windows\system32\cmd.exe", "cmd.exe"),
            (".bashrc", "bashrc"),
            ("name.", "name"),
            ("", "file"),
            ("..", "file"),
            ("a/", "file"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("a\0b\nc", "abc"),
            ("a<b>:\"|?*c", "abc"),
            ("NUL", "_NUL"),
            ("com1.txt", "_com1.txt"),
            ("company.txt", "company.txt"),
        ] {
            assert_eq!(clean(name), cleaned, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let long = clean(&format!("{}.png", "月".repeat(500)));
        assert_eq!(long.chars().count(), FILE_NAME_CHARS);
        assert!(long.ends_with("月.png") && long.contains('…'));
        assert_eq!(clean(&long), long, "cleaning twice is cleaning once");
    }
}
