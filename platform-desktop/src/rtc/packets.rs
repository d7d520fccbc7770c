//! Cuts frames into RTP packets.

use crate::media::{hub::Chunk, microphone::FRAME};
use bytes::Bytes;
use rtc::{
    rtp::{Header, Packet, codec::vp8::Vp8Payloader, packetizer::Payloader},
    shared::error::Error,
};
use session::platform::MediaKind;
use std::time::Instant;

/// What fits into a packet on every way, with the headers that come on top (RFC 8831 §5).
const ROOM: usize = 1188;
const VERSION: u8 = 2;

/// What tells one stream of packets from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// The synchronization source.
    pub ssrc: u32,
    /// The payload type that was negotiated.
    pub payload_type: u8,
}

/// One RTP stream.
#[derive(Debug)]
pub struct Packets {
    name: Name,
    kind: MediaKind,
    sequence: u16,
    /// The timestamp that the first frame had.
    base: u32,
    began: Option<Instant>,
    /// How far the timestamps of sound have come.
    sounded: Option<u64>,
    pictures: Vp8Payloader,
}

impl Packets {
    /// Makes one that begins at numbers nobody can guess (RFC 3550 §5.1).
    pub fn new(name: Name, kind: MediaKind, sequence: u16, base: u32) -> Self {
        let mut pictures = Vp8Payloader::default();
        pictures.enable_picture_id = true;
        Self {
            name,
            kind,
            sequence,
            base,
            began: None,
            sounded: None,
            pictures,
        }
    }

    /// Cuts the next frame.
    pub fn cut(&mut self, chunk: &Chunk) -> Result<Vec<Packet>, Error> {
        let elapsed = chunk
            .at
            .saturating_duration_since(*self.began.get_or_insert(chunk.at));
        match self.kind {
            MediaKind::Video => {
                let timestamp = elapsed.as_micros() * 90_000 / 1_000_000;
                let parts = self.pictures.payload(ROOM, &chunk.data)?;
                let last = parts.len().saturating_sub(1);
                let parts = parts.into_iter().enumerate();
                Ok(parts
                    .map(|(place, part)| self.packet(timestamp as u32, place == last, part))
                    .collect())
            }
            MediaKind::Audio => {
                let frames = elapsed.as_micros() * 48_000 / 1_000_000 / FRAME as u128;
                let (timestamp, first) = self.sound((frames * FRAME as u128) as u64);
                Ok(vec![self.packet(timestamp as u32, first, chunk.data.clone())])
            }
        }
    }

    /// Sound is sampled without a gap, however unevenly its frames come; only after a silence that was not sent is there
    /// a leap, and the packet that follows is marked.
    fn sound(&mut self, clock: u64) -> (u64, bool) {
        let frame = FRAME as u64;
        let (timestamp, first) = match self.sounded {
            Some(last) if clock <= last + 4 * frame => (last + frame, false),
            Some(_) | None => (clock, true),
        };
        self.sounded = Some(timestamp);
        (timestamp, first)
    }

    fn packet(&mut self, timestamp: u32, marker: bool, payload: Bytes) -> Packet {
        let sequence_number = self.sequence;
        self.sequence = sequence_number.wrapping_add(1);
        Packet {
            header: Header {
                version: VERSION,
                marker,
                payload_type: self.name.payload_type,
                sequence_number,
                timestamp: self.base.wrapping_add(timestamp),
                ssrc: self.name.ssrc,
                ..Header::default()
            },
            payload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtc::frames::Frames;
    use std::time::Duration;

    const NAME: Name = Name {
        ssrc: 7,
        payload_type: 96,
    };

    fn chunk(size: usize, at: Instant) -> Chunk {
        Chunk {
            data: Bytes::from(vec![0; size]),
            key: true,
            at,
        }
    }

    #[test]
    fn a_large_frame_is_cut_and_can_be_put_together() {
        let mut packets = Packets::new(NAME, MediaKind::Video, 65_535, 5);
        let cut = packets.cut(&chunk(5000, Instant::now())).unwrap();
        assert!(cut.len() > 4 && cut.iter().all(|packet| packet.payload.len() <= ROOM));
        assert_eq!(cut.iter().filter(|packet| packet.header.marker).count(), 1);
        let mut frames = Frames::default();
        cut.iter().for_each(|packet| frames.push(packet));
        assert_eq!(frames.pop().unwrap().data, vec![0; 5000]);
    }

    #[test]
    fn pictures_have_the_time_at_which_they_were_taken() {
        let mut packets = Packets::new(NAME, MediaKind::Video, 0, u32::MAX);
        let began = Instant::now();
        let first = packets.cut(&chunk(9, began)).unwrap();
        let second = packets
            .cut(&chunk(9, began + Duration::from_millis(100)))
            .unwrap();
        let step = second[0].header.timestamp.wrapping_sub(first[0].header.timestamp);
        assert_eq!(step, 9000);
    }

    #[test]
    fn sound_has_no_gap_but_for_a_silence() {
        let mut packets = Packets::new(NAME, MediaKind::Audio, 0, 0);
        let began = Instant::now();
        let times = [0, 27, 39, 61, 1000];
        let stamps = times.map(|at| {
            let cut = packets.cut(&chunk(9, began + Duration::from_millis(at))).unwrap();
            (cut[0].header.timestamp, cut[0].header.marker)
        });
        assert_eq!(
            stamps[..4],
            [(0, true), (960, false), (1920, false), (2880, false)]
        );
        assert_eq!(stamps[4], (48_000, true));
    }
}
