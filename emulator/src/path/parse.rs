//! Parsing and validation of resource names.

use super::{CollectionName, DatabaseName, DocumentName, ParentName, key::numeric_id};
use crate::error::{Error, Result};

/// Bytes of UTF-8 that an id may have.
const MAX_ID_BYTES: usize = 1_500;
/// Levels of collections that may be nested.
const MAX_DEPTH: usize = 100;
/// Bytes of UTF-8 that a whole document name may have.
const MAX_NAME_BYTES: usize = 6 * 1_024;

impl DatabaseName {
    /// Parses `projects/{project}/databases/{database}`.
    pub fn parse(name: &str) -> Result<Self> {
        let (database, rest) = split_database(name)?;
        if rest.is_some() {
            return Err(Error::invalid(format!("Invalid database name: \"{name}\"")));
        }
        Ok(database)
    }
}

impl ParentName {
    /// Parses `{database}/documents` or a document's name.
    pub fn parse(name: &str) -> Result<Self> {
        let (database, segments) = split(name)?;
        if !segments.len().is_multiple_of(2) {
            return Err(Error::invalid(format!(
                "Parent name \"{name}\" lacks \"/\" at index {}.",
                name.len()
            )));
        }
        Ok(Self { database, segments })
    }
}

impl DocumentName {
    /// Parses `{database}/documents/{collection}/{document}/…`.
    pub fn parse(name: &str) -> Result<Self> {
        let (database, segments) = split(name)?;
        if segments.is_empty() || !segments.len().is_multiple_of(2) {
            return Err(Error::invalid(format!(
                "Document name \"{name}\" lacks \"/\" at index {}.",
                name.len()
            )));
        }
        Ok(Self { database, segments })
    }

    /// Parses a document's name that must lie in `database`.
    pub fn parse_in(name: &str, database: &DatabaseName) -> Result<Self> {
        let document = Self::parse(name)?;
        if &document.database != database {
            return Err(Error::invalid(format!(
                "Document \"{name}\" is not in the database \"{database}\"."
            )));
        }
        Ok(document)
    }
}

impl CollectionName {
    /// Names the collection `id` of `parent`, refusing a bad id.
    pub fn new(parent: &ParentName, id: &str) -> Result<Self> {
        validate_id(id, "Collection")?;
        Ok(parent.collection(id))
    }

    /// Names a document of the collection, refusing a bad id or a name that grows too long.
    pub fn new_document(&self, id: &str) -> Result<DocumentName> {
        validate_id(id, "Document")?;
        let document = self.document(id);
        validate_length(document.segments.len(), document.to_string().len())?;
        Ok(document)
    }
}

/// Refuses ids that Firestore refuses: empty, `.`, `..`, with a slash, reserved, or too long.
pub(crate) fn validate_id(id: &str, kind: &str) -> Result<()> {
    let complaint = if id.is_empty() {
        "must not be empty"
    } else if id == "." || id == ".." {
        "must not be \".\" or \"..\""
    } else if id.contains('/') {
        "must not contain \"/\""
    } else if id.len() >= 4 && id.starts_with("__") && id.ends_with("__") && numeric_id(id).is_none() {
        "is reserved"
    } else if id.len() > MAX_ID_BYTES {
        "is longer than 1500 bytes"
    } else {
        return Ok(());
    };
    // An id of a megabyte must not come back in the message.
    let shown: String = id.chars().take(64).collect();
    Err(Error::invalid(format!(
        "{kind} id \"{shown}\" is invalid because it {complaint}."
    )))
}

fn split(name: &str) -> Result<(DatabaseName, Vec<String>)> {
    let (database, rest) = split_database(name)?;
    let wrong = || {
        Error::invalid(format!(
            "Document name \"{name}\" must contain \"/documents\" after the database."
        ))
    };
    let rest = rest.ok_or_else(wrong)?;
    if rest == "documents" {
        return Ok((database, Vec::new()));
    }
    let path = rest.strip_prefix("documents/").ok_or_else(wrong)?;
    let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    validate_length(segments.len(), name.len())?;
    for (index, segment) in segments.iter().enumerate() {
        validate_id(
            segment,
            if index.is_multiple_of(2) {
                "Collection"
            } else {
                "Document"
            },
        )?;
    }
    Ok((database, segments))
}

fn validate_length(segments: usize, bytes: usize) -> Result<()> {
    if bytes > MAX_NAME_BYTES {
        return Err(Error::invalid("Document name is longer than 6144 bytes."));
    }
    if segments > 2 * MAX_DEPTH {
        return Err(Error::invalid(
            "Document name has more than 100 nested collections.",
        ));
    }
    Ok(())
}

fn split_database(name: &str) -> Result<(DatabaseName, Option<&str>)> {
    let mut parts = name.splitn(5, '/');
    let (Some("projects"), Some(project), Some("databases"), Some(database)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Error::invalid(format!(
            "Invalid resource name: \"{name}\". It must start with \"projects/{{project}}/databases/{{database}}\"."
        )));
    };
    if project.is_empty() || database.is_empty() {
        return Err(Error::invalid(format!(
            "Invalid resource name: \"{name}\". Project and database must be named."
        )));
    }
    Ok((
        DatabaseName {
            project: project.to_owned(),
            database: database.to_owned(),
        },
        parts.next(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "projects/p/databases/(default)/documents";

    #[test]
    fn documents_parents_and_databases_are_told_apart() {
        assert_eq!(
            DocumentName::parse(&format!("{ROOT}/a/b")).unwrap().to_string(),
            format!("{ROOT}/a/b")
        );
        assert!(DocumentName::parse(ROOT).is_err());
        assert!(DocumentName::parse(&format!("{ROOT}/a")).is_err());
        assert!(ParentName::parse(ROOT).unwrap().segments.is_empty());
        assert!(ParentName::parse(&format!("{ROOT}/a")).is_err());
        assert_eq!(
            DatabaseName::parse("projects/p/databases/d").unwrap().database,
            "d"
        );
        for wrong in [
            "",
            "projects",
            "projects/p/databases/",
            ROOT,
            "projects//databases/d",
            "x/p/databases/d",
        ] {
            assert!(DatabaseName::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reserved_and_impossible_ids_are_refused() {
        for id in ["", ".", "..", "__x__", "____", "a/b", &"x".repeat(1501)] {
            assert!(validate_id(id, "Document").is_err(), "{id}");
        }
        for id in [
            "__id7__",
            "__id-9223372036854775808__",
            "___",
            "__",
            "__x",
            "...",
            "月",
            " ",
            &"x".repeat(1500),
        ] {
            assert!(validate_id(id, "Document").is_ok(), "{id}");
        }
    }

    #[test]
    fn a_document_of_another_database_is_refused() {
        let here = DatabaseName::parse("projects/p/databases/here").unwrap();
        assert!(DocumentName::parse_in(&format!("{ROOT}/a/b"), &here).is_err());
    }
}
