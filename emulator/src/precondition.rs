//! Preconditions: what must hold of the stored document for a write to happen.

use crate::{
    error::{Error, Result},
    path::DocumentName,
    proto::{self, precondition::ConditionType},
    time::Micros,
};

/// A condition on the stored document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Whatever is stored.
    None,
    /// The document must, or must not, exist.
    Exists(bool),
    /// The document must exist and have been written last at this time.
    UpdateTime(Micros),
}

impl Precondition {
    /// Parses a precondition; one without a condition is none.
    pub fn parse(precondition: Option<&proto::Precondition>) -> Self {
        match precondition.and_then(|precondition| precondition.condition_type.as_ref()) {
            None => Self::None,
            Some(ConditionType::Exists(exists)) => Self::Exists(*exists),
            Some(ConditionType::UpdateTime(time)) => Self::UpdateTime(Micros::from(time)),
        }
    }

    /// Refuses the write unless the condition holds. `stored` is the update time of the document, if it exists.
    pub(crate) fn check(self, name: &DocumentName, stored: Option<Micros>) -> Result<()> {
        match (self, stored) {
            (Self::None, _) | (Self::Exists(true), Some(_)) | (Self::Exists(false), None) => Ok(()),
            (Self::Exists(false), Some(_)) => Err(Error::AlreadyExists(name.to_string())),
            (Self::Exists(true), None) => Err(Error::NotFound(format!("No document to update: {name}"))),
            (Self::UpdateTime(wanted), Some(stored)) if wanted == stored => Ok(()),
            (Self::UpdateTime(wanted), Some(stored)) if wanted > stored => Err(Error::invalid(format!(
                "Invalid base version, it is greater than the stored version: {name}"
            ))),
            (Self::UpdateTime(wanted), Some(stored)) => Err(Error::FailedPrecondition(format!(
                "the stored version ({}) does not match the required base version ({})",
                stored.0, wanted.0
            ))),
            (Self::UpdateTime(wanted), None) => Err(Error::FailedPrecondition(format!(
                "the stored version (0) does not match the required base version ({})",
                wanted.0
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    #[test]
    fn each_condition_fails_with_its_own_code() {
        let name = DocumentName::parse("projects/p/databases/d/documents/a/b").unwrap();
        let code =
            |condition: Precondition, stored| condition.check(&name, stored).map_err(|error| error.code());
        let (old, new) = (Some(Micros(1)), Some(Micros(2)));
        assert_eq!(code(Precondition::None, None), Ok(()));
        assert_eq!(code(Precondition::Exists(true), old), Ok(()));
        assert_eq!(code(Precondition::Exists(true), None), Err(Code::NotFound));
        assert_eq!(code(Precondition::Exists(false), None), Ok(()));
        assert_eq!(code(Precondition::Exists(false), old), Err(Code::AlreadyExists));
        assert_eq!(code(Precondition::UpdateTime(Micros(1)), old), Ok(()));
        assert_eq!(
            code(Precondition::UpdateTime(Micros(1)), new),
            Err(Code::FailedPrecondition)
        );
        assert_eq!(
            code(Precondition::UpdateTime(Micros(1)), None),
            Err(Code::FailedPrecondition)
        );
        // A time that the document has not had yet cannot come from this server.
        assert_eq!(
            code(Precondition::UpdateTime(Micros(2)), old),
            Err(Code::InvalidArgument)
        );
        let future = Precondition::UpdateTime(Micros(2)).check(&name, old).unwrap_err();
        assert!(
            future
                .to_string()
                .starts_with("Invalid base version, it is greater than the stored version")
        );
    }
}
