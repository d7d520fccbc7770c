//! Applies one write to one document.

use super::{Operation, Write};
use crate::{
    error::Result,
    proto::{Document, WriteResult},
    time::Micros,
    value::validate,
};

/// What a write makes of a document.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The document after the write; `None` where it does not exist.
    pub after: Option<Document>,
    /// What the client is told.
    pub result: WriteResult,
}

/// Applies `write` to the document as it was `before`, at the commit time `now`.
pub fn apply(write: &Write, before: Option<&Document>, now: Micros) -> Result<Applied> {
    let stored_at = before
        .and_then(|document| document.update_time.as_ref())
        .map(Micros::from);
    write.precondition.check(&write.name, stored_at)?;
    let before_fields = before.map(|document| &document.fields);
    let mut fields = match &write.operation {
        Operation::Delete => {
            return Ok(Applied {
                after: None,
                result: WriteResult::default(),
            });
        }
        Operation::Set(fields) => fields.clone(),
        Operation::Merge(new, mask) => {
            let mut fields = before_fields.cloned().unwrap_or_default();
            mask.merge(&mut fields, new);
            fields
        }
        Operation::Transform => before_fields.cloned().unwrap_or_default(),
    };
    let transform_results = write
        .transforms
        .iter()
        .map(|transform| transform.apply(&mut fields, now))
        .collect();
    if !write.transforms.is_empty() || matches!(write.operation, Operation::Merge(..)) {
        // What was stored and what was sent were each valid; together they may nest too deep.
        validate::fields(&fields)?;
    }
    validate::document_size(&write.name, &fields)?;

    // A write that changes nothing leaves the update time alone.
    let unchanged = before.filter(|document| document.fields == fields);
    let update_time = unchanged.map_or_else(|| Some(now.into()), |document| document.update_time);
    let create_time = before.map_or_else(|| Some(now.into()), |document| document.create_time);
    let after = Document {
        name: write.name.to_string(),
        fields,
        create_time,
        update_time,
    };
    Ok(Applied {
        after: Some(after),
        result: WriteResult {
            update_time,
            transform_results,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mask::Mask,
        path::DocumentName,
        precondition::Precondition,
        proto::{DocumentMask, Value, value::ValueType},
        value::{Fields, map, null, value},
    };

    fn name() -> DocumentName {
        DocumentName::parse("projects/p/databases/d/documents/a/b").unwrap()
    }

    fn fields(number: i64) -> Fields {
        [("f".to_owned(), value(ValueType::IntegerValue(number)))].into()
    }

    fn set(number: i64) -> Write {
        Write::update(name(), fields(number), None, Precondition::None).unwrap()
    }

    #[test]
    fn the_create_time_stays_and_the_update_time_moves() {
        let first = apply(&set(1), None, Micros(10)).unwrap().after.unwrap();
        assert_eq!(
            (first.create_time, first.update_time),
            (Some(Micros(10).into()), Some(Micros(10).into()))
        );
        let second = apply(&set(2), Some(&first), Micros(20)).unwrap().after.unwrap();
        assert_eq!(
            (second.create_time, second.update_time),
            (Some(Micros(10).into()), Some(Micros(20).into()))
        );
    }

    #[test]
    fn a_write_that_changes_nothing_keeps_the_update_time() {
        let first = apply(&set(1), None, Micros(10)).unwrap().after.unwrap();
        let again = apply(&set(1), Some(&first), Micros(20)).unwrap();
        assert_eq!(again.result.update_time, Some(Micros(10).into()));
        assert_eq!(again.after, Some(first));
    }

    #[test]
    fn deleting_leaves_nothing() {
        let first = apply(&set(1), None, Micros(10)).unwrap().after.unwrap();
        assert!(
            apply(
                &Write::delete(name(), Precondition::None),
                Some(&first),
                Micros(20)
            )
            .unwrap()
            .after
            .is_none()
        );
        assert!(
            apply(
                &Write::delete(name(), Precondition::Exists(true)),
                None,
                Micros(20)
            )
            .is_err()
        );
    }

    #[test]
    fn times_are_cut_to_microseconds() {
        let time = |nanos| {
            value(ValueType::TimestampValue(prost_types::Timestamp {
                seconds: 1,
                nanos,
            }))
        };
        let sent: Fields = [("t".to_owned(), map([("t".to_owned(), time(1_999))].into()))].into();
        let write = Write::update(name(), sent, None, Precondition::None).unwrap();
        let after = apply(&write, None, Micros(1)).unwrap().after.unwrap();
        assert_eq!(after.fields["t"], map([("t".to_owned(), time(1_000))].into()));
    }

    #[test]
    fn merging_may_not_nest_deeper_than_allowed() {
        let nested = |depth: usize| -> Value {
            (0..depth).fold(null(), |inner, _| map([("m".to_owned(), inner)].into()))
        };
        let path = vec!["m"; 20].join(".");
        let mask = Mask::for_writing(&DocumentMask {
            field_paths: vec![path],
        })
        .unwrap();
        let new: Fields = [("m".to_owned(), nested(20))].into();
        assert!(Write::update(name(), new.clone(), Some(mask), Precondition::None).is_ok());
        let too_deep: Fields = [("m".to_owned(), nested(21))].into();
        assert!(Write::update(name(), too_deep, None, Precondition::None).is_err());
    }
}
