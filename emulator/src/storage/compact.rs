//! Makes the data file smaller when it is opened, if little of it is used: then nobody reads yet, which redb asks for.

use std::time::Instant;

use redb::Database;

use super::{open::Facts, room::Room};

/// A file that is smaller than this is left as it is.
const SMALL: u64 = 32 * 1024 * 1024;
/// How many times the bytes of what it holds a file may have. The trees take their part, and so do pages half full.
const LOOSE: u64 = 4;

/// Compacts the file if it is worth the time.
pub(super) fn compact(database: &mut Database, room: &Room, facts: &Facts) {
    let (before, held) = (room.length(), facts.live + facts.kept.bytes);
    if !is_worth_it(before, held) {
        return;
    }
    // While pages are moved there are some of them twice.
    if !room.holds(held) || !room.is_wide() {
        tracing::warn!(
            bytes = before,
            held,
            "the data file could be smaller, but the disk has no room to compact it"
        );
        return;
    }
    let began = Instant::now();
    match database.compact() {
        Ok(_) => {
            let took = began.elapsed();
            tracing::info!(
                before,
                after = room.length(),
                held,
                ?took,
                "compacted the data file"
            );
        }
        Err(error) => tracing::warn!(%error, "the data file was not compacted"),
    }
}

fn is_worth_it(length: u64, held: u64) -> bool {
    length >= SMALL && length / LOOSE > held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_large_file_that_holds_little_is_compacted() {
        assert!(!is_worth_it(SMALL - 1, 0));
        assert!(is_worth_it(SMALL, 0));
        assert!(!is_worth_it(SMALL, SMALL / LOOSE));
        assert!(is_worth_it(10 * SMALL, SMALL));
    }
}
