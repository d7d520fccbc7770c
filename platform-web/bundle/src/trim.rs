//! Takes out of scripts and styles what only people read: comments and indentation.
//!
//! A whole minifier would win another kilobyte and be a dependency larger than this tool. Where a line might not be what it
//! looks like, everything is left as it is.

/// Trims a script by its lines.
pub fn script(text: &str) -> String {
    let mut trimmed = String::with_capacity(text.len());
    // In a template, white space is content.
    let mut template = false;
    let mut comment = false;
    for line in text.lines() {
        let bare = line.trim();
        if template {
            trimmed.push_str(line);
        } else if comment || bare.starts_with("/*") {
            // One that ends within a line is followed by code.
            match bare.find("*/") {
                Some(end) if end + 2 < bare.len() => return text.to_owned(),
                end => comment = end.is_none(),
            }
            continue;
        } else if bare.is_empty() || bare.starts_with("//") {
            continue;
        } else {
            trimmed.push_str(bare);
        }
        trimmed.push('\n');
        template ^= line.matches('`').count() % 2 == 1;
    }
    if template || comment {
        text.to_owned()
    } else {
        trimmed
    }
}

/// Trims a style sheet. None of ours has `/*` in a string.
pub fn styles(text: &str) -> String {
    let mut rest = text;
    let mut bare = String::with_capacity(text.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    bare.lines().map(str::trim).filter(|line| !line.is_empty()).fold(
        String::with_capacity(bare.len()),
        |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go_and_templates_stay() {
        let text = "// one\n  /** two\n   * three */\n  const a = `x\n    // no comment\n  y`;\n\n    f(a); // four\n";
        assert_eq!(
            script(text),
            "const a = `x\n    // no comment\n  y`;\nf(a); // four\n"
        );
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for text in ["  /* a */ f();\n", "  f('`');\n  g();\n", "  f();\n  /* open\n"] {
            assert_eq!(script(text), text);
        }
    }

    #[test]
    fn styles_keep_what_applies() {
        let text = "/* why */\na {\n  color: red; /* not\n  blue */\n}\n\n";
        assert_eq!(styles(text), "a {\ncolor: red;\n}\n");
    }
}
