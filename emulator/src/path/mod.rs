//! Resource names: databases, documents, and collections with their parents.
//!
//! Everything that arrives as a string is parsed here once; the rest of the crate only sees names that are valid.

pub mod key;
mod parse;

pub(crate) use self::parse::validate_id;

use std::fmt;

/// A database: `projects/{project}/databases/{database}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatabaseName {
    pub(crate) project: String,
    pub(crate) database: String,
}

/// A database's root or one of its documents: whatever collections can hang from. Holds an even number of segments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParentName {
    pub(crate) database: DatabaseName,
    pub(crate) segments: Vec<String>,
}

/// A collection: an odd number of segments below the database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionName {
    pub(crate) database: DatabaseName,
    pub(crate) segments: Vec<String>,
}

/// A document: an even number of segments, at least two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName {
    pub(crate) database: DatabaseName,
    pub(crate) segments: Vec<String>,
}

impl ParentName {
    /// Names a collection below this parent. The id must have been validated.
    pub(crate) fn collection(&self, id: &str) -> CollectionName {
        let mut segments = self.segments.clone();
        segments.push(id.to_owned());
        CollectionName {
            database: self.database.clone(),
            segments,
        }
    }
}

impl CollectionName {
    /// Names a document of this collection. The id must have been validated.
    pub(crate) fn document(&self, id: &str) -> DocumentName {
        let mut segments = self.segments.clone();
        segments.push(id.to_owned());
        DocumentName {
            database: self.database.clone(),
            segments,
        }
    }

    /// Returns the last segment, for which collection groups ask.
    pub(crate) fn id(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }
}

impl DocumentName {
    /// Returns the last segment.
    pub(crate) fn id(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }

    /// Returns the collection that holds the document.
    pub(crate) fn collection(&self) -> CollectionName {
        let mut segments = self.segments.clone();
        segments.pop();
        CollectionName {
            database: self.database.clone(),
            segments,
        }
    }
}

impl fmt::Display for DatabaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "projects/{}/databases/{}", self.project, self.database)
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, database: &DatabaseName, segments: &[String]) -> fmt::Result {
    write!(f, "{database}/documents")?;
    segments.iter().try_for_each(|segment| write!(f, "/{segment}"))
}

impl fmt::Display for ParentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_path(f, &self.database, &self.segments)
    }
}

impl fmt::Display for CollectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_path(f, &self.database, &self.segments)
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_path(f, &self.database, &self.segments)
    }
}
