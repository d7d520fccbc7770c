//! What reading needs: the same for the newest state, for the past, and for the writer in the middle of a commit.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use super::{Composites, Row};
use crate::error::Result;

/// Rows with their keys, or an error of the file.
pub(crate) type Rows<'a, T> = Box<dyn Iterator<Item = Result<(Vec<u8>, T)>> + 'a>;

/// A state of all databases.
pub(crate) trait State {
    /// Returns a document's row.
    fn row(&self, key: &[u8]) -> Result<Option<Row>>;

    /// Lists documents of a range of keys, in order or backwards.
    fn rows(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, Row>>;

    /// Lists entries of the index of a range of keys, in order or backwards.
    fn entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>>;

    /// Lists entries of the indexes of several fields of a range of keys, in order or backwards.
    fn composite_entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>>;

    /// Returns the indexes of several fields that there are.
    fn composites(&self) -> &Composites;

    /// Returns the first key of a document at or after `from`, if it is before `to`.
    fn first_key(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>>;

    /// Returns the group keys with a prefix. One may name a collection that holds nothing any more.
    fn collections(&self, prefix: &[u8]) -> Result<BTreeSet<Vec<u8>>>;
}

impl<S: State> State for Arc<S> {
    fn row(&self, key: &[u8]) -> Result<Option<Row>> {
        S::row(self, key)
    }

    fn rows(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, Row>> {
        S::rows(self, range, reverse)
    }

    fn entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>> {
        S::entries(self, range, reverse)
    }

    fn composite_entries(&self, range: Range<Vec<u8>>, reverse: bool) -> Result<Rows<'_, u16>> {
        S::composite_entries(self, range, reverse)
    }

    fn composites(&self) -> &Composites {
        S::composites(self)
    }

    fn first_key(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>> {
        S::first_key(self, from, to)
    }

    fn collections(&self, prefix: &[u8]) -> Result<BTreeSet<Vec<u8>>> {
        S::collections(self, prefix)
    }
}
