//! The words, in every language that Tsukiyo speaks.
//!
//! A locale file is a subset of [Fluent](https://projectfluent.org): comments, and messages of one line with `{ $name }`
//! placeholders. The `fluent` crates would add their parser, plural rules and bidi isolation to what a browser downloads
//! before it shows anything; this reads the same files, so that they can take over once a language wants their grammar.
//! Where a number changes the words there are two messages, `…-one` and `…-other`.

use std::sync::{LazyLock, OnceLock};

/// A hundred lines are searched as fast as they are read, and a list costs a browser less to download than a map.
type Table = Vec<(&'static str, &'static str)>;

/// One table for each language, in the order of [`Language::ALL`].
type Tables = [Table; 2];

/// The words that are here from the beginning.
static ALWAYS: LazyLock<Tables> = LazyLock::new(|| {
    tables([
        include_str!("../locales/en.ftl"),
        include_str!("../locales/ja.ftl"),
    ])
});

/// The words of the room.
pub static ROOM: Part = Part(OnceLock::new());
/// The words of the posts.
pub static POSTS: Part = Part(OnceLock::new());
/// The words of recording.
pub static RECORDING: Part = Part(OnceLock::new());
/// The words of the host and of those before the door.
pub static HOUSE: Part = Part(OnceLock::new());
/// The words of who is asked for access.
pub static ACCESS: Part = Part(OnceLock::new());

/// Words that come with a chunk of the program (`chunk.rs`), so that nobody downloads them before. What the lobby and
/// the chunk both say is in the main files.
#[derive(Debug)]
pub struct Part(OnceLock<Tables>);

impl Part {
    /// Adds the words, in English and Japanese. To be called by whatever the chunk begins with.
    pub fn add(&self, files: [&'static str; 2]) {
        self.0.get_or_init(|| tables(files));
    }
}

/// A language that Tsukiyo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, and the language of whoever prefers none of the others.
    #[default]
    English,
    /// 日本語
    Japanese,
}

/// The words in one language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words(Language);

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// Returns the BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// Returns the language's name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Japanese => "日本語",
        }
    }

    /// Returns the language of a tag such as `ja` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// Returns the first of the preferred languages that there is.
    pub fn best(preferred: &[String]) -> Self {
        preferred
            .iter()
            .find_map(|tag| Self::from_tag(tag))
            .unwrap_or_default()
    }
}

impl Words {
    /// Returns the words of a language.
    pub fn of(language: Language) -> Self {
        Self(language)
    }

    /// Returns a message; a key that does not exist is its own message (a test finds those).
    #[inline(never)]
    pub fn say(self, key: &'static str) -> &'static str {
        let parts = [&ROOM, &POSTS, &RECORDING, &HOUSE, &ACCESS]
            .into_iter()
            .filter_map(|part| part.0.get());
        std::iter::once(&*ALWAYS)
            .chain(parts)
            .find_map(|tables| find(tables, self.0, key))
            .unwrap_or(key)
    }

    /// Returns a message with its placeholders filled in.
    #[inline(never)]
    pub fn fill(self, key: &'static str, values: &[(&str, &str)]) -> String {
        fill(self.say(key), values)
    }

    /// Returns one message for one thing and another for more, with `$count` filled in.
    pub fn count(self, one: &'static str, other: &'static str, count: usize) -> String {
        self.fill(
            if count == 1 { one } else { other },
            &[("count", &count.to_string())],
        )
    }
}

fn fill(message: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    // One pass: a value that looks like a placeholder (a person may be called "{ $name }") is not filled again.
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((inside, after)) = after.split_once('}') else {
            break;
        };
        let name = inside.trim().trim_start_matches('$');
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
            text.push_str(value);
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn tables(files: [&'static str; 2]) -> Tables {
    files.map(parse)
}

fn find(tables: &Tables, language: Language, key: &str) -> Option<&'static str> {
    let [english, japanese] = tables;
    let table = match language {
        Language::English => english,
        Language::Japanese => japanese,
    };
    table
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, words)| *words)
}

fn parse(file: &'static str) -> Table {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, words)| (key.trim(), words.trim()))
        .collect()
}

#[cfg(test)]
mod tests;
