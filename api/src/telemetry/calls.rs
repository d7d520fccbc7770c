//! How calls went, as clients tell it whose people let them.
//!
//! # Invariants
//! - Labels are words of this file. What a client says is a number, or chooses among them.
//! - Sums only: of one report nothing is left but what it adds.

use metrics::{Counter, Histogram, Label, counter, describe_counter, describe_histogram, histogram};
use std::sync::atomic::{AtomicU64, Ordering};
use wire::{CallReport, ClientPlatform};

/// The name of the histogram of first pictures.
pub(super) const FIRST_FRAME: &str = "tsukiyo_client_first_frame_seconds";
/// Its bounds, in seconds: people wait for seconds, and not for milliseconds.
pub(super) const FIRST_FRAME_SECONDS: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0];

/// What the reports add to, by what the clients run on.
#[derive(Debug)]
pub struct Calls {
    web: Figures,
    desktop: Figures,
}

#[derive(Debug)]
struct Figures {
    reports: Counter,
    first_frame: Histogram,
    connected: Counter,
    handshake_failed: Counter,
    no_candidates: Counter,
    ice_failed: Counter,
    disconnected: Counter,
    restarts: Counter,
    freezes: Counter,
    frozen: Seconds,
    direct: Seconds,
    relayed: Seconds,
}

/// A counter of whole seconds to which milliseconds are added.
#[derive(Debug)]
struct Seconds {
    counter: Counter,
    milliseconds: AtomicU64,
}

impl Calls {
    /// Adds what a report says.
    pub fn add(&self, report: &CallReport) {
        let figures = match report.platform {
            ClientPlatform::Web => &self.web,
            ClientPlatform::Desktop => &self.desktop,
        };
        figures.add(report);
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            web: Figures::new("web"),
            desktop: Figures::new("desktop"),
        }
    }
}

impl Figures {
    fn new(platform: &'static str) -> Self {
        let of = || Label::from_static_parts("platform", platform);
        let outcome = |outcome: &'static str| {
            let outcome = Label::from_static_parts("outcome", outcome);
            counter!("tsukiyo_client_connections_total", vec![of(), outcome])
        };
        let lasted = |route: &'static str| {
            let route = Label::from_static_parts("route", route);
            Seconds::of(counter!("tsukiyo_client_call_seconds_total", vec![of(), route]))
        };
        Self {
            reports: counter!("tsukiyo_client_reports_total", vec![of()]),
            first_frame: histogram!(FIRST_FRAME, vec![of()]),
            connected: outcome("connected"),
            handshake_failed: outcome("handshake-failed"),
            no_candidates: outcome("no-candidates"),
            ice_failed: outcome("ice-failed"),
            disconnected: outcome("disconnected"),
            restarts: counter!("tsukiyo_client_ice_restarts_total", vec![of()]),
            freezes: counter!("tsukiyo_client_freezes_total", vec![of()]),
            frozen: Seconds::of(counter!("tsukiyo_client_freeze_seconds_total", vec![of()])),
            direct: lasted("direct"),
            relayed: lasted("relay"),
        }
    }

    fn add(&self, report: &CallReport) {
        self.reports.increment(1);
        if let Some(first_frame) = report.first_frame {
            self.first_frame.record(f64::from(first_frame.get()) / 1_000.0);
        }
        for (counter, tally) in [
            (&self.connected, report.connected),
            (&self.handshake_failed, report.failed.handshake),
            (&self.no_candidates, report.failed.no_candidates),
            (&self.ice_failed, report.failed.ice),
            (&self.disconnected, report.failed.disconnected),
            (&self.restarts, report.restarts),
            (&self.freezes, report.freezes),
        ] {
            counter.increment(tally.get().into());
        }
        self.frozen.add(report.frozen.get());
        let lasted = if report.relayed {
            &self.relayed
        } else {
            &self.direct
        };
        lasted.add(report.lasted.get());
    }
}

impl Seconds {
    fn of(counter: Counter) -> Self {
        Self {
            counter,
            milliseconds: AtomicU64::new(0),
        }
    }

    /// What is not a whole second yet is kept for the next time.
    fn add(&self, milliseconds: u32) {
        let added = u64::from(milliseconds);
        let before = self.milliseconds.fetch_add(added, Ordering::Relaxed);
        self.counter.increment((before + added) / 1_000 - before / 1_000);
    }
}

pub(super) fn describe() {
    describe_counter!(
        "tsukiyo_client_reports_total",
        "Reports of calls, from clients whose people let them."
    );
    describe_histogram!(
        FIRST_FRAME,
        "From the wish to come in, or the coming of the first other, to that one's first picture."
    );
    describe_counter!(
        "tsukiyo_client_connections_total",
        "Connections between two clients, by what became of them."
    );
    describe_counter!("tsukiyo_client_ice_restarts_total", "Restarts of ICE.");
    describe_counter!(
        "tsukiyo_client_freezes_total",
        "Times at which a picture stood still."
    );
    describe_counter!("tsukiyo_client_freeze_seconds_total", "For how long, together.");
    describe_counter!(
        "tsukiyo_client_call_seconds_total",
        "How long clients were connected to somebody, by the way their packets went."
    );
}
