//! Where the log goes: standard error, as lines or as JSON; what hosts do, to a file of its own; and what took how long, to a
//! collector of OpenTelemetry.

use anyhow::{Context, Result};
use api::config::LogFormat;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use std::{fs::OpenOptions, io::IsTerminal, path::Path, sync::Mutex};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{Targets, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// What is logged unless something else is said. Libraries speak when something is wrong.
const DEFAULT: &str = "warn,api=info,tsukiyo=info,emulator=info,audit=info";

/// Whose spans are told to a collector. What is logged within them is not: it may name rooms.
const TRACED: [&str; 2] = ["api", "emulator"];

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// What still has to be told when the program ends.
#[derive(Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Tells the rest.
    pub fn end(self) {
        if let Some(Err(error)) = self.0.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the collector was not told all");
        }
    }
}

/// Starts to log. Wants a Tokio runtime if there is a collector.
///
/// # Errors
/// If the filter is none, the file for what hosts do cannot be opened, or the collector's address is none.
pub fn start(
    filter: Option<&str>,
    format: LogFormat,
    audit: Option<&Path>,
    collector: Option<&str>,
) -> Result<Traces> {
    let from_environment = std::env::var(EnvFilter::DEFAULT_ENV).ok();
    let filter = filter.or(from_environment.as_deref()).unwrap_or(DEFAULT);
    let filter = EnvFilter::try_new(filter)
        .with_context(|| format!("{filter:?} says not what to log; write a level such as \"info\""))?;
    let log = fmt::layer().with_writer(std::io::stderr);
    let log: Boxed = match format {
        LogFormat::Text => log
            .with_ansi(std::io::stderr().is_terminal())
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => log.json().with_filter(filter).boxed(),
    };
    let mut layers = vec![log];
    if let Some(path) = audit {
        layers.push(audit_layer(path)?);
    }
    let mut traces = Traces::default();
    if let Some(collector) = collector.filter(|collector| !collector.is_empty()) {
        let provider = provider(collector)?;
        layers.push(trace_layer(&provider));
        traces = Traces(Some(provider));
    }
    tracing_subscriber::registry().with(layers).init();
    Ok(traces)
}

/// Returns what gathers spans and tells them to a collector, many at once.
fn provider(collector: &str) -> Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(collector);
    let exporter = exporter.build().with_context(|| {
        format!("{collector:?} is no collector; write its address, such as http://127.0.0.1:4317")
    })?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("tsukiyo").build())
        .build())
}

fn trace_layer(provider: &SdkTracerProvider) -> Boxed {
    let ours = filter_fn(|metadata| {
        let of_ours = |target| metadata.target().starts_with(target);
        metadata.is_span() && *metadata.level() <= tracing::Level::INFO && TRACED.into_iter().any(of_ours)
    });
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("tsukiyo"))
        .with_filter(ours)
        .boxed()
}

/// Returns what writes down, behind what is there, who did what to whom in which room. It heeds no other filter.
fn audit_layer(path: &Path) -> Result<Boxed> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let file = file.with_context(|| format!("cannot write {}", path.display()))?;
    let only = Targets::new().with_target("audit", tracing::Level::INFO);
    Ok(fmt::layer()
        .json()
        .with_writer(Mutex::new(file))
        .with_filter(only)
        .boxed())
}
