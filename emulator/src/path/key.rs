//! Order-preserving keys of documents.
//!
//! A document's key is `project ‖ database ‖ collection path ‖ MARK ‖ id`. Each string is escaped and terminated so
//! that byte order of keys is order of segments, and `MARK` sorts before every segment. So all documents of a
//! collection lie side by side, and everything below a document shares that document's prefix.

use super::{CollectionName, DatabaseName, DocumentName, ParentName};
use crate::error::{Error, Result};

/// Ends a string; sorts before every byte that may follow in a longer one.
const END: [u8; 2] = [0x00, 0x01];
/// Stands for a zero byte within a string.
const ESCAPED_ZERO: [u8; 2] = [0x00, 0xff];
/// Begins the eight bytes of a numeric id; sorts before every string.
const NUMBER: [u8; 2] = [0x00, 0x02];
/// Divides a collection's path from the id; sorts before any further segment.
pub(crate) const MARK: [u8; 2] = [0x00, 0x00];

/// Appends bytes so that order is kept and the end can be found.
pub(crate) fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.contains(&0) {
        for &byte in bytes {
            if byte == 0 {
                out.extend_from_slice(&ESCAPED_ZERO);
            } else {
                out.push(byte);
            }
        }
    } else {
        out.extend_from_slice(bytes);
    }
    out.extend_from_slice(&END);
}

/// Appends a segment of a path: an id, of which numeric ones (`__id7__`) sort before all others, by their number.
pub(crate) fn push_segment(out: &mut Vec<u8>, segment: &str) {
    match numeric_id(segment) {
        Some(number) => {
            out.extend_from_slice(&NUMBER);
            // As bytes, negative numbers would come last.
            out.extend_from_slice(&(number.cast_unsigned() ^ (1 << 63)).to_be_bytes());
        }
        None => push_bytes(out, segment.as_bytes()),
    }
}

/// Returns the number of an id such as `__id7__`, which documents have that came from Datastore.
pub(crate) fn numeric_id(segment: &str) -> Option<i64> {
    let digits = segment.strip_prefix("__id")?.strip_suffix("__")?;
    let number: i64 = digits.parse().ok()?;
    // Of several ways to write a number one is an id.
    (number.to_string() == digits).then_some(number)
}

/// Returns the prefix of everything in a database.
pub(crate) fn database(name: &DatabaseName) -> Vec<u8> {
    let mut key = Vec::with_capacity(96);
    push_bytes(&mut key, name.project.as_bytes());
    push_bytes(&mut key, name.database.as_bytes());
    key
}

/// Returns the prefix of everything below a parent, at any depth.
pub(crate) fn descendants(parent: &ParentName) -> Vec<u8> {
    segments(&parent.database, &parent.segments)
}

/// Returns the prefix of the documents directly in a collection.
pub(crate) fn collection(name: &CollectionName) -> Vec<u8> {
    let mut key = segments(&name.database, &name.segments);
    key.extend_from_slice(&MARK);
    key
}

/// Returns the prefix of everything in a collection and below its documents, the documents themselves included.
pub(crate) fn collection_tree(name: &CollectionName) -> Vec<u8> {
    segments(&name.database, &name.segments)
}

/// Returns the prefix of the group keys of all collections with an id at any depth below a parent.
pub(crate) fn group_prefix(parent: &ParentName, id: &str) -> Vec<u8> {
    let mut key = database(&parent.database);
    push_bytes(&mut key, id.as_bytes());
    key.extend_from_slice(&descendants(parent));
    key
}

/// Returns the group key of a collection: `database ‖ id ‖ collection's prefix`. Collections of one id lie side by side.
pub(crate) fn group(name: &CollectionName) -> Vec<u8> {
    let mut key = database(&name.database);
    push_bytes(&mut key, name.id().as_bytes());
    key.extend_from_slice(&collection(name));
    key
}

/// Reads a collection's name back from its group key.
pub(crate) fn decode_group(key: &[u8]) -> Result<CollectionName> {
    let mut rest = key;
    for _project_database_id in 0..3 {
        take_string(&mut rest)?;
    }
    let mut segments = Vec::new();
    let (project, database) = (take_string(&mut rest)?, take_string(&mut rest)?);
    while rest != MARK {
        segments.push(take_string(&mut rest)?);
    }
    Ok(CollectionName {
        database: DatabaseName { project, database },
        segments,
    })
}

/// Returns a document's key.
pub(crate) fn document(name: &DocumentName) -> Vec<u8> {
    let (id, path) = name
        .segments
        .split_last()
        .map_or(("", &[][..]), |(id, path)| (id.as_str(), path));
    let mut key = segments(&name.database, path);
    key.extend_from_slice(&MARK);
    push_segment(&mut key, id);
    key
}

/// Reads a document's name back from its key.
pub(crate) fn decode(key: &[u8]) -> Result<DocumentName> {
    let mut rest = key;
    let project = take_string(&mut rest)?;
    let database = take_string(&mut rest)?;
    let mut segments = Vec::new();
    while !rest.starts_with(&MARK) {
        segments.push(take_string(&mut rest)?);
    }
    rest = &rest[MARK.len()..];
    segments.push(take_string(&mut rest)?);
    Ok(DocumentName {
        database: DatabaseName { project, database },
        segments,
    })
}

/// Takes one string from the front of `rest`.
pub(crate) fn take_string(rest: &mut &[u8]) -> Result<String> {
    let damaged = || Error::Damaged("a key cannot be read".to_owned());
    if let [0x00, 0x02, tail @ ..] = *rest {
        let (number, tail) = tail.split_first_chunk::<8>().ok_or_else(damaged)?;
        *rest = tail;
        let number = (u64::from_be_bytes(*number) ^ (1 << 63)).cast_signed();
        return Ok(format!("__id{number}__"));
    }
    String::from_utf8(take_bytes(rest)?).map_err(|_| damaged())
}

/// Takes bytes that `push_bytes` appended from the front of `rest`.
pub(crate) fn take_bytes(rest: &mut &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        match **rest {
            [0x00, 0x01, ref tail @ ..] => {
                *rest = tail;
                return Ok(bytes);
            }
            [0x00, 0xff, ref tail @ ..] => {
                bytes.push(0);
                *rest = tail;
            }
            [0x00, ..] | [] => return Err(Error::Damaged("a key cannot be read".to_owned())),
            [byte, ref tail @ ..] => {
                bytes.push(byte);
                *rest = tail;
            }
        }
    }
}

/// Returns the least key that is greater than every key with this prefix. No prefix of ours is all `0xff`.
pub(crate) fn after(prefix: &[u8]) -> Vec<u8> {
    let mut key = prefix.to_vec();
    while let Some(last) = key.pop() {
        if last < 0xff {
            key.push(last + 1);
            return key;
        }
    }
    key
}

fn segments(database_name: &DatabaseName, segments: &[String]) -> Vec<u8> {
    let mut key = database(database_name);
    for segment in segments {
        push_segment(&mut key, segment);
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(segments: &[String]) -> DocumentName {
        DocumentName {
            database: DatabaseName {
                project: "p".into(),
                database: "d".into(),
            },
            segments: segments.to_vec(),
        }
    }

    fn segment() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[a-c\u{0}\u{1}\u{ff}月]{1,3}",
            4 => "[a-z]{1,8}",
            1 => any::<i64>().prop_map(|number| format!("__id{number}__")),
            1 => "__id-?[0-9]{0,2}__",
        ]
    }

    proptest! {
        #[test]
        fn keys_of_one_collection_keep_the_order_of_ids(a in segment(), b in segment()) {
            let (x, y) = (name(&["c".into(), a.clone()]), name(&["c".into(), b.clone()]));
            // Numbers come first.
            let order = |id: &str| (numeric_id(id).is_none(), numeric_id(id), id.as_bytes().to_vec());
            prop_assert_eq!(document(&x).cmp(&document(&y)), order(&a).cmp(&order(&b)));
        }

        #[test]
        fn keys_are_read_back(path in prop::collection::vec((segment(), segment()), 1..4)) {
            let segments: Vec<String> = path.into_iter().flat_map(|(a, b)| [a, b]).collect();
            let original = name(&segments);
            prop_assert_eq!(decode(&document(&original)).unwrap(), original);
        }

        #[test]
        fn a_collection_prefix_holds_its_documents_and_no_deeper_ones(a in segment(), b in segment()) {
            let collection_name = name(&["c".into(), a.clone()]).collection();
            let prefix = collection(&collection_name);
            prop_assert!(document(&name(&["c".into(), a.clone()])).starts_with(&prefix));
            let deeper = document(&name(&["c".into(), a, "s".into(), b]));
            prop_assert!(!deeper.starts_with(&prefix));
            prop_assert!(deeper.starts_with(&collection_tree(&collection_name)));
            prop_assert!(deeper > prefix);
        }

        #[test]
        fn the_group_of_a_collection_leads_back_to_it(path in prop::collection::vec((segment(), segment()), 0..3), id in segment()) {
            let parent = ParentName {
                database: DatabaseName { project: "p".into(), database: "d".into() },
                segments: path.into_iter().flat_map(|(a, b)| [a, b]).collect(),
            };
            let original = parent.collection(&id);
            prop_assert!(group(&original).starts_with(&group_prefix(&parent, &id)));
            prop_assert_eq!(decode_group(&group(&original)).unwrap(), original);
        }

        #[test]
        fn no_bytes_break_the_reading_of_keys(bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(255), any::<u8>()], 0..40)) {
            // Whatever is read without complaint is written the same way.
            if let Ok(name) = decode(&bytes) && document(&name).len() == bytes.len() {
                prop_assert_eq!(document(&name), bytes.clone());
            }
            drop(decode_group(&bytes));
        }

        #[test]
        fn after_is_past_every_key_with_the_prefix(prefix in prop::collection::vec(any::<u8>(), 1..6), tail in prop::collection::vec(any::<u8>(), 0..6)) {
            prop_assume!(prefix.iter().any(|byte| *byte != 0xff));
            let mut key = prefix.clone();
            key.extend(tail);
            prop_assert!(after(&prefix) > key);
        }
    }
}
