//! Where the log goes: standard error, as lines or as JSON; and what hosts do, to a file of its own.

use anyhow::{Context, Result};
use api::config::LogFormat;
use std::{fs::OpenOptions, io::IsTerminal, path::Path, sync::Mutex};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

/// What is logged unless something else is said. Libraries speak when something is wrong.
const DEFAULT: &str = "warn,api=info,tsukiyo=info,emulator=info,audit=info";

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts to log.
///
/// # Errors
/// If the filter is none, or the file for what hosts do cannot be opened.
pub fn start(filter: Option<&str>, format: LogFormat, audit: Option<&Path>) -> Result<()> {
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
    tracing_subscriber::registry().with(layers).init();
    Ok(())
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
