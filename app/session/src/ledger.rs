//! What a call comes to, in figures that are of nobody: what a report of it says.
//!
//! Pure: it is told what happens, with the time, and does nothing by itself. It knows members by their ids, to tell one
//! connection from another; nothing of them comes into a [`CallReport`].

use crate::platform::{InboundRtpStats, MediaKind, Slot, StatsReport};
use call::ConnectionState;
use std::time::Duration;
use wire::{CallReport, ClientPlatform, Failures, MemberId, Milliseconds, ReportVersion, Tally};

/// A first picture that has not come after this long is not waited for any more: that there is none, the connections tell.
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts what happens in one call.
#[derive(Debug, Default)]
pub struct Ledger {
    /// When the person wanted to come in; `None` once it had to wait for another person.
    wish: Option<Duration>,
    picture: FirstPicture,
    /// The connections that there are. Few, and looked through.
    lines: Vec<Line>,
    /// Until when time was counted.
    counted: Duration,
    sums: Sums,
}

/// Where the first picture of somebody else is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum FirstPicture {
    /// Nobody has come who shows one.
    #[default]
    Unseen,
    /// Somebody is there who does; it is due since then.
    Awaited(Duration),
    /// It came, or nothing can be said about it.
    Over,
}

/// The connection to one of the others.
#[derive(Debug)]
struct Line {
    peer: MemberId,
    /// ICE has begun.
    tried: bool,
    /// A candidate was found here.
    found: bool,
    /// It has carried.
    made: bool,
    /// It carries.
    up: bool,
    /// That it does not come about is told.
    told: bool,
    /// What it had counted when it was looked at last: freezes, and the seconds that they took.
    freezes: (f64, f64),
}

/// What happened since the last report.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    first_picture: Option<Duration>,
    connected: u64,
    handshake: u64,
    no_candidates: u64,
    ice: u64,
    disconnected: u64,
    restarts: u64,
    freezes: f64,
    frozen: f64,
    lasted: Duration,
    relayed: bool,
}

impl Ledger {
    /// The person wants to come in.
    pub fn begin(&mut self, now: Duration) {
        *self = Self {
            wish: Some(now),
            ..Self::default()
        };
    }

    /// It is not for the program to say how long the person waits at the door.
    pub fn waits(&mut self) {
        self.wish = None;
    }

    /// The person is in. `shows`: somebody is there who shows a picture.
    pub fn entered(&mut self, now: Duration, shows: bool) {
        self.counted = now;
        let wish = self.wish.unwrap_or(now);
        self.expect(wish, shows);
    }

    /// Somebody else has come. `shows`: with a picture, and the person would see it.
    pub fn came(&mut self, now: Duration, shows: bool) {
        self.expect(now, shows);
    }

    /// A connection to somebody is made.
    pub fn create(&mut self, peer: &MemberId) {
        self.lines.retain(|line| line.peer != *peer);
        self.lines.push(Line {
            peer: peer.clone(),
            tried: false,
            found: false,
            made: false,
            up: false,
            told: false,
            freezes: (0.0, 0.0),
        });
    }

    /// The ICE of a connection is restarted.
    pub fn restart(&mut self) {
        self.sums.restarts += 1;
    }

    /// A connection has found a candidate.
    pub fn found(&mut self, peer: &MemberId) {
        if let Some(line) = self.line(peer) {
            line.found = true;
        }
    }

    /// A connection's state has changed. On the web this begins a chunk (`dc.sh`), so it must stay a function.
    #[inline(never)]
    pub fn state(&mut self, now: Duration, peer: &MemberId, state: ConnectionState) {
        self.count(now);
        let Some(line) = self.lines.iter_mut().find(|line| line.peer == *peer) else {
            return;
        };
        match state {
            ConnectionState::New | ConnectionState::Disconnected | ConnectionState::Closed => {}
            ConnectionState::Connecting => line.tried = true,
            ConnectionState::Connected => {
                line.up = true;
                if !std::mem::replace(&mut line.made, true) {
                    self.sums.connected += 1;
                }
            }
            ConnectionState::Failed => {
                line.tried = true;
                if std::mem::take(&mut line.up) {
                    self.sums.disconnected += 1;
                } else {
                    self.sums.not_made(line);
                }
            }
        }
    }

    /// A connection is given up, and another follows.
    pub fn given_up(&mut self, now: Duration, peer: &MemberId) {
        self.count(now);
        if let Some(line) = self.lines.iter_mut().find(|line| line.peer == *peer) {
            self.sums.not_made(line);
        }
        self.lines.retain(|line| line.peer != *peer);
    }

    /// Somebody is gone, and the connection with it: nothing has failed.
    pub fn gone(&mut self, now: Duration, peer: &MemberId) {
        self.count(now);
        self.lines.retain(|line| line.peer != *peer);
    }

    /// Takes in what a connection says of itself.
    pub fn look(&mut self, now: Duration, peer: &MemberId, report: &StatsReport) {
        if sees(report) {
            self.seen(now);
        }
        if let Some(pair) = &report.pair {
            let relays = [&pair.local, &pair.remote].map(|candidate| candidate.candidate_type == "relay");
            self.sums.relayed |= relays.contains(&true);
        }
        let Some(line) = self.line(peer) else { return };
        // A shared screen stands still by its nature.
        let faces = report.inbound.iter();
        let faces = faces.filter(|inbound| inbound.slot == Some(Slot::Camera));
        let total = faces.fold((0.0, 0.0), |(count, length), inbound| {
            (count + inbound.freezes, length + inbound.freezes_duration)
        });
        let before = std::mem::replace(&mut line.freezes, total);
        self.sums.freezes += (total.0 - before.0).max(0.0);
        self.sums.frozen += (total.1 - before.1).max(0.0);
    }

    /// A picture of somebody was decoded.
    pub fn seen(&mut self, now: Duration) {
        if let FirstPicture::Awaited(since) = self.picture {
            self.sums.first_picture = Some(now.saturating_sub(since));
        }
        self.picture = FirstPicture::Over;
    }

    /// Tells whether the first picture of somebody else is to be watched for.
    pub fn awaits_picture(&self, now: Duration) -> bool {
        matches!(self.picture, FirstPicture::Awaited(since) if now < since + PATIENCE)
    }

    /// Nobody looks at the page, so no picture is asked for: how long it takes says nothing.
    pub fn looks_away(&mut self) {
        if matches!(self.picture, FirstPicture::Awaited(_)) {
            self.picture = FirstPicture::Over;
        }
    }

    /// Forgets what was counted so far: the person did not want it to be told.
    pub fn forget(&mut self, now: Duration) {
        self.looks_away();
        self.count(now);
        self.sums = Sums::default();
    }

    /// Takes what happened since the last report. `None` when nothing has.
    pub fn take(&mut self, now: Duration, platform: ClientPlatform) -> Option<CallReport> {
        self.count(now);
        let report = std::mem::take(&mut self.sums).report(platform);
        let nothing = CallReport {
            platform,
            ..CallReport::default()
        };
        (report != nothing).then_some(report)
    }

    fn expect(&mut self, since: Duration, shows: bool) {
        if shows && self.picture == FirstPicture::Unseen {
            self.picture = FirstPicture::Awaited(since);
        }
    }

    /// Counts the time until now, if there was anybody to talk with.
    fn count(&mut self, now: Duration) {
        if self.lines.iter().any(|line| line.up) {
            self.sums.lasted += now.saturating_sub(self.counted);
        }
        self.counted = now;
    }

    fn line(&mut self, peer: &MemberId) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.peer == *peer)
    }
}

/// Tells whether a picture has come over a connection.
pub fn sees(report: &StatsReport) -> bool {
    let picture = |inbound: &InboundRtpStats| {
        let is_video = (inbound.slot).is_some_and(|slot| slot.kind() == MediaKind::Video);
        is_video && inbound.frames > 0.0
    };
    report.inbound.iter().any(picture)
}

impl Sums {
    /// A connection has failed that never carried.
    fn not_made(&mut self, line: &mut Line) {
        if line.made || std::mem::replace(&mut line.told, true) {
            return;
        }
        let cause = match (line.tried, line.found) {
            (false, _) => &mut self.handshake,
            (true, false) => &mut self.no_candidates,
            (true, true) => &mut self.ice,
        };
        *cause += 1;
    }

    fn report(self, platform: ClientPlatform) -> CallReport {
        CallReport {
            version: ReportVersion,
            platform,
            first_frame: self.first_picture.map(milliseconds),
            connected: Tally::of(self.connected),
            failed: Failures {
                handshake: Tally::of(self.handshake),
                no_candidates: Tally::of(self.no_candidates),
                ice: Tally::of(self.ice),
                disconnected: Tally::of(self.disconnected),
            },
            restarts: Tally::of(self.restarts),
            // A conversion of floating numbers stays within what the type holds.
            freezes: Tally::of(self.freezes as u64),
            frozen: Milliseconds::of((self.frozen * 1_000.0) as u64),
            lasted: milliseconds(self.lasted),
            relayed: self.relayed,
        }
    }
}

fn milliseconds(duration: Duration) -> Milliseconds {
    Milliseconds::of(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
