//! A buffer that turns packets which come when they like into packets at a steady pace. It knows no clock: whoever plays
//! asks for the next packet each time it needs one.

use std::collections::BTreeMap;

/// How many packets wait before the first is played: 60 ms of sound.
const DEPTH: usize = 3;
/// With more than these waiting, the oldest are left out: a call is not to be late for good.
const MOST: usize = 12;
/// How many packets in a row are glossed over before it counts as silence.
const GLOSS: u32 = 5;

/// The buffer.
#[derive(Debug)]
pub struct Jitter<T> {
    /// What waits, by its number without wrap-around.
    waiting: BTreeMap<i64, T>,
    /// The newest number that was seen.
    newest: Option<i64>,
    /// The number to be played next; `None` while it fills.
    next: Option<i64>,
    /// How many were lost in a row.
    lost: u32,
}

/// What is to be played next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next<T> {
    /// This packet.
    Packet(T),
    /// Something instead of a packet that is lost; the one after it, if that is there.
    Lost(Option<T>),
    /// Nothing.
    Silence,
}

impl<T: Clone> Jitter<T> {
    /// Takes in a packet. One that is too late, or came before, is of no use.
    pub fn push(&mut self, sequence: u16, packet: T) {
        let number = self.unwrap(sequence);
        if self.next.is_some_and(|next| number < next) {
            return;
        }
        self.newest = self.newest.max(Some(number));
        self.waiting.insert(number, packet);
    }

    /// Takes what is to be played now.
    pub fn next(&mut self) -> Next<T> {
        if self.next.is_none() && self.waiting.len() < DEPTH {
            return Next::Silence;
        }
        if self.waiting.len() > MOST {
            let surplus = self.waiting.len() - DEPTH;
            self.waiting = self.waiting.split_off(&self.nth(surplus));
            self.next = None;
        }
        let Some((first, _)) = self.waiting.first_key_value() else {
            return self.starve();
        };
        let number = *self.next.get_or_insert(*first);
        let packet = self.waiting.remove(&number);
        self.next = Some(number + 1);
        match packet {
            Some(packet) => {
                self.lost = 0;
                Next::Packet(packet)
            }
            None => {
                self.lost += 1;
                if self.lost > GLOSS {
                    // A long gap, or a silence that was not sent: go on with what is there.
                    self.next = None;
                    self.lost = 0;
                    return Next::Silence;
                }
                Next::Lost(self.waiting.get(&(number + 1)).cloned())
            }
        }
    }

    /// Nothing waits: perhaps the next is only late, perhaps nothing is being said.
    fn starve(&mut self) -> Next<T> {
        self.lost += 1;
        if self.lost > GLOSS {
            self.next = None;
            self.lost = 0;
            return Next::Silence;
        }
        Next::Lost(None)
    }

    fn nth(&self, place: usize) -> i64 {
        self.waiting.keys().nth(place).copied().unwrap_or_default()
    }

    /// Continues the numbers past 65,535, by taking the nearest that fits.
    fn unwrap(&self, sequence: u16) -> i64 {
        let Some(newest) = self.newest else {
            return i64::from(sequence);
        };
        let step = sequence.wrapping_sub(newest as u16) as i16;
        newest + i64::from(step)
    }
}

impl<T> Default for Jitter<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            newest: None,
            next: None,
            lost: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn packet(number: u16) -> Bytes {
        Bytes::copy_from_slice(&number.to_be_bytes())
    }

    fn filled(numbers: &[u16]) -> Jitter<Bytes> {
        let mut jitter = Jitter::default();
        numbers
            .iter()
            .for_each(|number| jitter.push(*number, packet(*number)));
        jitter
    }

    #[test]
    fn packets_are_played_in_order_also_past_the_last_number() {
        let mut jitter = filled(&[0, 65_535, 65_534]);
        for number in [65_534, 65_535, 0] {
            assert_eq!(jitter.next(), Next::Packet(packet(number)));
        }
    }

    #[test]
    fn it_begins_when_a_few_wait() {
        let mut jitter = filled(&[7, 8]);
        assert_eq!(jitter.next(), Next::Silence);
        jitter.push(9, packet(9));
        assert_eq!(jitter.next(), Next::Packet(packet(7)));
    }

    #[test]
    fn what_is_lost_is_glossed_over_by_what_follows() {
        let mut jitter = filled(&[1, 2, 4]);
        jitter.next();
        jitter.next();
        assert_eq!(jitter.next(), Next::Lost(Some(packet(4))));
        jitter.push(3, packet(3));
        assert_eq!(
            jitter.next(),
            Next::Packet(packet(4)),
            "what comes too late is not played"
        );
    }

    #[test]
    fn a_long_gap_is_silence_and_then_it_begins_anew() {
        let mut jitter = filled(&[1, 2, 3]);
        (0..3).for_each(|_| assert!(matches!(jitter.next(), Next::Packet(_))));
        (0..GLOSS).for_each(|_| assert_eq!(jitter.next(), Next::Lost(None)));
        assert_eq!(jitter.next(), Next::Silence);
        for number in [4, 5, 6] {
            jitter.push(number, packet(number));
        }
        assert_eq!(jitter.next(), Next::Packet(packet(4)));
    }

    #[test]
    fn it_is_never_late_for_good() {
        let mut jitter = filled(&(0..40).collect::<Vec<_>>());
        let Next::Packet(first) = jitter.next() else {
            panic!("there are enough")
        };
        assert_eq!(first, packet(37));
        assert!(jitter.waiting.len() <= MOST);
    }
}
