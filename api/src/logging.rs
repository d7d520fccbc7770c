//! Where the log goes: standard error, as lines or as JSON.

use anyhow::{Context, Result};
use api::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What is logged unless something else is said. Libraries speak when something is wrong.
const DEFAULT: &str = "warn,api=info,tsukiyo=info,emulator=info";

/// Starts to log.
///
/// # Errors
/// If the filter is none.
pub fn start(filter: Option<&str>, format: LogFormat) -> Result<()> {
    let from_environment = std::env::var(EnvFilter::DEFAULT_ENV).ok();
    let filter = filter.or(from_environment.as_deref()).unwrap_or(DEFAULT);
    let filter = EnvFilter::try_new(filter)
        .with_context(|| format!("{filter:?} says not what to log; write a level such as \"info\""))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
