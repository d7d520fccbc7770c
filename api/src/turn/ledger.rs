//! Who holds which allocations, and what each member has used.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use turn_server::service::session::Identifier;

/// What may be sent at once, as the time in which it would be sent evenly.
const BURST: Duration = Duration::from_secs(1);

/// What each member may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Allocations at once. A browser makes one or two for each of its connections.
    pub allocations: usize,
    /// Bytes a second that are relayed for it.
    pub bytes_per_second: u64,
}

/// The book that is kept of it.
#[derive(Debug)]
pub(super) struct Ledger {
    quota: Quota,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    allocations: HashMap<Identifier, Allocation>,
    members: HashMap<String, Account>,
    /// Those whose last wish was refused since the member has enough.
    refused: HashSet<Identifier>,
}

#[derive(Debug)]
struct Allocation {
    member: String,
    heard_at: Duration,
}

#[derive(Debug, Default)]
struct Account {
    allocations: usize,
    /// When all that was relayed would be relayed, had it been sent evenly.
    paid_until: Duration,
}

impl Ledger {
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            started: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// Tells whether a member may have one more, and remembers the one who asked if not.
    pub fn has_room(&self, id: &Identifier, member: &str) -> bool {
        let mut state = self.lock();
        let held = state.members.get(member).map_or(0, |account| account.allocations);
        if held < self.quota.allocations {
            return true;
        }
        state.refused.insert(*id);
        false
    }

    /// Tells, once, whether somebody was refused since its member has enough.
    pub fn take_refused(&self, id: &Identifier) -> bool {
        self.lock().refused.remove(id)
    }

    pub fn open(&self, id: &Identifier, member: &str) {
        let heard_at = self.now();
        let mut state = self.lock();
        let allocation = Allocation {
            member: member.to_owned(),
            heard_at,
        };
        if state.allocations.insert(*id, allocation).is_none() {
            state.members.entry(member.to_owned()).or_default().allocations += 1;
        }
    }

    pub fn close(&self, id: &Identifier) {
        let mut state = self.lock();
        let Some(allocation) = state.allocations.remove(id) else {
            return;
        };
        let Some(account) = state.members.get_mut(&allocation.member) else {
            return;
        };
        account.allocations = account.allocations.saturating_sub(1);
        if account.allocations == 0 {
            state.members.remove(&allocation.member);
        }
    }

    /// Takes note that a client lives.
    pub fn heard(&self, id: &Identifier) {
        let now = self.now();
        if let Some(allocation) = self.lock().allocations.get_mut(id) {
            allocation.heard_at = now;
        }
    }

    /// Takes so many bytes from what a member may send. Returns whether there were as many.
    pub fn pay(&self, id: &Identifier, bytes: usize) -> bool {
        let now = self.now();
        let mut state = self.lock();
        let State {
            allocations, members, ..
        } = &mut *state;
        let account = allocations
            .get(id)
            .and_then(|allocation| members.get_mut(&allocation.member));
        let Some(account) = account else { return false };
        let nanos = (bytes as u64).saturating_mul(1_000_000_000) / self.quota.bytes_per_second.max(1);
        let until = account.paid_until.max(now) + Duration::from_nanos(nanos);
        if until > now + BURST {
            return false;
        }
        account.paid_until = until;
        true
    }

    /// Returns those of whom nothing was heard for so long.
    pub fn silent(&self, since: Duration) -> Vec<Identifier> {
        let now = self.now();
        let state = self.lock();
        let silent = state
            .allocations
            .iter()
            .filter(|(_, allocation)| allocation.heard_at + since <= now);
        silent.map(|(id, _)| *id).collect()
    }

    pub fn allocations(&self) -> usize {
        self.lock().allocations.len()
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use turn_server::service::Transport;

    fn id(port: u16) -> Identifier {
        let address = |port| ([192, 0, 2, 1], port).into();
        Identifier {
            source: address(port),
            external: address(1),
            interface: address(1),
            transport: Transport::Udp,
        }
    }

    #[test]
    fn a_member_holds_so_many_allocations_and_a_closed_one_makes_room() {
        let ledger = Ledger::new(Quota {
            allocations: 1,
            bytes_per_second: 1_000,
        });
        ledger.open(&id(1), "kaguya");
        ledger.open(&id(1), "kaguya");
        assert!(!ledger.has_room(&id(2), "kaguya"));
        assert!(ledger.take_refused(&id(2)) && !ledger.take_refused(&id(2)));
        assert!(ledger.has_room(&id(2), "someone else"));
        ledger.close(&id(1));
        assert!(ledger.has_room(&id(2), "kaguya"));
        assert_eq!(ledger.allocations(), 0);
    }

    #[test]
    fn a_member_sends_so_much_over_all_its_allocations() {
        let ledger = Ledger::new(Quota {
            allocations: 2,
            bytes_per_second: 1_000,
        });
        ledger.open(&id(1), "kaguya");
        ledger.open(&id(2), "kaguya");
        ledger.open(&id(3), "someone else");
        assert!(ledger.pay(&id(1), 600));
        assert!(!ledger.pay(&id(2), 600));
        assert!(ledger.pay(&id(3), 600));
        assert!(!ledger.pay(&id(4), 1), "nobody knows it");
    }
}
