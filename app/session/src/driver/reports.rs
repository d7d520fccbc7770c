//! Tells the server how the call goes, if the server asks and the person lets it. What is told says [`crate::ledger`].

use super::{Driver, io::Happening};
use crate::{
    Platform,
    ledger::{self, Ledger},
    platform::{Keep, PeerConnection},
};
use futures::future::join_all;
use std::time::Duration;
use wire::{ClientMessage, ClientPlatform, Member};

/// Holds whether the person lets the program tell how calls go.
const KEY: &str = "tsukiyo.reports";
/// How often it is told: often enough that a page that is killed costs little of it.
const INTERVAL: Duration = Duration::from_secs(60);
/// How often the first picture is looked for. What is told of it is as exact as that.
const GLANCE: Duration = Duration::from_millis(100);

/// What is to be told of the call.
#[derive(Debug)]
pub(super) struct Reports {
    platform: ClientPlatform,
    /// The server asks.
    pub wanted: bool,
    /// The person lets it.
    on: bool,
    pub ledger: Ledger,
    /// When the next report is due.
    pub due: Option<Duration>,
    /// Somebody will look for the first picture before long.
    glancing: bool,
}

impl Reports {
    pub fn new<P: Platform>(platform: &P, runs_on: ClientPlatform) -> Self {
        Self {
            platform: runs_on,
            wanted: false,
            on: platform.recall(Keep::Always, KEY).is_some(),
            ledger: Ledger::default(),
            due: None,
            glancing: false,
        }
    }

    /// Something is told of this call.
    pub fn are_made(&self) -> bool {
        self.wanted && self.on
    }

    /// Whether the person lets it; `None` where the server does not ask.
    pub fn view(&self) -> Option<bool> {
        self.wanted.then_some(self.on)
    }

    /// There is no call any more.
    pub fn clear(&mut self) {
        self.ledger = Ledger::default();
        self.due = None;
    }
}

/// Tells whether somebody shows a picture.
pub(super) fn shows(member: &Member) -> bool {
    !member.away && (member.media.video || member.media.screen)
}

impl<P: Platform> Driver<P> {
    /// The person lets the program tell how calls go, from now on and at later visits; or no longer.
    ///
    /// Like what follows it is a matter of the room, with which it is loaded on the web (`dc.sh`).
    #[inline(never)]
    pub(super) fn let_report(&mut self, on: bool) {
        self.reports.on = on;
        // What was before was not agreed to, and what is not told yet is not to be told.
        self.reports.ledger.forget(self.io.platform.now());
        self.reports.due = None;
        let value = on.then_some("on");
        self.io.platform.remember(Keep::Always, KEY, value);
    }

    /// Tells what has happened since the last report, if anything has. What cannot be told now is told the next time.
    #[inline(never)]
    pub(super) fn report(&mut self) {
        let now = self.io.platform.now();
        self.reports.due = None;
        if !self.reports.are_made() || !self.link.is_open() || self.stay.is_asking() {
            return;
        }
        if let Some(report) = self.reports.ledger.take(now, self.reports.platform) {
            self.link.send(&ClientMessage::Report(report));
        }
    }

    /// Sees to it that the next report is made, and that the first picture is noticed when it comes.
    #[inline(never)]
    pub(super) fn follow_call(&mut self) {
        let now = self.io.platform.now();
        if self.load.hidden {
            self.reports.ledger.looks_away();
        }
        if !self.reports.are_made() {
            return;
        }
        self.reports.due.get_or_insert(now + INTERVAL);
        if self.reports.glancing || !self.reports.ledger.awaits_picture(now) || self.connections.is_empty() {
            return;
        }
        self.reports.glancing = true;
        let (io, all) = (self.io.clone(), self.connections.all());
        self.io.spawn(async move {
            io.platform.sleep(GLANCE).await;
            let looks = all.into_iter().map(|(_, connection)| async move {
                let report = connection.get_stats().await;
                report.is_ok_and(|report| ledger::sees(&report))
            });
            let seen = join_all(looks).await.contains(&true);
            io.report(Happening::Glanced(seen));
        });
    }

    /// Somebody has looked for the first picture.
    #[inline(never)]
    pub(super) fn glanced(&mut self, seen: bool) {
        self.reports.glancing = false;
        if seen {
            self.reports.ledger.seen(self.io.platform.now());
        }
    }
}
