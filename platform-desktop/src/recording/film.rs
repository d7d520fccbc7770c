//! A WebM file that can be played at any time, also when its writer was killed.
//!
//! ```text
//!   EBML, Segment │ SeekHead, Info, Tracks, Void: `FRONT` bytes │ Cluster │ Cluster │ … │ Cues
//! ```
//!
//! What is known of the whole (how long it is, and who is in it) stands in front, in room that is kept for it, and is written
//! anew with every cluster. A cluster is written whole; what a crash takes is the one that is not written yet.

use bytes::Bytes;
use mkv_element::{ClusterBlock, io::blocking_impl::WriteTo, prelude::*};
use std::{
    collections::BTreeMap,
    io::{self, SeekFrom, Write},
    time::Duration as Time,
};

/// The room for what is known of the whole.
const FRONT: usize = 32 * 1024;
/// An element of padding, with a size of eight bytes.
const LEAST_PADDING: usize = 9;
/// Times within a cluster are 16 bits of milliseconds; it is cut off long before.
const LONGEST_CLUSTER: u64 = 5_000;
/// A track's number is one byte.
const MOST_TRACKS: usize = 126;
/// The size of an element that goes on to the file's end.
const UNKNOWN: u64 = (1 << 56) - 1;
/// What a decoder of Opus needs before a place at which it begins, in nanoseconds (RFC 7845 §4.6).
const PRE_ROLL: u64 = 80_000_000;

/// A track of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(u8);

/// The file.
#[derive(Debug)]
pub struct Film<W> {
    out: W,
    tracks: Vec<TrackEntry>,
    /// What is not written yet, by time in milliseconds and by the order in which it came.
    waiting: BTreeMap<(u64, u64), Block>,
    came: u64,
    /// Everything before this time, in milliseconds, is written.
    written: u64,
    cues: Vec<CuePoint>,
    /// Where the next cluster begins.
    end: u64,
    /// Where the segment's content begins.
    base: u64,
}

#[derive(Debug)]
struct Block {
    track: Number,
    key: bool,
    data: Bytes,
}

impl<W: Write + io::Seek> Film<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(mut out: W) -> io::Result<Self> {
        let ebml = encoded(&Ebml {
            doc_type: Some(DocType("webm".to_owned())),
            doc_type_version: Some(DocTypeVersion(4)),
            doc_type_read_version: Some(DocTypeReadVersion(2)),
            ..Ebml::default()
        })?;
        out.write_all(&ebml)?;
        out.write_all(&segment(UNKNOWN))?;
        let base = ebml.len() as u64 + segment(UNKNOWN).len() as u64;
        let mut film = Self {
            out,
            tracks: Vec::new(),
            waiting: BTreeMap::new(),
            came: 0,
            written: 0,
            cues: Vec::new(),
            end: base + FRONT as u64,
            base,
        };
        film.write_front(None)?;
        Ok(film)
    }

    /// Adds a track of pictures in VP8; `None` when there is no more room.
    pub fn add_pictures(&mut self, name: &str, width: u16, height: u16) -> Option<Number> {
        self.add(TrackEntry {
            track_type: TrackType(1),
            codec_id: CodecId("V_VP8".to_owned()),
            video: Some(Video {
                pixel_width: PixelWidth(width.into()),
                pixel_height: PixelHeight(height.into()),
                ..Video::default()
            }),
            ..self.entry(name)
        })
    }

    /// Adds a track of sound in Opus; `None` when there is no more room.
    pub fn add_sound(&mut self, name: &str) -> Option<Number> {
        // RFC 7845 §5.1: version 1, two channels, nothing to skip, 48 kHz, as loud as it is, mono or stereo.
        let head = [
            &b"OpusHead\x01\x02\0\0"[..],
            &48_000_u32.to_le_bytes(),
            &[0, 0, 0],
        ]
        .concat();
        self.add(TrackEntry {
            track_type: TrackType(2),
            codec_id: CodecId("A_OPUS".to_owned()),
            codec_private: Some(CodecPrivate(head.into())),
            seek_pre_roll: SeekPreRoll(PRE_ROLL),
            audio: Some(Audio {
                sampling_frequency: SamplingFrequency(48_000.0),
                channels: Channels(2),
                ..Audio::default()
            }),
            ..self.entry(name)
        })
    }

    /// Takes in a frame. One that comes after others of its time were written follows these.
    pub fn push(&mut self, track: Number, at: Time, key: bool, data: Bytes) {
        let at = u64::try_from(at.as_millis())
            .unwrap_or(u64::MAX)
            .max(self.written);
        self.came += 1;
        self.waiting.insert((at, self.came), Block { track, key, data });
    }

    /// Writes everything before this time.
    ///
    /// # Errors
    /// The disk is full, or gone. What was written before can be played.
    pub fn write(&mut self, until: Time) -> io::Result<()> {
        let until = u64::try_from(until.as_millis()).unwrap_or(u64::MAX);
        let later = self.waiting.split_off(&(until, 0));
        let mut blocks = std::mem::replace(&mut self.waiting, later);
        while let Some(((begin, _), _)) = blocks.first_key_value() {
            let begin = *begin;
            let rest = blocks.split_off(&(begin + LONGEST_CLUSTER, 0));
            self.write_cluster(begin, &std::mem::replace(&mut blocks, rest))?;
        }
        self.written = self.written.max(until);
        self.write_front(None)
    }

    /// Writes what is left, and an index for players that jump about.
    ///
    /// # Errors
    /// As above.
    pub fn finish(mut self) -> io::Result<W> {
        let last = self.waiting.last_key_value().map(|((at, _), _)| at + 1);
        self.write(Time::from_millis(last.unwrap_or(self.written)))?;
        let cues = (!self.cues.is_empty()).then_some(self.end - self.base);
        if cues.is_some() {
            let index = encoded(&Cues {
                cue_point: std::mem::take(&mut self.cues),
                ..empty_cues()
            })?;
            self.append(&index)?;
        }
        self.write_front(cues)?;
        self.out
            .seek(SeekFrom::Start(self.base - segment(0).len() as u64))?;
        self.out.write_all(&segment(self.end - self.base))?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.end
    }

    /// How much of it is written.
    pub fn duration(&self) -> Time {
        Time::from_millis(self.written)
    }

    fn entry(&self, name: &str) -> TrackEntry {
        let number = self.tracks.len() as u64 + 1;
        TrackEntry {
            track_number: TrackNumber(number),
            track_uid: TrackUid(number),
            flag_lacing: FlagLacing(0),
            name: Some(Name(name.to_owned())),
            language: Language("und".to_owned()),
            ..TrackEntry::default()
        }
    }

    fn add(&mut self, entry: TrackEntry) -> Option<Number> {
        if self.tracks.len() >= MOST_TRACKS {
            return None;
        }
        self.tracks.push(entry);
        // The largest numbers that may ever stand there.
        let fits = self
            .front(Some(u64::MAX >> 8))
            .is_ok_and(|front| front.len() + LEAST_PADDING <= FRONT);
        if !fits {
            self.tracks.pop();
            return None;
        }
        u8::try_from(self.tracks.len()).ok().map(Number)
    }

    fn front(&self, cues: Option<u64>) -> io::Result<Vec<u8>> {
        let mut front = Vec::new();
        if let Some(position) = cues {
            // The identifier of the index.
            let seek_id = SeekId(Bytes::from_static(&[0x1c, 0x53, 0xbb, 0x6b]));
            let seek = vec![Seek {
                crc32: None,
                void: None,
                seek_id,
                seek_position: SeekPosition(position),
            }];
            front.extend(encoded(&SeekHead {
                crc32: None,
                void: None,
                seek,
            })?);
        }
        front.extend(encoded(&Info {
            duration: Some(Duration(self.written as f64)),
            muxing_app: MuxingApp("tsukiyo".to_owned()),
            writing_app: WritingApp("tsukiyo".to_owned()),
            ..Info::default()
        })?);
        front.extend(encoded(&Tracks {
            crc32: None,
            void: None,
            track_entry: self.tracks.clone(),
        })?);
        Ok(front)
    }

    fn write_front(&mut self, cues: Option<u64>) -> io::Result<()> {
        let mut front = self.front(cues)?;
        let padding = FRONT
            .checked_sub(front.len() + LEAST_PADDING)
            .ok_or_else(|| io::Error::other("there is no room for the tracks"))?;
        front.push(0xec);
        front.extend(size(padding as u64));
        front.resize(FRONT, 0);
        self.out.seek(SeekFrom::Start(self.base))?;
        self.out.write_all(&front)
    }

    fn write_cluster(&mut self, begin: u64, blocks: &BTreeMap<(u64, u64), Block>) -> io::Result<()> {
        let simple = blocks.iter().map(|((at, _), block)| {
            let offset = u16::try_from(at - begin).unwrap_or(u16::MAX >> 1);
            let [high, low] = offset.to_be_bytes();
            let head = [0x80 | block.track.0, high, low, if block.key { 0x80 } else { 0 }];
            ClusterBlock::Simple(SimpleBlock([&head[..], &block.data].concat().into()))
        });
        let cluster = encoded(&Cluster {
            crc32: None,
            void: None,
            timestamp: Timestamp(begin),
            position: None,
            prev_size: None,
            blocks: simple.collect(),
        })?;
        let is_pictures = |number: Number| {
            let entry = self.tracks.get(usize::from(number.0) - 1);
            entry.is_some_and(|entry| entry.video.is_some())
        };
        let keys = blocks
            .values()
            .filter(|block| block.key && is_pictures(block.track));
        let numbers: std::collections::BTreeSet<_> = keys.map(|block| block.track).collect();
        let place = self.end - self.base;
        let positions = numbers.into_iter().map(|number| cue(number, place));
        let positions: Vec<_> = positions.collect();
        if !positions.is_empty() {
            self.cues.push(CuePoint {
                crc32: None,
                void: None,
                cue_time: CueTime(begin),
                cue_track_positions: positions,
            });
        }
        self.append(&cluster)
    }

    fn append(&mut self, element: &[u8]) -> io::Result<()> {
        self.out.seek(SeekFrom::Start(self.end))?;
        self.out.write_all(element)?;
        self.end += element.len() as u64;
        Ok(())
    }
}

fn cue(track: Number, place: u64) -> CueTrackPositions {
    CueTrackPositions {
        cue_track: CueTrack(track.0.into()),
        cue_cluster_position: CueClusterPosition(place),
        ..CueTrackPositions::default()
    }
}

fn empty_cues() -> Cues {
    Cues {
        crc32: None,
        void: None,
        cue_point: Vec::new(),
    }
}

fn encoded(element: &impl WriteTo) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    element.write_to(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// The head of a segment of this size.
fn segment(bytes: u64) -> Vec<u8> {
    [&[0x18, 0x53, 0x80, 0x67][..], &size(bytes)].concat()
}

/// A size in eight bytes, so that it can be written over.
fn size(bytes: u64) -> [u8; 8] {
    (bytes | 1 << 56).to_be_bytes()
}

#[cfg(test)]
mod tests;
