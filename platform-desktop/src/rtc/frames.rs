//! Puts RTP packets together to frames of VP8. It knows no clock: RTP's own timestamps say how long a loss was waited for.

use bytes::{Bytes, BytesMut};
use rtc::rtp::{Packet, codec::vp8::Vp8Packet, packetizer::Depacketizer};
use std::collections::{BTreeMap, BTreeSet};

/// How long a lost packet is waited for, on RTP's clock of 90 kHz: it can be sent again within this time.
const PATIENCE: u32 = 90_000 * 3 / 10;
/// With more packets waiting than these, what is incomplete is given up.
const MOST: usize = 600;

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the encoder made.
    pub data: Bytes,
    /// It can be decoded without those before it.
    pub key: bool,
    /// Frames before it were lost.
    pub gap: bool,
    /// Its place on RTP's clock of 90 kHz.
    pub timestamp: u32,
}

/// Packets that are not yet a frame.
#[derive(Debug, Default)]
pub struct Frames {
    waiting: BTreeMap<i64, Part>,
    /// Packets without content, which are in nobody's way.
    padding: BTreeSet<i64>,
    newest: Option<i64>,
    /// The number of the first packet of the next frame, once it is known.
    next: Option<i64>,
    gap: bool,
}

#[derive(Debug)]
struct Part {
    timestamp: u32,
    begins: bool,
    ends: bool,
    data: Bytes,
}

impl Frames {
    /// Takes in a packet. What came before, or too late, is of no use; nor is what is not VP8.
    pub fn push(&mut self, packet: &Packet) {
        let number = self.unwrap(packet.header.sequence_number);
        if self.next.is_some_and(|next| number < next) {
            return;
        }
        self.newest = self.newest.max(Some(number));
        if let Some(part) = Part::new(packet) {
            self.waiting.insert(number, part);
        } else if self.next.is_some() && self.padding.len() < MOST {
            self.padding.insert(number);
            self.step_over_padding();
        }
    }

    /// Takes the next frame that is whole. A gap is waited for first.
    pub fn pop(&mut self) -> Option<Frame> {
        loop {
            let (first, part) = self.waiting.first_key_value()?;
            let (first, expected) = (*first, self.next.unwrap_or(*first));
            if first == expected && part.begins {
                if let Some(last) = self.end_of(first) {
                    return Some(self.take(first, last));
                }
                if !self.is_hopeless(first) {
                    return None;
                }
            } else if self.next.is_some() && !self.is_hopeless(first) {
                return None;
            }
            self.skip(first);
        }
    }

    /// Finds the last packet of the frame that begins here, if all of it is there.
    fn end_of(&self, first: i64) -> Option<i64> {
        let timestamp = self.waiting.get(&first)?.timestamp;
        let parts = self.waiting.range(first..).zip(first..);
        let mut own = parts.map_while(|((number, part), place)| {
            (*number == place && part.timestamp == timestamp).then_some((*number, part))
        });
        own.find(|(_, part)| part.ends).map(|(number, _)| number)
    }

    /// Tells whether what is lost at this place will not come any more.
    fn is_hopeless(&self, first: i64) -> bool {
        let age = |newest: &Part, first: &Part| newest.timestamp.wrapping_sub(first.timestamp);
        let newest = self.waiting.last_key_value().map(|(_, part)| part);
        let old = newest.zip(self.waiting.get(&first));
        self.waiting.len() > MOST || old.is_some_and(|(newest, first)| age(newest, first) > PATIENCE)
    }

    /// Gives up everything before the next frame that begins after this packet, or at it if its own has yet to be tried.
    fn skip(&mut self, first: i64) {
        self.gap = true;
        let tried = self.next.unwrap_or(first) == first;
        let from = if tried { first + 1 } else { first };
        let mut later = self.waiting.range(from..);
        let next = later.find(|(_, part)| part.begins).map(|(number, _)| *number);
        match next {
            Some(next) => {
                self.waiting = self.waiting.split_off(&next);
                self.next = Some(next);
            }
            None => {
                self.waiting.clear();
                self.next = None;
            }
        }
    }

    fn take(&mut self, first: i64, last: i64) -> Frame {
        let rest = self.waiting.split_off(&(last + 1));
        let parts = std::mem::replace(&mut self.waiting, rest);
        self.next = Some(last + 1);
        self.step_over_padding();
        let mut data = BytesMut::new();
        let timestamp = parts.values().next_back().map_or(0, |part| part.timestamp);
        parts
            .range(first..)
            .for_each(|(_, part)| data.extend_from_slice(&part.data));
        Frame {
            // RFC 6386 §9.1: the first bit is 0 for a key frame.
            key: data.first().is_some_and(|byte| byte & 1 == 0),
            data: data.freeze(),
            gap: std::mem::take(&mut self.gap),
            timestamp,
        }
    }

    fn step_over_padding(&mut self) {
        while let Some(next) = self.next.filter(|next| self.padding.contains(next)) {
            self.next = Some(next + 1);
        }
        self.padding = self.padding.split_off(&self.next.unwrap_or_default());
    }

    /// Continues the numbers past 65,535, by taking the nearest that fits.
    fn unwrap(&self, sequence: u16) -> i64 {
        let Some(newest) = self.newest else {
            return i64::from(sequence);
        };
        newest + i64::from(sequence.wrapping_sub(newest as u16) as i16)
    }
}

impl Part {
    fn new(packet: &Packet) -> Option<Self> {
        let mut descriptor = Vp8Packet::default();
        let data = descriptor.depacketize(&packet.payload).ok()?;
        Some(Self {
            timestamp: packet.header.timestamp,
            begins: descriptor.s == 1 && descriptor.pid == 0,
            ends: packet.header.marker,
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::rtp::Header;

    /// A packet of a frame: its number, its frame, and its place in it (`<` first, `-` between, `>` last, `o` all).
    fn packet(sequence: u16, frame: u32, place: char) -> Packet {
        let begins = matches!(place, '<' | 'o');
        let descriptor = if begins { 0x10 } else { 0x00 };
        // A key frame's first byte is even.
        let first = if begins && frame.is_multiple_of(10) {
            0x00
        } else {
            0x01
        };
        Packet {
            header: Header {
                sequence_number: sequence,
                timestamp: frame * 3000,
                marker: matches!(place, '>' | 'o'),
                ..Header::default()
            },
            payload: Bytes::from(vec![descriptor, first, 2, 3, 4]),
        }
    }

    fn popped(frames: &mut Frames) -> Vec<(usize, bool, bool)> {
        let all = std::iter::from_fn(|| frames.pop());
        all.map(|frame| (frame.data.len(), frame.key, frame.gap))
            .collect()
    }

    #[test]
    fn packets_in_any_order_are_put_together() {
        let mut frames = Frames::default();
        for (sequence, frame, place) in [(65_534, 0, '<'), (0, 0, '>'), (65_535, 0, '-')] {
            frames.push(&packet(sequence, frame, place));
        }
        frames.push(&packet(1, 1, 'o'));
        assert_eq!(popped(&mut frames), [(12, true, false), (4, false, false)]);
    }

    #[test]
    fn a_lost_packet_is_waited_for_and_fills_its_gap() {
        let mut frames = Frames::default();
        frames.push(&packet(0, 0, 'o'));
        assert_eq!(popped(&mut frames).len(), 1);
        frames.push(&packet(2, 1, '>'));
        frames.push(&packet(3, 2, 'o'));
        assert_eq!(popped(&mut frames), []);
        frames.push(&packet(1, 1, '<'));
        assert_eq!(popped(&mut frames), [(8, false, false), (4, false, false)]);
    }

    #[test]
    fn what_stays_lost_is_given_up_and_told_of() {
        let mut frames = Frames::default();
        frames.push(&packet(0, 0, 'o'));
        frames.push(&packet(2, 1, '>'));
        for number in 2..=12 {
            frames.push(&packet(number as u16 + 1, number, 'o'));
        }
        let popped = popped(&mut frames);
        assert_eq!(popped[0], (4, true, false));
        assert_eq!(popped[1], (4, false, true));
        assert_eq!(popped.iter().filter(|(_, _, gap)| *gap).count(), 1);
        assert_eq!(popped.len(), 12);
    }

    #[test]
    fn it_begins_with_a_frames_beginning() {
        let mut frames = Frames::default();
        frames.push(&packet(5, 9, '>'));
        frames.push(&packet(6, 10, 'o'));
        assert_eq!(popped(&mut frames), [(4, true, true)]);
    }

    #[test]
    fn rubbish_and_repetitions_do_no_harm() {
        let mut frames = Frames::default();
        frames.push(&packet(0, 0, 'o'));
        frames.push(&Packet::default());
        let mut padding = packet(1, 0, 'o');
        padding.payload = Bytes::new();
        assert_eq!(popped(&mut frames).len(), 1);
        frames.push(&padding);
        frames.push(&packet(0, 0, 'o'));
        frames.push(&packet(2, 1, 'o'));
        assert_eq!(popped(&mut frames), [(4, false, false)]);
        padding.header.sequence_number = 4;
        frames.push(&padding);
        frames.push(&packet(5, 3, 'o'));
        frames.push(&packet(3, 2, 'o'));
        assert_eq!(
            popped(&mut frames).len(),
            2,
            "padding is missed by nobody, whenever it comes"
        );
    }

    #[test]
    fn what_waits_has_an_end() {
        let mut frames = Frames::default();
        for sequence in 0..10_000_u16 {
            frames.push(&packet(sequence, 0, '-'));
            frames.pop();
        }
        assert!(frames.waiting.len() <= MOST + 1);
    }
}
