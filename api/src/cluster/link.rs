//! One server's link to another: frames in order, each once, over a bus that may lose, double and overtake.
//!
//! Frames are numbered, in each direction of a session. Each packet says which frames it carries, how many of the other's were
//! taken, and which is the first that is still kept here. What is not confirmed is sent again. Either side may forget the session
//! (it has given the other up) and begin another, which is higher: of two sessions the higher holds, and what was said in the other
//! may be lost, which both then know.

use super::frame::{get_name, put_name};
use crate::rooms::ServerId;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::{cmp::Ordering, collections::VecDeque, time::Duration};

/// The most bytes of frames in one packet, unless one alone is larger. NATS takes 1 MiB.
const PACKET: usize = 256 * 1024;
/// The most that waits to be confirmed. Beyond it the other is given up: it takes nothing, or the bus is away for long.
const WAITING: usize = 32 * 1024 * 1024;
/// After which time what is not confirmed is sent again; the pause doubles up to the last.
const AGAIN: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(2));
/// How long a confirmation may wait for something to travel with.
const CONFIRM: Duration = Duration::from_millis(30);

/// What two servers have said to each other since either of them began anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// Higher than that of every session before that its maker has heard of, from 1 upwards.
    pub number: u64,
    /// Who began it.
    pub by: ServerId,
}

/// What goes over the bus at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Who says it.
    pub from: ServerId,
    /// In which session.
    pub session: Session,
    /// Its first frame that it still keeps.
    pub kept: u64,
    /// The number of the first frame in here.
    pub first: u64,
    /// How many of our frames it has taken.
    pub taken: u64,
    /// It does not know the session: what was said in it may be lost. Nothing else is said then.
    pub unknown: bool,
    /// Frames, in order.
    pub frames: Vec<Bytes>,
}

/// What became of a packet.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// These frames are new, in their order.
    Frames(Vec<Bytes>),
    /// The other has begun anew: the session is void, and the packet is of the next.
    Newer(Packet),
}

/// One server's side of a link.
#[derive(Debug)]
pub struct Link {
    session: Session,
    /// Frames that are not confirmed, and the number of the first.
    waiting: VecDeque<Bytes>,
    kept: u64,
    bytes: usize,
    /// The number of the first that was never sent.
    unsent: u64,
    /// How many frames of the other were taken.
    taken: u64,
    /// Anything has come.
    known: bool,
    /// When to confirm, send again, and say that we live.
    confirm_at: Option<Duration>,
    again_at: Option<Duration>,
    pause: Duration,
    sent_at: Duration,
    /// When the other was last heard; before that, when the link began.
    heard_at: Duration,
    /// From when on its silence counts, if that is later.
    excused: Duration,
}

impl Link {
    /// Begins a link for a session.
    pub fn new(session: Session, now: Duration) -> Self {
        Self {
            session,
            waiting: VecDeque::new(),
            kept: 0,
            bytes: 0,
            unsent: 0,
            taken: 0,
            known: false,
            confirm_at: None,
            again_at: None,
            pause: AGAIN.0,
            sent_at: now,
            heard_at: now,
            excused: now,
        }
    }

    /// Adds a frame behind all others.
    pub fn push(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.waiting.push_back(frame);
    }

    /// Says whether more waits than may.
    pub fn is_stuck(&self) -> bool {
        self.bytes > WAITING
    }

    /// Says whether the other has everything.
    pub fn is_quiet(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Says whether anything has come.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Which session it is.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// When the other was last heard; before that, when the link began.
    pub fn heard_at(&self) -> Duration {
        self.heard_at
    }

    /// Since when the other is silent.
    pub fn silent_since(&self) -> Duration {
        self.heard_at.max(self.excused)
    }

    /// From now on it is expected to say that it lives.
    pub fn expect(&mut self, now: Duration) {
        self.excused = self.excused.max(now);
    }

    /// When something was last sent.
    pub fn sent_at(&self) -> Duration {
        self.sent_at
    }

    /// We heard nobody for a while: what is not confirmed goes again now, and the other may be given up later than it might.
    pub fn excuse(&mut self, now: Duration, until: Duration) {
        self.excused = self.excused.max(until);
        self.pause = AGAIN.0;
        if !self.waiting.is_empty() {
            self.again_at = Some(now);
        }
    }

    /// Says whether there is something that was never sent.
    pub fn has_news(&self) -> bool {
        self.unsent < self.kept + self.waiting.len() as u64
    }

    /// Takes a packet.
    pub fn take(&mut self, now: Duration, packet: Packet) -> Taken {
        match packet.session.cmp(&self.session) {
            Ordering::Greater => return Taken::Newer(packet),
            // The other is to hear of ours.
            Ordering::Less => {
                self.confirm_at = Some(now);
                return Taken::Frames(Vec::new());
            }
            Ordering::Equal => {}
        }
        self.known = true;
        self.heard_at = self.heard_at.max(now);
        // Whoever is heard is not cut off any more: from now on its silence counts.
        self.excused = self.excused.min(now);
        self.confirmed(now, packet.taken);
        if packet.frames.is_empty() {
            return Taken::Frames(Vec::new());
        }
        self.confirm_at.get_or_insert(now + CONFIRM);
        // Of what was taken before it is passed over; what comes too early comes again.
        let known = usize::try_from(self.taken.saturating_sub(packet.first)).unwrap_or(usize::MAX);
        if packet.first > self.taken || known >= packet.frames.len() {
            return Taken::Frames(Vec::new());
        }
        let fresh: Vec<Bytes> = packet.frames.into_iter().skip(known).collect();
        self.taken += fresh.len() as u64;
        Taken::Frames(fresh)
    }

    /// Returns the packets that are due, for which `me` speaks.
    pub fn due(&mut self, now: Duration, me: &ServerId, packets: &mut Vec<Packet>) {
        if self.again_at.is_some_and(|at| at <= now) && !self.waiting.is_empty() {
            self.unsent = self.kept;
            self.pause = (self.pause * 2).min(AGAIN.1);
            self.again_at = None;
        }
        let mut any = false;
        while self.has_news() {
            packets.push(self.next(me));
            any = true;
        }
        if any {
            self.again_at.get_or_insert(now + self.pause);
        } else if self.confirm_at.is_some_and(|at| at <= now) {
            packets.push(self.next(me));
            any = true;
        }
        if any {
            (self.sent_at, self.confirm_at) = (now, None);
        }
    }

    /// Says that we live.
    pub fn alive(&mut self, now: Duration, me: &ServerId) -> Packet {
        (self.sent_at, self.confirm_at) = (now, None);
        self.next(me)
    }

    /// When something is due.
    pub fn due_at(&self) -> Option<Duration> {
        [self.confirm_at, self.again_at].into_iter().flatten().min()
    }

    fn confirmed(&mut self, now: Duration, taken: u64) {
        if taken <= self.kept {
            return;
        }
        while self.kept < taken
            && let Some(frame) = self.waiting.pop_front()
        {
            self.bytes -= frame.len();
            self.kept += 1;
        }
        self.unsent = self.unsent.max(self.kept);
        self.pause = AGAIN.0;
        self.again_at = (!self.waiting.is_empty()).then(|| now + self.pause);
    }

    /// Makes a packet of as much as was never sent and fits.
    fn next(&mut self, me: &ServerId) -> Packet {
        let first = self.unsent;
        let (mut frames, mut bytes) = (Vec::new(), 0);
        let skip = usize::try_from(first - self.kept).unwrap_or(usize::MAX);
        for frame in self.waiting.iter().skip(skip) {
            bytes += frame.len() + 4;
            if bytes > PACKET && !frames.is_empty() {
                break;
            }
            frames.push(frame.clone());
        }
        self.unsent += frames.len() as u64;
        Packet {
            from: me.clone(),
            session: self.session.clone(),
            kept: self.kept,
            first,
            taken: self.taken,
            unknown: false,
            frames,
        }
    }
}

impl Packet {
    /// Tells another that a session of its is not known here.
    pub fn unknown(from: ServerId, session: Session) -> Self {
        Self {
            from,
            session,
            kept: 0,
            first: 0,
            taken: 0,
            unknown: true,
            frames: Vec::new(),
        }
    }

    /// Writes it down.
    pub fn encode(&self) -> Bytes {
        let frames: usize = self.frames.iter().map(|frame| frame.len() + 4).sum();
        let mut bytes = BytesMut::with_capacity(2 + 66 + 32 + frames);
        bytes.put_u8(1);
        bytes.put_u8(u8::from(self.unknown));
        put_name(&mut bytes, &self.from);
        put_name(&mut bytes, &self.session.by);
        for number in [self.session.number, self.kept, self.first, self.taken] {
            bytes.put_u64(number);
        }
        for frame in &self.frames {
            // A frame is at most some hundred KiB.
            bytes.put_u32(u32::try_from(frame.len()).unwrap_or(u32::MAX));
            bytes.put_slice(frame);
        }
        bytes.freeze()
    }

    /// Reads one; `None` if it is none.
    pub fn decode(mut bytes: Bytes) -> Option<Self> {
        if bytes.len() < 2 || bytes.get_u8() != 1 {
            return None;
        }
        let unknown = bytes.get_u8() == 1;
        let (from, by) = (get_name(&mut bytes)?, get_name(&mut bytes)?);
        if bytes.len() < 32 {
            return None;
        }
        let number = bytes.get_u64();
        let (kept, first, taken) = (bytes.get_u64(), bytes.get_u64(), bytes.get_u64());
        let mut frames = Vec::new();
        while !bytes.is_empty() {
            if bytes.len() < 4 {
                return None;
            }
            let length = bytes.get_u32() as usize;
            if bytes.len() < length {
                return None;
            }
            frames.push(bytes.split_to(length));
        }
        Some(Self {
            from,
            session: Session { number, by },
            kept,
            first,
            taken,
            unknown,
            frames,
        })
    }
}
