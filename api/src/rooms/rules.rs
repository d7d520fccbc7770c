//! What is stored of a room besides its chat: who may come in, and who decides that.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt, time::Duration};
use wire::{HistoryPolicy, HostToken, MemberId, RoomRules};

/// The most removals that are kept. The oldest goes first.
const REMOVED: usize = 500;

/// A room's rules. Whatever is not said is as in a room that nobody has changed: open to all.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// Rises with every change, so that a change which was made without knowing another is noticed.
    pub version: u64,
    /// What the host's token hashes to. `None` until somebody first comes in, who is the host.
    pub host: Option<String>,
    /// What the passcode hashes to, as `api::passcode` writes it.
    pub passcode: Option<String>,
    /// Nobody new comes in.
    pub locked: bool,
    /// Whoever is new waits for the host.
    pub waiting: bool,
    /// The host has ended the call, and has not come again.
    pub closed: bool,
    /// What one is given of the chat of before.
    pub history: HistoryPolicy,
    /// Tokens from before this time, in milliseconds since 1970, open no door: the call that they are of was ended.
    pub ended_at: u64,
    /// Who was put out, by lineage, and until when its token would have been good (milliseconds since 1970).
    pub removed: BTreeMap<MemberId, u64>,
}

impl Rules {
    /// What people inside are told.
    pub fn public(&self) -> RoomRules {
        RoomRules {
            locked: self.locked,
            waiting: self.waiting,
            passcode: self.passcode.is_some(),
            history: self.history,
        }
    }

    /// Tells whether anybody with the link may come in.
    pub fn is_open(&self) -> bool {
        !self.locked && !self.closed && !self.waiting && self.passcode.is_none()
    }

    /// Tells whether a token is the present host's.
    pub fn is_host(&self, token: &HostToken) -> bool {
        // What is compared are hashes of 256 bits: that it takes longer for a longer equal beginning helps nobody.
        self.host.as_deref() == Some(hash(token).as_str())
    }

    /// Voids the tokens of a lineage, which are good until then.
    pub fn remove(&mut self, lineage: MemberId, now: Duration, until: Duration) {
        self.removed.retain(|_, until| *until > millis(now));
        if self.removed.len() >= REMOVED {
            let first = self.removed.iter().min_by_key(|(_, until)| **until);
            if let Some(first) = first.map(|(lineage, _)| lineage.clone()) {
                self.removed.remove(&first);
            }
        }
        self.removed.insert(lineage, millis(until));
    }

    /// Tells whether a lineage was put out.
    pub fn is_removed(&self, lineage: &MemberId, now: Duration) -> bool {
        self.removed
            .get(lineage)
            .is_some_and(|until| *until > millis(now))
    }

    /// From which time on, in milliseconds since 1970, somebody is given what was said; `None` is nothing at all.
    pub fn history_since(&self, came: u64) -> Option<u64> {
        match self.history {
            HistoryPolicy::All => Some(0),
            HistoryPolicy::Joined => Some(came),
            HistoryPolicy::None => None,
        }
    }
}

/// What is stored of a host's token: who reads the database is not host.
pub fn hash(token: &HostToken) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_str().as_bytes()))
}

/// A time since 1970 in milliseconds.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Shows no hash: a short passcode could be guessed from it.
impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rules(version {}, {:?})", self.version, self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_end_with_the_tokens_and_the_oldest_make_room() {
        let mut rules = Rules::default();
        let lineage = |n: usize| format!("m{n}").parse::<MemberId>().unwrap();
        let at = |n: usize| Duration::from_secs(n as u64);
        for n in 0..REMOVED + 1 {
            rules.remove(lineage(n), at(0), at(n + 10));
        }
        assert_eq!(rules.removed.len(), REMOVED);
        assert!(!rules.is_removed(&lineage(0), at(0)) && rules.is_removed(&lineage(1), at(0)));
        assert!(
            !rules.is_removed(&lineage(1), at(11)),
            "its tokens are no good any more"
        );
        rules.remove(lineage(9_999), at(400), at(500));
        assert_eq!(
            rules.removed.len(),
            REMOVED + 1 - 391 + 1,
            "what has ended is forgotten"
        );
    }

    #[test]
    fn what_is_logged_of_rules_holds_no_secret() {
        let rules = Rules {
            host: Some("secret-1".into()),
            passcode: Some("secret-2".into()),
            ..Rules::default()
        };
        assert!(!format!("{rules:?}").contains("secret"));
    }
}
