//! How good a connection is, from two reports of it.

use crate::platform::{CandidateStats, InboundRtpStats, MediaKind, OutboundRtpStats, Slot, StatsReport};
use std::{collections::BTreeMap, time::Duration};
use wire::Missing;

/// Loss from which on one notices it, and from which on one cannot talk, as shares of all packets.
const LOSS: [f64; 2] = [0.02, 0.08];
/// Round trips from which on one begins to talk at the same time, and from which on one always does, in seconds.
const ROUND_TRIP: [f64; 2] = [0.25, 0.6];
/// How long nothing may come of what is said to be sent, before that is a silence.
const SILENCE: Duration = Duration::from_secs(3);

/// How good a connection is, as one word. Never better than its worst part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Rating {
    /// Nothing is lost that one would notice.
    #[default]
    Good,
    /// One notices.
    Fair,
    /// One can hardly talk.
    Poor,
}

/// Why a connection is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Packets are lost on the way here.
    LossIn,
    /// Packets are lost on the way there.
    LossOut,
    /// The way is long.
    Delay,
    /// The picture stands still again and again.
    Freezes,
}

/// What is known of the connection to a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quality {
    /// How good it is.
    pub rating: Rating,
    /// Why it is not better.
    pub cause: Option<Cause>,
    /// Round trip time, in milliseconds.
    pub round_trip: Option<u32>,
    /// What the network here could carry to this person, in kbit/s, as estimated.
    pub available: Option<u32>,
    /// This side's candidate in use.
    pub local: CandidateStats,
    /// The other side's.
    pub remote: CandidateStats,
    /// What comes.
    pub received: Vec<Flow>,
    /// What goes.
    pub sent: Vec<Flow>,
}

/// A track on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// What it is.
    pub slot: Slot,
    /// In kbit/s.
    pub bitrate: u32,
    /// The share of packets that is lost, in per cent.
    pub loss: Option<f64>,
    /// Width and height of a picture.
    pub size: Option<(u32, u32)>,
    /// Pictures a second.
    pub frames: Option<u32>,
    /// What it is coded with.
    pub codec: Option<String>,
    /// What keeps the sender from sending more: `cpu`, `bandwidth` or `other`.
    pub limited_by: Option<String>,
}

/// Follows one connection.
#[derive(Debug, Default)]
pub struct Gauge {
    last: Option<(Duration, StatsReport)>,
    /// What each of these had counted when it last rose, and when that was.
    rose: BTreeMap<Slot, (f64, Duration)>,
}

impl Gauge {
    /// Takes in a report, and tells what has happened since the one before.
    pub fn read(&mut self, now: Duration, report: StatsReport) -> Quality {
        let (then, before) = self.last.take().unwrap_or_default();
        let seconds = now.saturating_sub(then).as_secs_f64().max(0.001);
        let pair = report.pair.clone().unwrap_or_default();
        let mut received = Vec::new();
        let mut sent = Vec::new();
        let mut freezes = 0.0;
        for inbound in &report.inbound {
            let Some(slot) = inbound.slot else { continue };
            let alive = if slot.kind() == MediaKind::Video {
                inbound.frames
            } else {
                inbound.packets
            };
            let rose = self.rose.entry(slot).or_insert((alive, now));
            // A fresh connection begins to count anew.
            if alive != rose.0 {
                *rose = (alive, now);
            }
            let old = before
                .inbound
                .iter()
                .find(|old| old.slot == inbound.slot)
                .cloned();
            let old = old.unwrap_or_default();
            freezes += (inbound.freezes - old.freezes).max(0.0);
            received.extend(flow_in(slot, inbound, &old, seconds));
        }
        for outbound in &report.outbound {
            let Some(slot) = outbound.slot else { continue };
            let old = before
                .outbound
                .iter()
                .find(|old| old.slot == outbound.slot)
                .cloned();
            sent.extend(flow_out(slot, outbound, &old.unwrap_or_default(), seconds));
        }
        let loss = |flows: &[Flow]| flows.iter().filter_map(|flow| flow.loss).fold(0.0, f64::max) / 100.0;
        let worst = [
            (grade(loss(&received), LOSS), Cause::LossIn),
            (grade(loss(&sent), LOSS), Cause::LossOut),
            (
                grade(pair.round_trip_time.unwrap_or(0.0), ROUND_TRIP),
                Cause::Delay,
            ),
            (grade(freezes, [1.0, 3.0]), Cause::Freezes),
        ];
        // The first of the worst: what comes is what this person sees.
        let worst = worst.into_iter().rev().max_by_key(|(rating, _)| *rating);
        let (rating, cause) = worst.unwrap_or((Rating::Good, Cause::LossIn));
        self.last = Some((now, report));
        Quality {
            rating,
            cause: (rating != Rating::Good).then_some(cause),
            round_trip: pair.round_trip_time.map(|seconds| whole(seconds * 1000.0)),
            available: pair.available_outgoing_bitrate.map(|bits| whole(bits / 1000.0)),
            local: pair.local,
            remote: pair.remote,
            received,
            sent,
        }
    }

    /// Tells what does not come of what a person is said to send since `since`.
    pub fn missing(&self, now: Duration, since: Duration, sends: impl Fn(Slot) -> bool) -> Missing {
        let silent = |slot: Slot| {
            let rose = self.rose.get(&slot).map_or(since, |(_, at)| (*at).max(since));
            sends(slot) && now.saturating_sub(rose) >= SILENCE
        };
        Missing {
            picture: silent(Slot::Camera),
            sound: silent(Slot::Microphone),
        }
    }
}

fn flow_in(slot: Slot, now: &InboundRtpStats, before: &InboundRtpStats, seconds: f64) -> Option<Flow> {
    let (bytes, packets, lost) = (
        (now.bytes - before.bytes).max(0.0),
        (now.packets - before.packets).max(0.0),
        (now.lost - before.lost).max(0.0),
    );
    let is_video = slot.kind() == MediaKind::Video;
    (bytes > 0.0).then(|| Flow {
        slot,
        bitrate: whole(bytes * 8.0 / 1000.0 / seconds),
        loss: Some(100.0 * lost / (packets + lost).max(1.0)),
        size: now.size.filter(|_| is_video),
        frames: is_video.then(|| whole((now.frames - before.frames).max(0.0) / seconds)),
        codec: now.codec.clone(),
        limited_by: None,
    })
}

fn flow_out(slot: Slot, now: &OutboundRtpStats, before: &OutboundRtpStats, seconds: f64) -> Option<Flow> {
    let bytes = (now.bytes - before.bytes).max(0.0);
    let is_video = slot.kind() == MediaKind::Video;
    (bytes > 0.0).then(|| Flow {
        slot,
        bitrate: whole(bytes * 8.0 / 1000.0 / seconds),
        loss: now.fraction_lost.map(|share| share * 100.0),
        size: now.size.filter(|_| is_video),
        frames: is_video.then(|| whole((now.frames - before.frames).max(0.0) / seconds)),
        codec: now.codec.clone(),
        limited_by: now.limited_by.clone().filter(|reason| reason != "none"),
    })
}

fn grade(value: f64, [fair, poor]: [f64; 2]) -> Rating {
    if value >= poor {
        Rating::Poor
    } else if value >= fair {
        Rating::Fair
    } else {
        Rating::Good
    }
}

/// Rounds a count of something; what is beyond any sense is as large as can be.
fn whole(number: f64) -> u32 {
    number.round() as u32
}

#[cfg(test)]
mod tests;
