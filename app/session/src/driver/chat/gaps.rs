//! Where messages are missing between those that are known.
//!
//! A gap is named by the message behind it, and that by when it was stored: no two messages of a room are of the same time, and
//! times rise. A page from the store has no gap within it, so it closes all gaps that it reaches over, and leaves at most one
//! before its first message.

use std::collections::BTreeSet;

/// The gaps of a chat.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// The messages before which others are missing.
    before: BTreeSet<u64>,
    /// The person is back, and what it missed has not come: the newest message that it has heard since.
    back: Option<Option<u64>>,
}

impl Gaps {
    /// The person is back, and what it missed is to come.
    pub fn rejoined(&mut self) {
        self.back = Some(None);
    }

    /// What was missed comes, or its end.
    pub fn back(&mut self) {
        self.back = None;
    }

    /// A message is heard, between these two that are known. Returns whether there is a gap before it.
    pub fn heard(&mut self, at: u64, before: Option<u64>, after: Option<u64>) -> bool {
        // Nobody knows what was said before the first that is heard after a break, until the history comes.
        let broken = match &mut self.back {
            Some(newest) => {
                let follows = newest.is_some() && *newest == before;
                if newest.is_none_or(|newest| newest < at) {
                    *newest = Some(at);
                }
                !follows
            }
            None => false,
        };
        // It falls into a gap, which is then on both of its sides.
        let within = after.is_some_and(|after| self.before.contains(&after));
        if broken || within {
            self.before.insert(at);
        }
        broken || within
    }

    /// Everything from one message on until a time (or until now) is known, or everything until then that is to be had.
    pub fn close(&mut self, from: Option<u64>, until: Option<u64>) {
        self.before.retain(|at| {
            let later = until.is_some_and(|until| *at > until);
            later || from.is_some_and(|from| *at <= from)
        });
    }

    /// Messages are missing before one.
    pub fn open(&mut self, at: u64) {
        self.before.insert(at);
    }

    /// The last gap. `None` also while the history is awaited, which may close it.
    pub fn newest(&self) -> Option<u64> {
        self.before.last().copied().filter(|_| self.back.is_none())
    }

    /// Says whether messages are missing before one.
    pub fn is_before(&self, at: u64) -> bool {
        self.before.contains(&at)
    }
}
