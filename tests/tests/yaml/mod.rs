//! As much of YAML as the files for containers use: maps by indentation, anchors, aliases and merges, lists in brackets, texts.

use std::{collections::BTreeMap, iter::Peekable, str::Lines};

/// A value.
#[derive(Debug, Clone)]
pub enum Yaml {
    Map(BTreeMap<String, Yaml>),
    Text(String),
}

impl Yaml {
    /// Reads a file.
    pub fn read(text: &str) -> Self {
        let mut anchors = BTreeMap::new();
        Self::block(&mut text.lines().peekable(), 0, &mut anchors)
    }

    /// What is under a name.
    pub fn get(&self, name: &str) -> &Self {
        let found = self.map().get(name);
        found.unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// The value as a map.
    pub fn map(&self) -> &BTreeMap<String, Self> {
        let Self::Map(map) = self else {
            panic!("{self:?} is no map")
        };
        map
    }

    /// The value as a text.
    pub fn text(&self) -> &str {
        let Self::Text(text) = self else {
            panic!("{self:?} is no text")
        };
        unquoted(text)
    }

    /// The value as a list of texts.
    pub fn list(&self) -> impl Iterator<Item = &str> {
        let text = self.text();
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let inner = inner.unwrap_or_else(|| panic!("{text} is no list"));
        inner.split(',').map(|text| unquoted(text.trim()))
    }

    /// Reads all lines that stand as far to the right as the first, or further.
    fn block(lines: &mut Peekable<Lines<'_>>, least: usize, anchors: &mut BTreeMap<String, Self>) -> Self {
        let (mut map, mut column) = (BTreeMap::new(), None);
        while let Some(line) = lines.peek().copied() {
            let text = line.trim();
            let indent = line.len() - line.trim_start().len();
            if text.is_empty() || text.starts_with('#') {
                lines.next();
                continue;
            }
            if indent < least {
                break;
            }
            assert_eq!(*column.get_or_insert(indent), indent, "{line:?} stands askew");
            lines.next();
            let (name, value) = text.split_once(':').unwrap_or_else(|| panic!("{line:?}"));
            let (anchor, value) = match value.trim().strip_prefix('&') {
                Some(value) => {
                    let (anchor, value) = value.split_once(' ').unwrap_or((value, ""));
                    (Some(anchor.to_owned()), value.trim())
                }
                None => (None, value.trim()),
            };
            let value = match value {
                "" => Self::block(lines, indent + 1, anchors),
                "|" => Self::Text(literal(lines, indent)),
                value => match value.strip_prefix('*') {
                    Some(alias) => anchors[alias].clone(),
                    None => Self::Text(value.to_owned()),
                },
            };
            if let Some(anchor) = anchor {
                anchors.insert(anchor, value.clone());
            }
            if name == "<<" {
                for (name, value) in value.map() {
                    map.entry(name.clone()).or_insert_with(|| value.clone());
                }
            } else {
                map.insert(name.to_owned(), value);
            }
        }
        Self::Map(map)
    }
}

/// Reads a text of several lines.
fn literal(lines: &mut Peekable<Lines<'_>>, indent: usize) -> String {
    let mut text = String::new();
    while let Some(line) =
        lines.next_if(|line| line.trim().is_empty() || line.len() - line.trim_start().len() > indent)
    {
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}
