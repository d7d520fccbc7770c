//! Ids of documents that the server names.

use super::StoreError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Digits in the order of their bytes, so that ids sort as the numbers that they are.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of the milliseconds since 1970: enough for 6,900 years.
const TIME: usize = 8;
/// Digits that are drawn: 71 bits.
const RANDOM: usize = 12;

/// Makes an id that sorts by the time when it was made: 20 letters and digits, as long as Firestore's own, laid out as the
/// push ids of Firebase's Realtime Database.
///
/// Documents that are made one after the other are neighbours on disk then, in their table and in every index where they
/// share a value. With random ids each would lie on pages of its own, all of which a commit has to write.
pub(super) fn new_id() -> Result<String, StoreError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut id = time(now);
    while id.len() < TIME + RANDOM {
        let mut random = [0; 2 * RANDOM];
        getrandom::fill(&mut random).map_err(|error| StoreError::Internal(error.to_string()))?;
        // Bytes of 248 and above would favour the first digits.
        let digits = random
            .iter()
            .filter(|byte| **byte < 248)
            .map(|byte| digit(u64::from(*byte)));
        id.extend(digits.take(TIME + RANDOM - id.len()));
    }
    Ok(id)
}

fn time(since_1970: Duration) -> String {
    let mut rest = u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX);
    let mut digits = [' '; TIME];
    for place in digits.iter_mut().rev() {
        *place = digit(rest);
        rest /= 62;
    }
    digits.iter().collect()
}

/// Returns the last digit of a number.
fn digit(number: u64) -> char {
    usize::try_from(number % 62).map_or('0', |at| char::from(DIGITS[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_twenty_letters_and_differ() {
        let ids: std::collections::HashSet<String> = (0..1_000).map(|_| new_id().unwrap()).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(
            ids.iter()
                .all(|id| id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        );
    }

    #[test]
    fn ids_sort_by_their_time() {
        let times = [
            0,
            61,
            62,
            3_843,
            3_844,
            1_795_000_000_000,
            1_795_000_000_001,
            218_340_105_584_895,
        ];
        let ids = times.map(|millis| time(Duration::from_millis(millis)));
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids[1], "0000000z");
        assert_eq!(ids[7], "zzzzzzzz");
    }
}
