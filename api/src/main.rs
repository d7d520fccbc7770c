//! The `tsukiyo` binary.

mod logging;
mod ready;

use anyhow::{Context, Result};
use api::{
    Server,
    config::{Cli, Command, Serve},
    server,
};
use clap::Parser;
use std::{process::ExitCode, time::Duration};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    read_dotenv()?;
    let Command::Serve(settings) = Cli::parse().command;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let traces = {
        let _inside = runtime.enter();
        logging::start(
            settings.log.as_deref(),
            settings.log_format,
            settings.audit_log.as_deref(),
            settings.otlp_endpoint.as_deref(),
        )?
    };
    raise_file_limit();
    let outcome = runtime.block_on(serve(&settings));
    traces.end();
    outcome
}

async fn serve(settings: &Serve) -> Result<()> {
    // Before anything is started, so that no signal comes too early to be heard.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let server = Server::start(settings.config()?).await?;
    let addresses = server.addresses();
    announce(addresses);
    if let Some(path) = &settings.ready_file {
        ready::write(path, addresses, settings)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping; once more stops at once");
    let stop = async {
        if settings.drain > 0 {
            server.drain(Duration::from_secs(settings.drain)).await;
        }
        server.shutdown().await;
    };
    tokio::select! {
        () = stop => tracing::info!("stopped"),
        _ = terminate.recv() => tracing::warn!("stopped at once"),
        _ = interrupt.recv() => tracing::warn!("stopped at once"),
    }
    Ok(())
}

fn announce(addresses: server::Addresses) {
    let url = |address| format!("http://{}", server::reachable(address));
    let scheme = if addresses.is_secure { "https" } else { "http" };
    let ours = |address| format!("{scheme}://{}", server::reachable(address));
    tracing::info!(url = ours(addresses.functions), "the API for curl");
    if let Some(address) = addresses.firestore {
        tracing::info!(%address, "the embedded Firestore");
    }
    if let Some(address) = addresses.page {
        tracing::info!(url = url(address), "what is in it");
    }
    if let Some(address) = addresses.turn {
        tracing::info!(%address, "STUN and TURN");
    }
    if let Some(address) = addresses.metrics {
        tracing::info!(url = url(address), "figures for Prometheus");
    }
    tracing::info!(url = ours(addresses.app), "Tsukiyo is ready");
}

/// Reads `.env` of the working directory, if there is one. What the environment says already stays.
fn read_dotenv() -> Result<()> {
    match dotenvy::from_path(".env") {
        Ok(()) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => Err(error).context("cannot read .env"),
    }
}

/// Every socket is a file, and the usual limit of 1,024 is meant for programs that use `select`.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}
