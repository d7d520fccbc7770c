//! Paths to fields: dotted names, quoted with backticks where they are not plain identifiers.

use std::fmt;

use crate::{
    error::{Error, Result},
    proto::Value,
    value::{Fields, as_map, map, validate},
};

/// The pseudo field that stands for a document's name.
pub(crate) const NAME: &str = "__name__";

/// A path to a field, possibly within maps. Holds at least one segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<String>);

impl FieldPath {
    /// Parses `a.b`, `` `a.b` `` or `` a.`b\`c` ``.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!(
                "Invalid property path \"{}\".",
                text.chars().take(200).collect::<String>()
            ))
        };
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            let (segment, after) = match rest.strip_prefix('`') {
                Some(quoted) => take_quoted(quoted).ok_or_else(wrong)?,
                None => take_plain(rest).ok_or_else(wrong)?,
            };
            segments.push(segment);
            if after.is_empty() {
                break;
            }
            rest = after.strip_prefix('.').ok_or_else(wrong)?;
        }
        let path = Self(segments);
        if !path.is_name() {
            path.0
                .iter()
                .try_for_each(|segment| validate::field_name(segment))?;
        }
        Ok(path)
    }

    /// Tells whether this is `__name__`.
    pub(crate) fn is_name(&self) -> bool {
        self.0.len() == 1 && self.0[0] == NAME
    }

    /// Returns the path that stands for a document's name.
    pub(crate) fn name() -> Self {
        Self(vec![NAME.to_owned()])
    }

    /// Returns the segments.
    pub(crate) fn segments(&self) -> &[String] {
        &self.0
    }

    /// Tells whether this path leads to `other` or to something that holds it.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Finds the value at this path.
    pub(crate) fn get<'a>(&self, fields: &'a Fields) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter()
            .try_fold(fields.get(first)?, |value, segment| as_map(value)?.get(segment))
    }

    /// Sets the value at this path; whatever stands in the way and is not a map becomes one.
    pub(crate) fn set(&self, fields: &mut Fields, value: Value) {
        let Some((last, parents)) = self.0.split_last() else {
            return;
        };
        let mut level = fields;
        for segment in parents {
            let entry = level.entry(segment.clone()).or_insert_with(|| map(Fields::new()));
            if as_map(entry).is_none() {
                *entry = map(Fields::new());
            }
            let Some(inner) = as_map_mut(entry) else {
                return;
            };
            level = inner;
        }
        level.insert(last.clone(), value);
    }

    /// Removes the value at this path, if it is there. Maps that become empty stay.
    pub(crate) fn remove(&self, fields: &mut Fields) {
        let Some((last, parents)) = self.0.split_last() else {
            return;
        };
        let mut level = fields;
        for segment in parents {
            let Some(inner) = level.get_mut(segment).and_then(as_map_mut) else {
                return;
            };
            level = inner;
        }
        level.remove(last);
    }
}

fn as_map_mut(value: &mut Value) -> Option<&mut Fields> {
    use crate::proto::value::ValueType;
    if let Some(ValueType::MapValue(map)) = &mut value.value_type {
        Some(&mut map.fields)
    } else {
        None
    }
}

fn take_plain(text: &str) -> Option<(String, &str)> {
    let end = text.find('.').unwrap_or(text.len());
    let (segment, rest) = text.split_at(end);
    is_plain(segment).then(|| (segment.to_owned(), rest))
}

fn is_plain(segment: &str) -> bool {
    segment.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn take_quoted(text: &str) -> Option<(String, &str)> {
    let mut segment = String::new();
    let mut chars = text.char_indices();
    while let Some((index, char)) = chars.next() {
        match char {
            '`' => return (!segment.is_empty()).then(|| (segment, &text[index + 1..])),
            '\\' => segment.push(chars.next()?.1),
            other => segment.push(other),
        }
    }
    None
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            if is_plain(segment) {
                f.write_str(segment)?;
            } else {
                write!(f, "`{}`", segment.replace('\\', "\\\\").replace('`', "\\`"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::null;

    fn path(segments: &[&str]) -> FieldPath {
        FieldPath(segments.iter().map(|&s| s.to_owned()).collect())
    }

    #[test]
    fn quoted_and_plain_segments_mix() {
        assert_eq!(FieldPath::parse("a.b_1").unwrap(), path(&["a", "b_1"]));
        assert_eq!(FieldPath::parse("`a.b`.c").unwrap(), path(&["a.b", "c"]));
        assert_eq!(FieldPath::parse(r"a.`b\`\\c`").unwrap(), path(&["a", r"b`\c"]));
        assert_eq!(FieldPath::parse("`月`").unwrap(), path(&["月"]));
        assert!(FieldPath::parse("__name__").unwrap().is_name());
    }

    #[test]
    fn malformed_paths_are_refused() {
        for wrong in [
            "", ".", "a.", ".a", "a..b", "1a", "a b", "`a", "``", "`a`b", "月", "a.__x__", "a-b", "`a\\",
        ] {
            assert!(FieldPath::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn setting_makes_maps_on_the_way_and_removing_keeps_them() {
        let mut fields: Fields = [("a".to_owned(), null())].into();
        path(&["a", "b", "c"]).set(&mut fields, null());
        assert!(path(&["a", "b", "c"]).get(&fields).is_some());
        path(&["a", "b", "c"]).remove(&mut fields);
        assert_eq!(path(&["a", "b"]).get(&fields), Some(&map(Fields::new())));
        path(&["a", "x", "y"]).remove(&mut fields);
        assert!(path(&["a", "x"]).get(&fields).is_none());
    }

    proptest! {
        #[test]
        fn a_path_survives_being_written_and_read(segments in prop::collection::vec("[a-z.`\\\\月 ]{1,4}", 1..4)) {
            let original = FieldPath(segments);
            prop_assert_eq!(FieldPath::parse(&original.to_string()).unwrap(), original);
        }
    }
}
