//! Masks: which fields of a document are read or written.

use crate::{error::Result, field_path::FieldPath, proto::DocumentMask, value::Fields};

/// A set of field paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(Vec<FieldPath>);

impl Mask {
    /// Parses a mask for reading, in which `__name__` may stand.
    pub fn for_reading(mask: &DocumentMask) -> Result<Self> {
        Self::of(mask.field_paths.iter().map(String::as_str))
    }

    /// Parses a mask for reading from its paths.
    pub(crate) fn of<'a>(paths: impl Iterator<Item = &'a str>) -> Result<Self> {
        Ok(Self(paths.map(FieldPath::parse).collect::<Result<_>>()?))
    }

    /// Parses a mask for writing, in which `__name__` means nothing and a path within another is part of it.
    pub fn for_writing(mask: &DocumentMask) -> Result<Self> {
        let mut mask = Self::for_reading(mask)?;
        mask.0.retain(|path| !path.is_name());
        // In order, a path stands right before those within it.
        mask.0.sort();
        mask.0.dedup_by(|path, before| before.holds(path));
        Ok(mask)
    }

    /// Keeps only the masked fields.
    pub(crate) fn project(&self, fields: &Fields) -> Fields {
        let mut kept = Fields::new();
        for path in &self.0 {
            if let Some(value) = path.get(fields)
                && !self.holds_shorter(path)
            {
                path.set(&mut kept, value.clone());
            }
        }
        kept
    }

    /// Writes the masked fields of `new` into `fields`; those which `new` lacks are removed.
    pub(crate) fn merge(&self, fields: &mut Fields, new: &Fields) {
        for path in &self.0 {
            match path.get(new) {
                Some(value) => path.set(fields, value.clone()),
                None => path.remove(fields),
            }
        }
    }

    /// Setting `a.b` after `a` must not matter, nor `a` after `a.b`: the shorter path wins.
    fn holds_shorter(&self, path: &FieldPath) -> bool {
        self.0.iter().any(|other| other != path && other.holds(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        proto::{Value, value::ValueType},
        value::{map, value},
    };

    fn number(number: i64) -> Value {
        value(ValueType::IntegerValue(number))
    }

    fn document() -> Fields {
        let inner: Fields = [("x".to_owned(), number(1)), ("y".to_owned(), number(2))].into();
        [("a".to_owned(), map(inner)), ("b.c".to_owned(), number(3))].into()
    }

    fn mask(paths: &[&str]) -> DocumentMask {
        DocumentMask {
            field_paths: paths.iter().map(|&path| path.to_owned()).collect(),
        }
    }

    #[test]
    fn reading_keeps_nested_and_quoted_fields_only() {
        let kept = Mask::for_reading(&mask(&["a.y", "`b.c`", "missing"]))
            .unwrap()
            .project(&document());
        let expected: Fields = [
            ("a".to_owned(), map([("y".to_owned(), number(2))].into())),
            ("b.c".to_owned(), number(3)),
        ]
        .into();
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_map_and_a_field_of_it_read_the_whole_map() {
        for paths in [["a", "a.x"], ["a.x", "a"]] {
            let kept = Mask::for_reading(&mask(&paths)).unwrap().project(&document());
            assert_eq!(kept, [("a".to_owned(), document()["a"].clone())].into());
        }
    }

    #[test]
    fn the_empty_mask_and_the_name_read_no_field() {
        assert!(
            Mask::for_reading(&mask(&[]))
                .unwrap()
                .project(&document())
                .is_empty()
        );
        assert!(
            Mask::for_reading(&mask(&["__name__"]))
                .unwrap()
                .project(&document())
                .is_empty()
        );
    }

    #[test]
    fn writing_sets_what_is_given_and_removes_what_is_not() {
        let mut fields = document();
        let new: Fields = [("a".to_owned(), map([("x".to_owned(), number(9))].into()))].into();
        Mask::for_writing(&mask(&["a.x", "`b.c`"]))
            .unwrap()
            .merge(&mut fields, &new);
        let inner: Fields = [("x".to_owned(), number(9)), ("y".to_owned(), number(2))].into();
        assert_eq!(fields, [("a".to_owned(), map(inner))].into());
    }

    #[test]
    fn a_path_within_another_and_the_name_add_nothing_to_what_is_written() {
        let parse = |paths: &[&str]| Mask::for_writing(&mask(paths)).unwrap();
        assert_eq!(parse(&["a.x", "b", "a", "a", "__name__"]), parse(&["a", "b"]));
        assert_ne!(parse(&["a", "ab"]), parse(&["a"]));
    }
}
