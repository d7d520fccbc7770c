//! The state machine of one stream.
//!
//! | in | out |
//! |---|---|
//! | `add` a target | ADD, its documents, CURRENT, then a snapshot of all; REMOVE if it was wanted once |
//! | … that goes on after a time | ADD, what changed since, a filter, CURRENT, a snapshot |
//! | … after a time that is forgotten | ADD, RESET, its documents, CURRENT, a snapshot |
//! | `remove` a target | REMOVE |
//! | `advance` to a later state | what documents mean to which targets now, then a snapshot; nothing if nothing concerns them |
//! | `beat` | a snapshot, if time went on |
//!
//! A snapshot is NO_CHANGE of no target in particular, with a time and a token.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    message::{self, Outgoing},
    round::{Missed, Steps, Updates, steps},
    target::Target,
    token::{Resume, token},
};
use crate::{
    error::Result,
    path::{DatabaseName, key},
    proto::target_change::TargetChangeType,
    storage::{Change, Held, Snapshot, State},
    time::Micros,
};

/// All targets of a stream, at one time.
#[derive(Debug)]
pub(super) struct Core {
    file: i64,
    database: DatabaseName,
    time: Micros,
    /// The time of the last snapshot that the client heard of.
    told: Micros,
    targets: BTreeMap<i32, Target>,
}

impl Core {
    /// Makes a stream without targets.
    pub(super) fn new(file: i64, database: DatabaseName, time: Micros) -> Self {
        Self {
            file,
            database,
            time,
            told: Micros(0),
            targets: BTreeMap::new(),
        }
    }

    /// Returns a target.
    pub(super) fn target(&self, id: i32) -> Option<&Target> {
        self.targets.get(&id)
    }

    /// Counts the targets.
    pub(super) fn len(&self) -> usize {
        self.targets.len()
    }

    /// Tells whether going on may take long.
    pub(super) fn may_be_long(&self, held: &Held<Arc<Change>>, snapshot: &Snapshot) -> bool {
        matches!(held, Held::TooMany)
            || self
                .targets
                .values()
                .any(|target| target.is_windowed() && target.may_be_long(snapshot.composites()))
    }

    /// Takes in a target. The stream must have advanced to the snapshot before.
    pub(super) fn add(
        &mut self,
        id: i32,
        mut target: Target,
        resume: Resume,
        snapshot: &Snapshot,
    ) -> Result<Vec<Outgoing>> {
        let mut out = vec![message::targets(TargetChangeType::Add, [id], None)];
        let mut updates = Updates::default();
        let once = target.once;
        let known = match resume {
            Resume::After(time) => (snapshot.since..=snapshot.time).contains(&time).then_some(time),
            Resume::Anew | Resume::Unknown => None,
        };
        if let Some(time) = known {
            target.recall(&snapshot.at(time, &self.database)?)?;
            let missed = Missed::read(snapshot.changed_since(time, &self.database)?, snapshot)?;
            target.advance(id, &missed.steps(), snapshot, &mut updates)?;
        } else {
            if resume != Resume::Anew {
                out.push(message::targets(TargetChangeType::Reset, [id], None));
            }
            target.begin(id, snapshot, &mut updates)?;
        }
        let count = known.map(|_| target.count(snapshot)).transpose()?;
        self.targets.insert(id, target);
        self.tell(updates, snapshot, &mut out)?;
        out.extend(count.map(|count| message::filter(id, count)));
        out.push(message::targets(
            TargetChangeType::Current,
            [id],
            Some(self.now()),
        ));
        out.push(self.snapshot());
        if once {
            self.targets.remove(&id);
            out.push(message::targets(TargetChangeType::Remove, [id], None));
        }
        Ok(out)
    }

    /// Lets a target go.
    pub(super) fn remove(&mut self, id: i32) -> Outgoing {
        self.targets.remove(&id);
        message::targets(TargetChangeType::Remove, [id], None)
    }

    /// Goes on to a later state. `held` is what happened in between.
    pub(super) fn advance(&mut self, held: Held<Arc<Change>>, snapshot: &Snapshot) -> Result<Vec<Outgoing>> {
        let mut out = Vec::new();
        let mut updates = Updates::default();
        let before = self.time;
        self.time = self.time.max(snapshot.time);
        match held {
            Held::Changes(changes) => self.step(&steps(&changes), snapshot, &mut updates)?,
            Held::TooMany if before < snapshot.since => {
                let ids: Vec<i32> = self.targets.keys().copied().collect();
                out.push(message::targets(TargetChangeType::Reset, ids.clone(), None));
                for (id, target) in &mut self.targets {
                    target.begin(*id, snapshot, &mut updates)?;
                }
                self.tell(updates, snapshot, &mut out)?;
                out.push(message::targets(TargetChangeType::Current, ids, Some(self.now())));
                out.push(self.snapshot());
                return Ok(out);
            }
            Held::TooMany => {
                let missed = Missed::read(snapshot.changed_since(before, &self.database)?, snapshot)?;
                self.step(&missed.steps(), snapshot, &mut updates)?;
            }
        }
        if !updates.0.is_empty() {
            self.tell(updates, snapshot, &mut out)?;
            out.push(self.snapshot());
        }
        Ok(out)
    }

    /// Says what time it is, if the client does not know.
    pub(super) fn beat(&mut self) -> Option<Outgoing> {
        (self.told < self.time && !self.targets.is_empty()).then(|| self.snapshot())
    }

    fn step(&mut self, steps: &Steps<'_>, snapshot: &Snapshot, updates: &mut Updates) -> Result<()> {
        self.targets
            .iter_mut()
            .try_for_each(|(id, target)| target.advance(*id, steps, snapshot, updates))
    }

    fn now(&self) -> (Vec<u8>, Micros) {
        (token(self.file, self.time), self.time)
    }

    fn snapshot(&mut self) -> Outgoing {
        self.told = self.time;
        message::targets(TargetChangeType::NoChange, [], Some(self.now()))
    }

    fn tell(&self, updates: Updates, state: &impl State, out: &mut Vec<Outgoing>) -> Result<()> {
        for (key, update) in updates.0 {
            let row = match update.row {
                Some(row) => Some(row),
                None => state.row(&key)?,
            };
            let Some(row) = row else {
                // Whoever showed it shows it no more.
                let gone = [update.shown, update.removed].concat();
                out.push(message::deleted(&key::decode(&key)?, gone, self.time));
                continue;
            };
            if update.shown.is_empty() {
                out.push(message::removed(&key, update.removed, self.time)?);
                continue;
            }
            // Targets that select fields see another document than the rest.
            let (whole, selecting): (Vec<i32>, Vec<i32>) =
                update.shown.iter().partition(|id| self.select(**id).is_none());
            let mut removed = update.removed;
            let parts = std::iter::once(whole).chain(selecting.into_iter().map(|id| vec![id]));
            for shown in parts.filter(|shown| !shown.is_empty()) {
                out.push(Outgoing::Document {
                    row: row.clone(),
                    select: shown.first().and_then(|id| self.select(*id)).cloned(),
                    shown,
                    removed: std::mem::take(&mut removed),
                });
            }
        }
        Ok(())
    }

    fn select(&self, id: i32) -> Option<&crate::mask::Mask> {
        self.targets.get(&id).and_then(Target::select)
    }
}
