use super::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Every locale file, English and Japanese side by side.
const FILES: [[&str; 2]; 6] = [
    [
        include_str!("../../locales/en.ftl"),
        include_str!("../../locales/ja.ftl"),
    ],
    [
        include_str!("../../locales/room/en.ftl"),
        include_str!("../../locales/room/ja.ftl"),
    ],
    [
        include_str!("../../locales/posts/en.ftl"),
        include_str!("../../locales/posts/ja.ftl"),
    ],
    [
        include_str!("../../locales/recording/en.ftl"),
        include_str!("../../locales/recording/ja.ftl"),
    ],
    [
        include_str!("../../locales/house/en.ftl"),
        include_str!("../../locales/house/ja.ftl"),
    ],
    [
        include_str!("../../locales/access/en.ftl"),
        include_str!("../../locales/access/ja.ftl"),
    ],
];

fn english() -> BTreeMap<&'static str, &'static str> {
    FILES.iter().flat_map(|[english, _]| parse(english)).collect()
}

fn japanese() -> BTreeMap<&'static str, &'static str> {
    FILES.iter().flat_map(|[_, japanese]| parse(japanese)).collect()
}

fn placeholders(message: &str) -> BTreeSet<&str> {
    message
        .split('{')
        .skip(1)
        .filter_map(|part| Some(part.split_once('}')?.0.trim()))
        .collect()
}

/// Every source text of this crate but the tests.
fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).expect("the source folder is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            all.push_str(&fs::read_to_string(&path).expect("the source is text"));
        }
    }
}

/// The string literals that look like keys: lower-case words joined by hyphens, of which the first is known, and which
/// are no class or id of an element.
fn keys_in(source: &str) -> BTreeSet<&str> {
    let english = english();
    let families: BTreeSet<&str> = english
        .keys()
        .filter_map(|key| Some(key.split_once('-')?.0))
        .collect();
    let is_key = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && text
                .split_once('-')
                .is_some_and(|(family, _)| families.contains(family))
    };
    let names_an_element = |before: &str| {
        ["class: ", "id: ", "r#for: ", "\": "]
            .iter()
            .any(|field| before.ends_with(field))
    };
    let quotes: Vec<usize> = source.match_indices('"').map(|(at, _)| at).collect();
    quotes
        .windows(2)
        .filter(|pair| !names_an_element(&source[..pair[0]]))
        .map(|pair| &source[pair[0] + 1..pair[1]])
        .filter(|text| is_key(text))
        .collect()
}

#[test]
fn both_languages_say_everything_with_the_same_placeholders() {
    let (english, japanese) = (english(), japanese());
    let gaps: Vec<_> = english
        .keys()
        .filter(|key| !japanese.contains_key(*key))
        .chain(japanese.keys().filter(|key| !english.contains_key(*key)))
        .collect();
    assert!(gaps.is_empty(), "in one language only: {gaps:?}");
    for (key, words) in english {
        assert_eq!(
            placeholders(words),
            placeholders(japanese[key]),
            "placeholders of {key}"
        );
        assert!(!words.is_empty() && !japanese[key].is_empty(), "{key} is empty");
    }
}

#[test]
fn locale_files_keep_to_the_subset_that_is_read() {
    for language in [0, 1] {
        let mut seen = BTreeSet::new();
        let file: String = FILES.iter().map(|files| files[language]).collect();
        for line in file
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (key, words) = line
                .split_once(" = ")
                .unwrap_or_else(|| panic!("not `key = words`: {line}"));
            assert!(
                key.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "key {key}"
            );
            assert!(seen.insert(key), "{key} is there twice");
            assert_eq!(
                words.matches('{').count(),
                words.matches("{ $").count(),
                "{key}: only `{{ $name }}`"
            );
        }
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let mut all = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let used = keys_in(&all);
    assert!(used.len() > 50, "the search for keys finds {} only", used.len());
    let english = english();
    let unknown: Vec<_> = used.iter().filter(|key| !english.contains_key(**key)).collect();
    assert!(unknown.is_empty(), "used but not there: {unknown:?}");
    let idle: Vec<_> = english.keys().filter(|key| !used.contains(**key)).collect();
    assert!(idle.is_empty(), "there but not used: {idle:?}");
}

#[test]
fn what_is_said_before_a_chunk_is_here_needs_no_words_of_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let always: BTreeSet<&str> = parse(FILES[0][0]).into_iter().map(|(key, _)| key).collect();
    let english = english();
    // Recording comes after the room, and may use its words. The room brings the host's too.
    for (parts, folders) in [
        (&[1, 4][..], ["room", "chat"]),
        (&[2], ["posts", "posts"]),
        (&[3, 1], ["recording", "recording"]),
        (&[5], ["access", "access"]),
    ] {
        let own: BTreeSet<&str> = parts
            .iter()
            .flat_map(|part| parse(FILES[*part][0]))
            .map(|(key, _)| key)
            .collect();
        let mut inside = String::new();
        for folder in folders {
            sources(&source.join(folder), &mut inside);
            inside.push_str(
                &fs::read_to_string(source.join(format!("{folder}.rs"))).expect("the source is text"),
            );
        }
        let reach: BTreeSet<&str> = always.union(&own).copied().collect();
        let used = keys_in(&inside);
        let out_of_reach: Vec<_> = used
            .iter()
            .filter(|key| english.contains_key(**key) && !reach.contains(*key))
            .collect();
        assert!(
            out_of_reach.is_empty(),
            "{folders:?} want words of another part: {out_of_reach:?}"
        );
    }
    let mut rest = String::new();
    for entry in fs::read_dir(&source).expect("the source folder is readable") {
        let path = entry.expect("the entry is readable").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if ["access", "room", "chat", "posts", "recording", "i18n"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            sources(&path, &mut rest);
        } else {
            rest.push_str(&fs::read_to_string(&path).expect("the source is text"));
        }
    }
    let late: Vec<_> = keys_in(&rest)
        .into_iter()
        .filter(|key| !always.contains(key))
        .collect();
    assert!(
        late.is_empty(),
        "said by what is there first, and not in the main files: {late:?}"
    );
}

#[test]
fn the_first_preferred_language_that_there_is_wins() {
    let best = |tags: &[&str]| Language::best(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
    assert_eq!(best(&["fr-FR", "ja-JP", "en"]), Language::Japanese);
    assert_eq!(best(&["EN-us", "ja"]), Language::English);
    assert_eq!(best(&["de"]), Language::English);
    assert_eq!(best(&[]), Language::English);
}

#[test]
fn a_value_that_looks_like_a_placeholder_stays_as_it_is() {
    assert_eq!(
        fill("{ $a } and { $b }", &[("a", "{ $b }"), ("b", "x")]),
        "{ $b } and x"
    );
    assert_eq!(fill("nothing to fill", &[]), "nothing to fill");
    assert_eq!(fill("{ $gone }!", &[]), "!");
}
