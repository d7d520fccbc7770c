//! How the connections are: looked at every other second, told to both people when one direction is silent, and mended.
//!
//! ICE knows whether packets come at all. That a camera's pictures stop on the way, or that one cannot hear just this one
//! person, it does not know, and the person who is not heard knows it last. So each side looks at what comes, and tells the
//! other what does not.

use super::{Driver, io::Happening};
use crate::{
    Platform,
    platform::{PeerConnection, Slot, StatsReport},
    quality::{Gauge, Quality},
    view::{Checkup, Connection, Person},
};
use call::Input;
use futures::future::join_all;
use std::{collections::BTreeMap, rc::Rc, time::Duration};
use wire::{ClientMessage, Height, MemberId, Missing};

/// How often connections are looked at.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long something must be missing until the connection is taken for broken.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a remedy is given to work. The second one gets twice as long, and so on.
const REMEDY: Duration = Duration::from_secs(10);
/// Remedies in a row. What they do not mend is not the connection's fault.
const REMEDIES: u32 = 4;
/// After so many looks a connection has found out how much it may send.
const SETTLED: u32 = 8;
/// How long it is shown that all is well again.
const WELL: Duration = Duration::from_secs(6);

/// What is known of everybody's connection.
#[derive(Debug, Default)]
pub(super) struct Checkups {
    /// Somebody wants to know.
    pub wanted: bool,
    /// Somebody will look before long.
    looking: bool,
    patients: BTreeMap<MemberId, Patient>,
    /// What of the person's own media does not come to others.
    missed: BTreeMap<MemberId, Missing>,
    /// The last findings.
    pub qualities: Rc<BTreeMap<MemberId, Quality>>,
}

#[derive(Debug)]
struct Patient {
    /// Which connection it is: another one counts anew.
    number: u64,
    gauge: Gauge,
    /// How often it was looked at while it carried.
    looks: u32,
    /// What should come, and since when.
    sends: (bool, bool, bool),
    since: Duration,
    missing: Missing,
    /// Something has been missing since then.
    ill: Option<Duration>,
    /// Nothing came at all, and ICE knew it.
    broken: bool,
    /// What the other was told last.
    told: Missing,
    remedies: u32,
    next_remedy: Duration,
    /// It is shown until then that all is well again.
    well: Duration,
}

/// What follows from a look at a connection.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    tell: Option<Missing>,
    doubt: bool,
}

impl Checkups {
    /// What a tile shows of it.
    pub fn of(&self, now: Duration, id: &MemberId) -> Checkup {
        let quality = self.qualities.get(id);
        let patient = self.patients.get(id);
        Checkup {
            rating: quality.map(|quality| quality.rating).unwrap_or_default(),
            cause: quality.and_then(|quality| quality.cause),
            missing: patient.map(|patient| patient.missing).unwrap_or_default(),
            missed: self.missed.get(id).copied().unwrap_or_default(),
            mended: patient.is_some_and(|patient| now < patient.well),
        }
    }

    /// The other says what does not come to it.
    pub fn missed(&mut self, from: MemberId, missing: Missing) {
        self.missed.insert(from, missing);
    }

    /// Forgets everybody.
    pub fn clear(&mut self) {
        let looking = self.looking;
        *self = Self {
            looking,
            ..Self::default()
        };
    }

    /// The figures of the connections that have carried for a while.
    pub fn settled(&self) -> impl Iterator<Item = &Quality> {
        let settled = (self.patients.iter()).filter(|(_, patient)| patient.looks >= SETTLED);
        settled.filter_map(|(id, _)| self.qualities.get(id))
    }

    pub fn forget(&mut self, id: &MemberId) {
        self.patients.remove(id);
        self.missed.remove(id);
        Rc::make_mut(&mut self.qualities).remove(id);
    }

    /// The server, or the other, has forgotten what it was told.
    pub fn rejoined(&mut self) {
        for patient in self.patients.values_mut() {
            patient.told = Missing::default();
        }
    }

    #[inline(never)]
    fn look(
        &mut self,
        now: Duration,
        number: u64,
        person: &Person,
        seen: bool,
        report: StatsReport,
    ) -> Findings {
        let patient = self
            .patients
            .entry(person.id.clone())
            .or_insert_with(|| Patient::new(number, now));
        patient.number(number);
        let quality = patient.gauge.read(now, report);
        let findings = patient.examine(now, person, seen);
        Rc::make_mut(&mut self.qualities).insert(person.id.clone(), quality);
        findings
    }
}

impl Patient {
    fn new(number: u64, now: Duration) -> Self {
        Self {
            number,
            gauge: Gauge::default(),
            looks: 0,
            sends: (false, false, false),
            since: now,
            missing: Missing::default(),
            ill: None,
            broken: false,
            told: Missing::default(),
            remedies: 0,
            next_remedy: Duration::ZERO,
            well: Duration::ZERO,
        }
    }

    fn number(&mut self, number: u64) {
        if self.number != number {
            self.number = number;
            self.gauge = Gauge::default();
            self.looks = 0;
        }
    }

    /// `seen`: the picture is asked for.
    fn examine(&mut self, now: Duration, person: &Person, seen: bool) -> Findings {
        let connected = person.connection == Connection::Connected;
        self.looks += u32::from(connected);
        let sends = (person.media.audio, person.media.video && seen, connected);
        if self.sends != sends {
            self.sends = sends;
            self.since = now;
        }
        // What a broken connection does not carry is no riddle, and is being mended already.
        let should = |slot: Slot| match slot {
            Slot::Microphone => connected && person.media.audio,
            Slot::Camera => connected && person.media.video && seen,
            Slot::Screen | Slot::ScreenSound => false,
        };
        self.missing = self.gauge.missing(now, self.since, should);
        if self.missing.any() {
            self.ill.get_or_insert(now);
        } else if self.ill.take().is_some() {
            if self.remedies > 0 {
                self.well = now + WELL;
            }
            self.remedies = 0;
            self.next_remedy = Duration::ZERO;
        }
        if matches!(person.connection, Connection::Interrupted | Connection::Failed) {
            self.broken = true;
        } else if connected && std::mem::take(&mut self.broken) {
            self.well = now + WELL;
        }
        let doubt = self.ill.is_some_and(|ill| now >= ill + PATIENCE)
            && now >= self.next_remedy
            && self.remedies < REMEDIES;
        if doubt {
            self.remedies += 1;
            self.next_remedy = now + REMEDY * self.remedies;
        }
        let tell = (self.told != self.missing).then_some(self.missing);
        self.told = self.missing;
        Findings { tell, doubt }
    }
}

impl<P: Platform> Driver<P> {
    /// Looks at every connection after a while, if there is any and somebody wants to know.
    pub(super) fn look_on(&mut self) {
        let wanted = self.checkups.wanted || self.reports.are_made();
        if self.checkups.looking || !wanted || self.connections.is_empty() {
            return;
        }
        self.checkups.looking = true;
        let io = self.io.clone();
        self.io.spawn(async move {
            io.platform.sleep(INTERVAL).await;
            io.report(Happening::Look);
        });
    }

    /// Like what follows from it, it begins a chunk of the web build (`dc.sh`), so it must stay a function.
    #[inline(never)]
    pub(super) fn look(&mut self) {
        let (io, all) = (self.io.clone(), self.connections.all());
        self.io.spawn(async move {
            let reports = join_all(all.into_iter().map(|(number, connection)| async move {
                Some((number, connection.get_stats().await.ok()?))
            }));
            let reports = reports.await.into_iter().flatten().collect();
            io.report(Happening::Looked(reports));
        });
    }

    #[inline(never)]
    pub(super) fn looked(&mut self, reports: Vec<(u64, StatsReport)>) {
        self.checkups.looking = false;
        let now = self.io.platform.now();
        for (number, report) in reports {
            let Some((peer, _)) = self.connections.owner(number) else {
                continue;
            };
            let people = self.people.view();
            let Some(person) = people.iter().find(|person| person.id == peer) else {
                continue;
            };
            self.reports.ledger.look(now, &peer, &report);
            let seen = self.load.asked(&peer).camera > Height::NONE;
            let findings = self.checkups.look(now, number, person, seen, report);
            if let Some(missing) = findings.tell.filter(|_| !self.stay.is_asking()) {
                self.link.send(&ClientMessage::Missing {
                    to: peer.clone(),
                    missing,
                });
            }
            if findings.doubt {
                self.input(Input::Doubted { peer });
            }
        }
        self.weigh(now);
        let checkups = &self.checkups;
        self.people.check(|id| checkups.of(now, id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::InboundRtpStats;
    use wire::{DisplayName, MediaState};

    fn person() -> Person {
        Person {
            id: "a".parse().expect("an id"),
            name: DisplayName::new("Aki").expect("a name"),
            media: MediaState {
                audio: true,
                video: true,
                ..MediaState::default()
            },
            stream: None,
            screen: None,
            connection: Connection::Connected,
            away: false,
            speaking: false,
            checkup: Checkup::default(),
        }
    }

    fn report(packets: f64, frames: f64) -> StatsReport {
        let inbound = |slot| InboundRtpStats {
            slot: Some(slot),
            bytes: packets * 100.0,
            packets,
            frames,
            ..InboundRtpStats::default()
        };
        StatsReport {
            inbound: vec![inbound(Slot::Microphone), inbound(Slot::Camera)],
            ..StatsReport::default()
        }
    }

    /// Looks every two seconds; each look finds these packets and frames. Returns what followed from each.
    fn course(person: &Person, counts: &[(f64, f64)]) -> (Checkups, Vec<Findings>) {
        let mut checkups = Checkups::default();
        let looks = counts.iter().enumerate().map(|(nth, (packets, frames))| {
            let now = INTERVAL * u32::try_from(nth).expect("a few") + INTERVAL;
            checkups.look(now, 1, person, true, report(*packets, *frames))
        });
        let findings = looks.collect();
        (checkups, findings)
    }

    const NO_PICTURE: Missing = Missing {
        picture: true,
        sound: false,
    };

    #[test]
    fn a_picture_that_stops_is_told_and_then_mended_and_then_told_to_be_well() {
        let person = person();
        let still = |packets| (packets, 30.0);
        let counts = [
            (10.0, 10.0),
            (20.0, 30.0),
            still(30.0),
            still(40.0),
            still(50.0),
            (60.0, 60.0),
        ];
        let (checkups, findings) = course(&person, &counts);
        let told: Vec<_> = findings
            .iter()
            .map(|findings| (findings.tell, findings.doubt))
            .collect();
        let well = Missing::default();
        let nothing = (None, false);
        assert_eq!(
            told,
            [
                nothing,
                nothing,
                nothing,
                (Some(NO_PICTURE), false),
                (None, true),
                (Some(well), false)
            ]
        );
        let checkup = checkups.of(INTERVAL * 6, &person.id);
        assert!(checkup.mended && !checkup.missing.any());
        assert!(!checkups.of(INTERVAL * 6 + WELL, &person.id).mended);
    }

    #[test]
    fn a_connection_that_was_broken_is_told_to_be_well_again() {
        let mut checkups = Checkups::default();
        let mut person = person();
        let mut look = |nth: u32, connection| {
            person.connection = connection;
            let at = INTERVAL * nth;
            let counts = report(f64::from(nth), f64::from(nth));
            checkups.look(at, 1, &person, true, counts);
            checkups.of(at, &person.id).mended
        };
        assert!(!look(1, Connection::Connected));
        assert!(!look(2, Connection::Interrupted));
        assert!(!look(3, Connection::Failed));
        assert!(look(4, Connection::Connected));
        assert!(!look(8, Connection::Connected));
    }

    #[test]
    fn what_no_remedy_mends_is_left_alone_after_a_while() {
        let person = person();
        let counts = [(1.0, 1.0); 120];
        let (checkups, findings) = course(&person, &counts);
        let remedies = findings.iter().filter(|findings| findings.doubt).count();
        assert_eq!(remedies, REMEDIES as usize);
        assert!(
            checkups.of(INTERVAL * 120, &person.id).missing.any(),
            "it is still told"
        );
    }

    #[test]
    fn a_broken_connection_and_a_muted_person_are_no_riddle() {
        let mut broken = person();
        broken.connection = Connection::Interrupted;
        let mut muted = person();
        muted.media = MediaState::default();
        for person in [broken, muted] {
            let (_, findings) = course(&person, &[(1.0, 1.0); 20]);
            assert!(
                findings.iter().all(|findings| *findings == Findings::default()),
                "{person:?}"
            );
        }
    }
}
