//! How much of something each address holds at the moment.

use crate::rooms::Source;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts what each holds. Clones are the same counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Arc<Mutex<HashMap<Source, usize>>>);

/// A place that is held until this is dropped.
#[derive(Debug)]
pub struct Ticket(Option<(Counts, Source)>);

impl Counts {
    /// Takes a place if there is one left. Whoever is not counted always gets one.
    pub fn take(&self, source: Option<Source>, most: usize) -> Option<Ticket> {
        let Some(source) = source else {
            return Some(Ticket(None));
        };
        let mut counts = self.lock();
        let count = counts.get(&source).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        counts.insert(source, count + 1);
        Some(Ticket(Some((self.clone(), source))))
    }

    fn give_back(&self, source: &Source) {
        let mut counts = self.lock();
        let left = counts.get(source).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            counts.remove(source);
        } else {
            counts.insert(*source, left);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Source, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some((counts, source)) = &self.0 {
            counts.give_back(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn nothing_is_remembered_of_who_has_gone() {
        let counts = Counts::default();
        let source = Source::from("192.0.2.1".parse::<IpAddr>().unwrap());
        let tickets: Vec<_> = (0..3).filter_map(|_| counts.take(Some(source), 2)).collect();
        assert_eq!(tickets.len(), 2);
        drop(tickets);
        assert!(counts.lock().is_empty());
    }
}
