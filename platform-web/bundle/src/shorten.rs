//! Gives short names to what the module and its JavaScript side call each other by.
//!
//! wasm-bindgen makes them of a name, for people, and a hash, so that no two are alike: some five hundred, downloaded twice
//! each, and hashes are what a compressor can do nothing about.

use std::collections::{BTreeMap, BTreeSet};

use walrus::Module;

/// The module's name for its JavaScript side, and the short one.
const JS_MODULE: (&str, &str) = ("\"./app_bg.js\"", "_");

/// Renames the imports and exports of `wasm`, and returns `js` with the new names.
pub fn shorten(wasm: &mut Module, js: &str) -> String {
    let words: BTreeSet<&str> = words(js).filter_map(Piece::word).collect();
    let mut fresh = (0..).map(short).filter(|name| !words.contains(name.as_str()));
    let mut names = BTreeMap::new();
    let mut rename = |name: &mut String| {
        // What the page's scripts do not mention, somebody else may know by its name.
        if name.starts_with("__wb")
            || name.starts_with("wasm_bindgen")
            || name.starts_with("_R")
            || name.starts_with("_ZN")
        {
            if !names.contains_key(name) && words.contains(name.as_str()) {
                names.extend(fresh.next().map(|short| (name.clone(), short)));
            }
            if let Some(short) = names.get(name) {
                name.clone_from(short);
            }
        }
    };
    let quoted = JS_MODULE.0;
    for import in wasm.imports.iter_mut() {
        rename(&mut import.name);
        if quoted.trim_matches('"') == import.module {
            import.module = JS_MODULE.1.to_owned();
        }
    }
    for export in wasm.exports.iter_mut() {
        rename(&mut export.name);
    }

    let mut text = String::with_capacity(js.len());
    for piece in self::words(js) {
        match piece {
            Piece::Word(word) => text.push_str(names.get(word).map_or(word, String::as_str)),
            Piece::Other(other) => text.push_str(other),
        }
    }
    text.replace(quoted, &format!("\"{}\"", JS_MODULE.1))
}

/// `$0`, `$1`, …: no name that a person or wasm-bindgen gives.
fn short(mut index: usize) -> String {
    let mut name = String::from("$");
    loop {
        name.extend(char::from_digit((index % 36) as u32, 36));
        index /= 36;
        if index == 0 {
            return name;
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Word(&'a str),
    Other(&'a str),
}

impl<'a> Piece<'a> {
    fn word(self) -> Option<&'a str> {
        match self {
            Piece::Word(word) => Some(word),
            Piece::Other(_) => None,
        }
    }
}

/// Cuts a script into words and what stands between them.
fn words(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let word = is_word(first);
        let end = rest.find(|c| is_word(c) != word).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(if word {
            Piece::Word(piece)
        } else {
            Piece::Other(piece)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_get_the_same_names() {
        let mut wasm = Module::default();
        let ty = wasm.types.add(&[], &[]);
        wasm.add_import_func("./app_bg.js", "__wbg_now_1a2b", ty);
        let (function, _) = wasm.add_import_func("./app_bg.js", "__wbg_unknown_3c4d", ty);
        wasm.exports.add("memory", function);
        wasm.exports.add("__wbindgen_start", function);
        let js = "const $0 = { \"./app_bg.js\": { __wbg_now_1a2b() {}, x__wbg_now_1a2b: `${wasm.__wbindgen_start}` } }; wasm.memory";

        assert_eq!(
            shorten(&mut wasm, js),
            "const $0 = { \"_\": { $1() {}, x__wbg_now_1a2b: `${wasm.$2}` } }; wasm.memory"
        );
        let imports: Vec<_> = wasm
            .imports
            .iter()
            .map(|import| (&*import.module, &*import.name))
            .collect();
        assert_eq!(imports, [("_", "$1"), ("_", "__wbg_unknown_3c4d")]);
        let exports: Vec<_> = wasm.exports.iter().map(|export| &*export.name).collect();
        assert_eq!(exports, ["memory", "$2"]);
    }

    #[test]
    fn short_names_differ() {
        let names: BTreeSet<_> = (0..5000).map(short).collect();
        assert_eq!(names.len(), 5000);
    }
}
