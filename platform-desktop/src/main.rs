//! The desktop program: the same components in a window, and the same session without one.
//!
//! # Invariants
//! - Nothing here decides anything about the protocol: every function is the operation whose name it bears.
//! - Tokio, and every thread that captures, encodes or decodes, reports to the session's thread over channels ([`local`]).

mod farewell;
mod files;
mod folders;
mod headless;
mod heaps;
mod host;
mod local;
mod media;
mod memory;
mod native;
mod options;
mod recording;
mod rtc;
mod socket;
mod window;

use clap::Parser;
use options::Options;
use tracing_subscriber::EnvFilter;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    heaps::bound();
    log();
    // Two libraries speak TLS, and each would choose by itself what to encrypt with.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("there is a choice already");
    }
    if let Some(source) = options.unknown_source() {
        anyhow::bail!(
            "{} is no source: there are \"pattern\", and files with the endings .y4m, .ivf and .wav",
            source.display()
        );
    }
    let background = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    if options.headless {
        headless::run(&background, &options)
    } else {
        window::open(background.handle(), options)
    }
}

/// Writes to the standard error; the standard output is for whoever reads the status.
fn log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,rtc=error,webrtc=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
