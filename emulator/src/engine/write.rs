//! A write as the engine understands it: parsed and validated, independent of what is stored.

use crate::{
    error::{Error, Result},
    mask::Mask,
    path::{DatabaseName, DocumentName},
    precondition::Precondition,
    proto::{self, value::ValueType, write},
    transform::Transform,
    value::{Fields, validate},
};

/// A validated write of one document.
#[derive(Clone, Debug)]
pub struct Write {
    /// The document.
    pub name: DocumentName,
    /// What happens to it.
    pub operation: Operation,
    /// What the server computes after that.
    pub transforms: Vec<Transform>,
    /// What must hold before.
    pub precondition: Precondition,
}

/// What a write does.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Replaces all fields.
    Set(Fields),
    /// Replaces the masked fields.
    Merge(Fields, Mask),
    /// Leaves the fields to the transforms.
    Transform,
    /// Removes the document.
    Delete,
}

impl Write {
    /// Parses a write of a document in `database`.
    pub fn parse(write: proto::Write, database: &DatabaseName) -> Result<Self> {
        let precondition = Precondition::parse(write.current_document.as_ref());
        let Some(operation) = write.operation else {
            return Err(Error::invalid(
                "Each write must hold an update, a delete or a transform.",
            ));
        };
        let is_update = matches!(operation, write::Operation::Update(_));
        if !is_update && (write.update_mask.is_some() || !write.update_transforms.is_empty()) {
            return Err(Error::invalid(
                "Only an update may have an update mask or update transforms.",
            ));
        }
        match operation {
            write::Operation::Update(document) => {
                let name = DocumentName::parse_in(&document.name, database)?;
                let mask = write.update_mask.as_ref().map(Mask::for_writing).transpose()?;
                let mut this = Self::update(name, document.fields, mask, precondition)?;
                this.transforms = parse_transforms(write.update_transforms)?;
                Ok(this)
            }
            write::Operation::Delete(name) => Ok(Self::delete(
                DocumentName::parse_in(&name, database)?,
                precondition,
            )),
            write::Operation::Transform(transform) if transform.field_transforms.is_empty() => {
                Err(Error::invalid("A transform must change at least one field."))
            }
            write::Operation::Transform(transform) => Ok(Self {
                name: DocumentName::parse_in(&transform.document, database)?,
                operation: Operation::Transform,
                transforms: parse_transforms(transform.field_transforms)?,
                precondition,
            }),
        }
    }

    /// Makes a write that sets fields: all of them, or those of a mask.
    pub fn update(
        name: DocumentName,
        mut fields: Fields,
        mask: Option<Mask>,
        precondition: Precondition,
    ) -> Result<Self> {
        validate::fields(&fields)?;
        fields.values_mut().for_each(cut_times);
        let operation = match mask {
            Some(mask) => Operation::Merge(fields, mask),
            None => Operation::Set(fields),
        };
        Ok(Self {
            name,
            operation,
            transforms: Vec::new(),
            precondition,
        })
    }

    /// Makes a write that removes a document.
    pub fn delete(name: DocumentName, precondition: Precondition) -> Self {
        Self {
            name,
            operation: Operation::Delete,
            transforms: Vec::new(),
            precondition,
        }
    }
}

fn parse_transforms(transforms: Vec<proto::document_transform::FieldTransform>) -> Result<Vec<Transform>> {
    let transforms: Vec<Transform> = transforms
        .into_iter()
        .map(Transform::parse)
        .collect::<Result<_>>()?;
    for (index, transform) in transforms.iter().enumerate() {
        if let Some(other) = transforms[..index]
            .iter()
            .find(|other| other.conflicts_with(transform))
        {
            return Err(Error::invalid(format!(
                "Transforms conflict: \"{other}\" and \"{transform}\"."
            )));
        }
    }
    Ok(transforms)
}

/// Cuts timestamps to microseconds, the precision in which Firestore stores them.
fn cut_times(value: &mut proto::Value) {
    match &mut value.value_type {
        Some(ValueType::TimestampValue(time)) => time.nanos -= time.nanos % 1_000,
        Some(ValueType::ArrayValue(array)) => array.values.iter_mut().for_each(cut_times),
        Some(ValueType::MapValue(map)) => map.fields.values_mut().for_each(cut_times),
        Some(_) | None => {}
    }
}
