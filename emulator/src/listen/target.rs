//! One target: documents by name, or a query.

use std::collections::{BTreeMap, BTreeSet};

use super::round::{Step, Steps, Updates};
use crate::{
    error::{Error, Result},
    mask::Mask,
    path::{DatabaseName, DocumentName, ParentName, key},
    proto::{self, target::TargetType, target::query_target::QueryType},
    query::{Found, Query},
    storage::{Composites, State, Topic},
    time::Micros,
};

/// Documents that one target may name.
const MAX_DOCUMENTS: usize = 1_000;

/// What a client watches under one id.
#[derive(Clone, Debug)]
pub(super) struct Target {
    shows: Shows,
    /// Whether it ends as soon as it is current.
    pub(super) once: bool,
}

#[derive(Clone, Debug)]
enum Shows {
    /// Documents by key.
    Documents(BTreeMap<Vec<u8>, DocumentName>),
    /// A query that decides about each document by itself.
    Query(Query),
    /// A query that shows so many and no more.
    Window(Query, Window),
}

/// What a query with a limit shows.
#[derive(Clone, Debug, Default)]
struct Window {
    /// Documents by key, with when they were written last.
    documents: BTreeMap<Vec<u8>, Micros>,
    /// Where the last document sorts if there is no room for another.
    full_at: Option<Vec<u8>>,
}

impl Target {
    /// Parses and validates a target of a database.
    pub(super) fn parse(target: &proto::Target, database: &DatabaseName) -> Result<Self> {
        let shows = match &target.target_type {
            None => return Err(Error::invalid("A target must say what it watches.")),
            Some(TargetType::Documents(documents)) => {
                if documents.documents.is_empty() || documents.documents.len() > MAX_DOCUMENTS {
                    return Err(Error::invalid(format!(
                        "A target must name between 1 and {MAX_DOCUMENTS} documents."
                    )));
                }
                let names = documents.documents.iter().map(|name| {
                    DocumentName::parse_in(name, database).map(|name| (key::document(&name), name))
                });
                Shows::Documents(names.collect::<Result<_>>()?)
            }
            Some(TargetType::Query(query)) => {
                let parent = ParentName::parse(&query.parent)?;
                if &parent.database != database {
                    return Err(Error::invalid("A target must be of the stream's database."));
                }
                let Some(QueryType::StructuredQuery(structured)) = &query.query_type else {
                    return Err(Error::invalid("The target must hold a structured query."));
                };
                let query = Query::parse(&parent, structured)?;
                if query.is_windowed() {
                    Shows::Window(query, Window::default())
                } else {
                    Shows::Query(query)
                }
            }
        };
        Ok(Self {
            shows,
            once: target.once,
        })
    }

    /// Returns what the target must hear of.
    pub(super) fn topics(&self) -> BTreeSet<Topic> {
        match &self.shows {
            Shows::Documents(names) => names.values().map(Topic::document).collect(),
            Shows::Query(query) | Shows::Window(query, _) => [query.topic()].into(),
        }
    }

    /// Returns which fields the target shows, if not all.
    pub(super) fn select(&self) -> Option<&Mask> {
        match &self.shows {
            Shows::Documents(_) => None,
            Shows::Query(query) | Shows::Window(query, _) => query.select(),
        }
    }

    /// Tells whether finding out what the target shows may take long.
    pub(super) fn may_be_long(&self, composites: &Composites) -> bool {
        match &self.shows {
            Shows::Documents(_) => false,
            Shows::Query(query) | Shows::Window(query, _) => query.may_be_long(composites),
        }
    }

    /// Tells whether a change may make the target look at more than the change.
    pub(super) fn is_windowed(&self) -> bool {
        matches!(self.shows, Shows::Window(..))
    }

    /// Shows everything, to somebody who knows nothing. Returns how many documents that are.
    pub(super) fn begin(&mut self, id: i32, state: &impl State, updates: &mut Updates) -> Result<usize> {
        match &mut self.shows {
            Shows::Documents(names) => {
                let mut count = 0;
                for key in names.keys() {
                    match state.row(key)? {
                        Some(row) => {
                            updates.show(id, key, Some(&row));
                            count += 1;
                        }
                        None => updates.hide(id, key),
                    }
                }
                Ok(count)
            }
            Shows::Query(query) => {
                let found = query.run(state)?.found;
                for found in &found {
                    updates.show(id, &found.key, Some(&found.row));
                }
                Ok(found.len())
            }
            Shows::Window(query, window) => {
                *window = Window::default();
                window.replace(id, query, state, updates)?;
                Ok(window.documents.len())
            }
        }
    }

    /// Makes the target what it was in an earlier state, of which somebody has heard.
    pub(super) fn recall(&mut self, earlier: &impl State) -> Result<()> {
        if let Shows::Window(query, window) = &mut self.shows {
            *window = Window::of(query, &query.run(earlier)?.found)?;
        }
        Ok(())
    }

    /// Counts what the target shows.
    pub(super) fn count(&self, state: &impl State) -> Result<usize> {
        match &self.shows {
            Shows::Documents(names) => {
                let mut count = 0;
                for key in names.keys() {
                    count += usize::from(state.row(key)?.is_some());
                }
                Ok(count)
            }
            Shows::Query(query) => Ok(query.run(state)?.found.len()),
            Shows::Window(_, window) => Ok(window.documents.len()),
        }
    }

    /// Goes on to a later state, from which the one before differs by `steps`.
    pub(super) fn advance(
        &mut self,
        id: i32,
        steps: &Steps<'_>,
        state: &impl State,
        updates: &mut Updates,
    ) -> Result<()> {
        match &mut self.shows {
            Shows::Documents(names) => {
                for (key, step) in steps.iter().filter(|(key, _)| names.contains_key(**key)) {
                    match step.after {
                        Some(_) => updates.show(id, key, None),
                        None => updates.hide(id, key),
                    }
                }
            }
            Shows::Query(query) => {
                for (key, step) in steps {
                    if step
                        .after
                        .is_some_and(|after| query.place(step.name, after).is_some())
                    {
                        updates.show(id, key, None);
                    } else if step
                        .before
                        .is_some_and(|before| query.place(step.name, before).is_some())
                    {
                        updates.hide(id, key);
                    }
                }
            }
            Shows::Window(query, window) => {
                if steps
                    .iter()
                    .any(|(key, step)| window.is_touched(query, key, step))
                {
                    window.replace(id, query, state, updates)?;
                }
            }
        }
        Ok(())
    }
}

impl Window {
    fn of(query: &Query, found: &[Found]) -> Result<Self> {
        let documents = found
            .iter()
            .map(|found| (found.key.clone(), found.row.version()))
            .collect();
        let last = found.last().filter(|_| query.is_filled_by(found.len()));
        let full_at = match last {
            Some(last) => query.place(&key::decode(&last.key)?, &last.row.decode()?),
            None => None,
        };
        Ok(Self { documents, full_at })
    }

    /// Tells whether a change may alter what the window shows: all but what happens behind its end.
    fn is_touched(&self, query: &Query, key: &[u8], step: &Step<'_>) -> bool {
        if self.documents.contains_key(key) {
            return true;
        }
        let before = step.before.and_then(|before| query.place(step.name, before));
        let after = step.after.and_then(|after| query.place(step.name, after));
        // Whatever lies in front of the window may push it, also what an offset leaves out.
        [before, after]
            .into_iter()
            .flatten()
            .any(|at| self.full_at.as_ref().is_none_or(|end| &at < end))
    }

    /// Asks the query anew and tells what differs.
    fn replace(&mut self, id: i32, query: &Query, state: &impl State, updates: &mut Updates) -> Result<()> {
        let found = query.run(state)?.found;
        let next = Self::of(query, &found)?;
        for key in self
            .documents
            .keys()
            .filter(|key| !next.documents.contains_key(*key))
        {
            updates.hide(id, key);
        }
        for found in &found {
            if self.documents.get(&found.key) != next.documents.get(&found.key) {
                updates.show(id, &found.key, Some(&found.row));
            }
        }
        *self = next;
        Ok(())
    }
}
