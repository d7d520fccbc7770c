//! What happened between two times, and what that means to all targets of a stream together.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    error::Result,
    path::{DocumentName, key},
    proto::Document,
    storage::{Before, Change, Row, State},
};

/// A document at both ends of a stretch of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) name: &'a DocumentName,
    pub(super) before: Option<&'a Document>,
    pub(super) after: Option<&'a Document>,
}

/// The documents that were written in between, by key.
pub(super) type Steps<'a> = BTreeMap<&'a [u8], Step<'a>>;

/// Makes one step of all changes of a document.
pub(super) fn steps(changes: &[Arc<Change>]) -> Steps<'_> {
    let mut steps = Steps::new();
    for change in changes {
        let after = change.after.as_ref().map(|(document, _)| document);
        steps
            .entry(change.key.as_slice())
            .and_modify(|step| step.after = after)
            .or_insert(Step {
                name: &change.name,
                before: change.before.as_ref(),
                after,
            });
    }
    steps
}

/// Documents at both ends, read from the history and from the later state.
#[derive(Debug, Default)]
pub(super) struct Missed(BTreeMap<Vec<u8>, (DocumentName, Option<Document>, Option<Document>)>);

impl Missed {
    /// Reads what documents are now that were something else before.
    pub(super) fn read(before: Before, state: &impl State) -> Result<Self> {
        before
            .into_iter()
            .map(|(key, before)| {
                let name = key::decode(&key)?;
                let before = before.as_ref().map(Row::decode).transpose()?;
                let after = state.row(&key)?.as_ref().map(Row::decode).transpose()?;
                Ok((key, (name, before, after)))
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Returns the steps.
    pub(super) fn steps(&self) -> Steps<'_> {
        self.0
            .iter()
            .map(|(key, (name, before, after))| {
                let step = Step {
                    name,
                    before: before.as_ref(),
                    after: after.as_ref(),
                };
                (key.as_slice(), step)
            })
            .collect()
    }
}

/// What the client must hear, document by document.
#[derive(Debug, Default)]
pub(super) struct Updates(pub(super) BTreeMap<Vec<u8>, Update>);

/// What a document means to the targets of a stream.
#[derive(Debug, Default)]
pub(super) struct Update {
    /// Targets that show it as it is now.
    pub(super) shown: Vec<i32>,
    /// Targets that do not show it any more.
    pub(super) removed: Vec<i32>,
    /// The document, where it was read already.
    pub(super) row: Option<Row>,
}

impl Updates {
    /// A target shows a document.
    pub(super) fn show(&mut self, target: i32, key: &[u8], row: Option<&Row>) {
        let update = self.update(key);
        update.shown.push(target);
        if let Some(row) = row {
            update.row = Some(row.clone());
        }
    }

    /// A target shows a document no more.
    pub(super) fn hide(&mut self, target: i32, key: &[u8]) {
        self.update(key).removed.push(target);
    }

    fn update(&mut self, key: &[u8]) -> &mut Update {
        self.0.entry(key.to_vec()).or_default()
    }
}
