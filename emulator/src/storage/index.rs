//! The index of single fields: what makes an order or an equality within one collection a walk along a range.
//!
//! An entry's key is `collection prefix ‖ field path ‖ value ‖ document id`; its value tells how long the id part is
//! and whether the value was cut. Entries whose value was cut are not in exact order; whoever meets one must sort.

use std::collections::BTreeMap;

use crate::{
    field_path::FieldPath,
    path::{CollectionName, DocumentName, key},
    proto::Value,
    value::{Fields, as_map, as_vector, encode::encode},
};

/// Bytes of an encoded value that an entry holds at most, as Firestore cuts them.
pub(crate) const ENTRY_LIMIT: usize = 1_500;
/// Bit that marks a cut value.
pub(super) const TRUNCATED: u16 = 1 << 15;

/// Entries of one document.
pub(super) type Entries = BTreeMap<Vec<u8>, u16>;

/// Returns the beginning of all entries of one field of one collection.
pub(crate) fn field_prefix(collection: &CollectionName, field: &FieldPath) -> Vec<u8> {
    let mut prefix = key::collection(collection);
    push_path(&mut prefix, field.segments());
    prefix
}

/// Tells whether the entry's value was cut.
pub(crate) fn is_truncated(entry: u16) -> bool {
    entry & TRUNCATED != 0
}

/// Returns the encoded id of the document that an entry names.
pub(crate) fn doc_id_bytes(entry_key: &[u8], entry: u16) -> &[u8] {
    let length = usize::from(entry & !TRUNCATED);
    &entry_key[entry_key.len().saturating_sub(length)..]
}

/// Lists the entries of a document: one for each field, those in maps and the maps themselves included.
pub(super) fn entries(name: &DocumentName, fields: &Fields) -> Entries {
    let mut id = Vec::new();
    key::push_segment(&mut id, name.id());
    let mut entries = Entries::new();
    let collection = key::collection(&name.collection());
    collect(&collection, &id, &mut Vec::new(), fields, &mut entries);
    entries
}

fn collect<'a>(
    collection: &[u8],
    id: &[u8],
    path: &mut Vec<&'a str>,
    fields: &'a Fields,
    entries: &mut Entries,
) {
    for (field, value) in fields {
        path.push(field);
        let mut entry = collection.to_vec();
        push_path(&mut entry, path);
        let truncated = push_value(&mut entry, value);
        entry.extend_from_slice(id);
        // Ids have 1,500 bytes at most, which escaping doubles: far below the mark.
        let length = u16::try_from(id.len()).unwrap_or(TRUNCATED - 1);
        entries.insert(entry, if truncated { length | TRUNCATED } else { length });
        if let Some(inner) = as_map(value).filter(|inner| as_vector(inner).is_none()) {
            collect(collection, id, path, inner, entries);
        }
        path.pop();
    }
}

fn push_path(out: &mut Vec<u8>, segments: &[impl AsRef<str>]) {
    for segment in segments {
        key::push_bytes(out, segment.as_ref().as_bytes());
    }
    // No name of a field is empty, so that this ends the path.
    key::push_bytes(out, b"");
}

/// Appends the value, cut at the limit, and tells whether it was cut.
pub(super) fn push_value(out: &mut Vec<u8>, value: &Value) -> bool {
    let start = out.len();
    encode(value, out);
    let truncated = out.len() - start > ENTRY_LIMIT;
    out.truncate(start + ENTRY_LIMIT);
    truncated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        proto::value::ValueType,
        value::{map, null, value},
    };

    fn document(id: &str) -> DocumentName {
        DocumentName::parse(&format!("projects/p/databases/d/documents/c/{id}")).unwrap()
    }

    #[test]
    fn maps_and_what_they_hold_are_indexed() {
        let fields: Fields = [("a".to_owned(), map([("b".to_owned(), null())].into()))].into();
        let entries = entries(&document("x"), &fields);
        let collection = document("x").collection();
        for path in ["a", "a.b"] {
            let prefix = field_prefix(&collection, &FieldPath::parse(path).unwrap());
            assert_eq!(
                entries.keys().filter(|key| key.starts_with(&prefix)).count(),
                1,
                "{path}"
            );
        }
    }

    #[test]
    fn the_document_is_found_back_from_its_entry() {
        let fields: Fields = [("a".to_owned(), null())].into();
        for (entry, length) in entries(&document("x\u{0}y"), &fields) {
            let mut rest = doc_id_bytes(&entry, length);
            assert_eq!(key::take_string(&mut rest).unwrap(), "x\u{0}y");
            assert!(rest.is_empty());
        }
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        let long = |length: usize| -> Fields {
            [("a".to_owned(), value(ValueType::StringValue("x".repeat(length))))].into()
        };
        let truncated = |fields: &Fields| entries(&document("x"), fields).into_values().any(is_truncated);
        assert!(!truncated(&long(1_000)));
        assert!(truncated(&long(2_000)));
    }
}
