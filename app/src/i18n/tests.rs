use super::*;
use crate::room::house::words as house;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn english() -> BTreeMap<&'static str, &'static str> {
    let parts = [&*ENGLISH, &*house::ENGLISH];
    parts.into_iter().flatten().copied().collect()
}

fn japanese() -> BTreeMap<&'static str, &'static str> {
    let parts = [&*JAPANESE, &*house::JAPANESE];
    parts.into_iter().flatten().copied().collect()
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
    for file in [
        include_str!("../../locales/en.ftl"),
        include_str!("../../locales/ja.ftl"),
        include_str!("../../locales/house/en.ftl"),
        include_str!("../../locales/house/ja.ftl"),
    ] {
        let mut seen = BTreeSet::new();
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
