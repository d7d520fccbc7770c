//! What the server measures of itself, for Prometheus.
//!
//! Counters and durations belong to the process and are kept by the `metrics` crate; what there is at this moment is asked of
//! the rooms and of the operating system when somebody wants to know.
//!
//! # Invariants
//! - No label holds what a client chose: their number has a bound.
//! - Nothing of a room, a person or an address is told.

mod calls;
mod process;

pub use calls::Calls;

use crate::{rooms::Census, signaling::Standing};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    fmt::Write,
    sync::OnceLock,
    time::{Duration, Instant},
};
use tracing::{Instrument, Span};

/// The bounds of the durations, in seconds: from what is done in memory to what people wait for.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
/// How often what was measured is put into its bucket, so that it does not pile up while nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to measure, once in a process. Wants a Tokio runtime.
pub fn start() {
    RECORDER.get_or_init(|| {
        let first_frame = Matcher::Full(calls::FIRST_FRAME.to_owned());
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("seconds".to_owned()), &SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(first_frame, &calls::FIRST_FRAME_SECONDS));
        let recorder = match builder {
            Ok(builder) => builder.build_recorder(),
            Err(error) => {
                tracing::error!(%error, "cannot measure");
                return None;
            }
        };
        let handle = recorder.handle();
        if let Err(error) = metrics::set_global_recorder(recorder) {
            tracing::error!(%error, "cannot measure");
            return None;
        }
        describe();
        Some(handle)
    });
    tokio::spawn(keep_up());
}

/// Returns everything in the [text format of Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/).
pub fn render(census: Census, is_draining: bool, standing: Option<Standing>) -> String {
    let mut text = String::new();
    for (name, help, value) in [
        ("tsukiyo_sockets", "Open signaling sockets.", census.sockets),
        (
            "tsukiyo_members",
            "Members of rooms, present or away.",
            census.members,
        ),
        ("tsukiyo_rooms", "Rooms with a member.", census.rooms),
        (
            "tsukiyo_draining",
            "1 while the server is about to stop.",
            usize::from(is_draining),
        ),
    ] {
        gauge(&mut text, name, help, value);
    }
    if let Some(standing) = standing {
        for (name, help, value) in [
            (
                "tsukiyo_bus_up",
                "1 while the bus carries.",
                usize::from(standing.bus),
            ),
            (
                "tsukiyo_bus_sure",
                "1 while the other servers believe that this one lives, and it lets people in.",
                usize::from(standing.sure),
            ),
            (
                "tsukiyo_bus_servers",
                "Other servers that this one has to do with.",
                standing.peers,
            ),
        ] {
            gauge(&mut text, name, help, value);
        }
    }
    process::render(&mut text);
    if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
        handle.run_upkeep();
        text += &handle.render();
    }
    text
}

/// What the rooms count. Made after [`start`], or it counts nothing.
#[derive(Debug)]
pub struct Meters {
    /// Messages of clients, and their bytes.
    pub heard: Counter,
    pub heard_bytes: Counter,
    /// Messages to clients, and their bytes.
    pub said: Counter,
    pub said_bytes: Counter,
    /// From the wish to come in to the answer.
    pub joins: Histogram,
    /// How calls went, where clients are asked.
    pub calls: Option<Calls>,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            heard: metrics::counter!("tsukiyo_messages_total", "direction" => "in"),
            heard_bytes: metrics::counter!("tsukiyo_message_bytes_total", "direction" => "in"),
            said: metrics::counter!("tsukiyo_messages_total", "direction" => "out"),
            said_bytes: metrics::counter!("tsukiyo_message_bytes_total", "direction" => "out"),
            joins: metrics::histogram!("tsukiyo_join_seconds"),
            calls: None,
        }
    }
}

/// Measures how long the store takes for something, and shows it in a trace.
#[derive(Debug)]
pub struct StoreCall {
    operation: &'static str,
    started: Instant,
    span: Span,
}

impl StoreCall {
    /// Begins.
    pub fn start(operation: &'static str) -> Self {
        Self {
            operation,
            started: Instant::now(),
            span: tracing::info_span!("store", operation),
        }
    }

    /// Waits for what the store does.
    pub async fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        work.instrument(self.span.clone()).await
    }

    /// Ends, well or not.
    pub fn end(self, done: bool) {
        let outcome = if done { "done" } else { "failed" };
        metrics::histogram!("tsukiyo_store_seconds", "operation" => self.operation, "outcome" => outcome)
            .record(self.started.elapsed());
    }
}

fn gauge(text: &mut String, name: &str, help: &str, value: impl std::fmt::Display) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
}

fn describe() {
    use metrics::{describe_counter, describe_histogram};
    describe_counter!("tsukiyo_messages_total", "Messages over signaling sockets.");
    describe_counter!("tsukiyo_message_bytes_total", "Bytes of these messages.");
    describe_histogram!("tsukiyo_join_seconds", "From the wish to come in to being in.");
    describe_counter!("tsukiyo_errors_total", "Refusals told to clients, by their code.");
    describe_counter!(
        "tsukiyo_closed_total",
        "Sockets closed by the server, by the close code."
    );
    describe_counter!("tsukiyo_refused_total", "What the limits of an address refused.");
    describe_counter!(
        "tsukiyo_slow_consumers_total",
        "Sockets dropped since they did not read."
    );
    describe_counter!("tsukiyo_bus_packets_total", "Packets between servers.");
    describe_counter!("tsukiyo_bus_bytes_total", "Bytes of these packets.");
    describe_counter!(
        "tsukiyo_bus_slow_total",
        "Times at which packets came faster than they were taken."
    );
    describe_counter!("tsukiyo_rooms_lost_total", "Rooms that another server has taken.");
    describe_histogram!("tsukiyo_store_seconds", "Calls of the store.");
    describe_counter!(
        "tsukiyo_http_responses_total",
        "Answers over HTTP, by the class of their status."
    );
    describe_counter!("tsukiyo_turn_bytes_total", "Bytes relayed.");
    describe_counter!(
        "tsukiyo_turn_dropped_total",
        "Packets not relayed, by the reason."
    );
    calls::describe();
}

async fn keep_up() {
    loop {
        tokio::time::sleep(UPKEEP).await;
        if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
            handle.run_upkeep();
        }
    }
}
