//! What is between two peer connections: finds out which two belong together, and lets them connect.

use super::media::Track;
use call::ConnectionState;
use session::platform::{
    Events, InboundRtpStats, PeerConnectionEvent, RtpEncodingParameters, Slot, StatsReport,
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// Packets and frames that come from one look to the next.
const EACH: f64 = 30.0;

/// Names a connection, over all devices.
pub type End = u32;

/// All peer connections of a world. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Air(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    made: End,
    ends: BTreeMap<End, State>,
}

/// What is known of a connection.
#[derive(Debug)]
struct State {
    events: Events<PeerConnectionEvent>,
    /// Whose description it has saved.
    remote: Option<End>,
    /// Both descriptions are saved.
    stable: bool,
    /// Candidates of the other that were added.
    heard: usize,
    connected: bool,
    /// What is sent to it is lost on the way, until its ICE is restarted.
    blocked: bool,
    /// Packets and frames that came, counted whenever somebody asks.
    counts: BTreeMap<Slot, f64>,
    sends: BTreeMap<Slot, Option<Track>>,
    encodings: BTreeMap<Slot, RtpEncodingParameters>,
}

impl Air {
    /// Registers a connection.
    pub fn register(&self, events: Events<PeerConnectionEvent>) -> End {
        let mut inner = self.0.borrow_mut();
        inner.made += 1;
        let end = inner.made;
        inner.ends.insert(
            end,
            State {
                events,
                remote: None,
                stable: false,
                heard: 0,
                connected: false,
                blocked: false,
                counts: BTreeMap::new(),
                sends: BTreeMap::new(),
                encodings: BTreeMap::new(),
            },
        );
        end
    }

    /// A connection has saved both descriptions; the other's is from `remote`.
    pub fn described(&self, end: End, remote: End) {
        self.with(end, |state| {
            state.remote = Some(remote);
            state.stable = true;
        });
        self.connect(end);
    }

    /// A candidate was added.
    pub fn heard(&self, end: End) {
        self.with(end, |state| state.heard += 1);
        self.connect(end);
    }

    /// Loses what is sent to a connection from now on. The connection does not notice.
    pub fn block(&self, end: End) {
        self.with(end, |state| state.blocked = true);
    }

    /// A connection looks for another way: what blocked the old one does not block this one.
    pub fn restart(&self, end: End) {
        let other = self.0.borrow().ends.get(&end).and_then(|state| state.remote);
        for end in [Some(end), other].into_iter().flatten() {
            self.with(end, |state| state.blocked = false);
        }
    }

    /// What a connection says of itself: something more has come of whatever reaches it.
    pub fn stats(&self, end: End) -> StatsReport {
        let came: Vec<Slot> = Slot::ALL
            .into_iter()
            .filter(|slot| self.receives(end, *slot))
            .collect();
        let mut report = StatsReport::default();
        self.with(end, |state| {
            for slot in came {
                *state.counts.entry(slot).or_default() += EACH;
            }
            report.inbound = (state.counts.iter())
                .map(|(slot, count)| InboundRtpStats {
                    slot: Some(*slot),
                    bytes: count * 100.0,
                    packets: *count,
                    frames: *count,
                    ..InboundRtpStats::default()
                })
                .collect();
        });
        report
    }

    /// A connection sends this from now on.
    pub fn sends(&self, end: End, slot: Slot, track: Option<Track>) {
        self.with(end, |state| {
            state.sends.insert(slot, track);
        });
    }

    /// A connection compresses it like this from now on.
    pub fn encodes(&self, end: End, slot: Slot, encoding: RtpEncodingParameters) {
        self.with(end, |state| {
            state.encodings.insert(slot, encoding);
        });
    }

    /// How what reaches a connection is compressed by the other side.
    pub fn encoding(&self, end: End, slot: Slot) -> RtpEncodingParameters {
        let inner = self.0.borrow();
        let remote = inner.ends.get(&end).and_then(|state| state.remote);
        let other = remote.and_then(|remote| inner.ends.get(&remote));
        other
            .and_then(|other| other.encodings.get(&slot).copied())
            .unwrap_or_default()
    }

    /// How often what comes over a connection was looked at while there was a voice.
    pub fn looks(&self, end: End) -> usize {
        let inner = self.0.borrow();
        let counts = inner
            .ends
            .get(&end)
            .and_then(|state| state.counts.get(&Slot::Microphone));
        counts.map_or(0, |count| (count / EACH) as usize)
    }

    /// A connection is closed. The other is told nothing, as with a browser that was killed.
    pub fn close(&self, end: End) {
        self.0.borrow_mut().ends.remove(&end);
    }

    /// Tells whether something reaches a connection: a track that is enabled and has not ended, of a connected peer.
    pub fn receives(&self, end: End, slot: Slot) -> bool {
        let inner = self.0.borrow();
        let Some(state) = inner
            .ends
            .get(&end)
            .filter(|state| state.connected && !state.blocked)
        else {
            return false;
        };
        let Some(other) = state.remote.and_then(|remote| inner.ends.get(&remote)) else {
            return false;
        };
        let track = other.sends.get(&slot).and_then(Option::as_ref);
        let paused = other
            .encodings
            .get(&slot)
            .is_some_and(|encoding| !encoding.active);
        !paused && other.remote == Some(end) && other.connected && track.is_some_and(Track::flows)
    }

    /// How loud what reaches a connection is: a microphone that is on is a voice that never pauses.
    pub fn loudness(&self, end: End) -> f32 {
        if self.receives(end, Slot::Microphone) {
            0.2
        } else {
            0.0
        }
    }

    /// How many connections were ever made that saved a description.
    pub fn live(&self) -> usize {
        let inner = self.0.borrow();
        inner.ends.values().filter(|state| state.stable).count()
    }

    fn with(&self, end: End, change: impl FnOnce(&mut State)) {
        if let Some(state) = self.0.borrow_mut().ends.get_mut(&end) {
            change(state);
        }
    }

    /// Connects two that have saved each other's descriptions and have heard a candidate each.
    fn connect(&self, end: End) {
        let mut inner = self.0.borrow_mut();
        let ready = |inner: &Inner, end: End, other: End| {
            let state = inner.ends.get(&end);
            state.is_some_and(|state| {
                state.stable && state.heard > 0 && !state.connected && state.remote == Some(other)
            })
        };
        let Some(other) = inner.ends.get(&end).and_then(|state| state.remote) else {
            return;
        };
        if !ready(&inner, end, other) || !ready(&inner, other, end) {
            return;
        }
        for end in [end, other] {
            if let Some(state) = inner.ends.get_mut(&end) {
                state.connected = true;
                for change in [ConnectionState::Connecting, ConnectionState::Connected] {
                    state
                        .events
                        .send(PeerConnectionEvent::ConnectionStateChange(change));
                }
            }
        }
    }
}
