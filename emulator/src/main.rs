//! `tsukiyo-emulator`: the Firestore-compatible server as a program.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use anyhow::Context;
use clap::Parser;
use emulator::{Config, Emulator};
use tracing_subscriber::EnvFilter;

/// A Firestore-compatible server: one small program, durable on disk, started in milliseconds.
///
/// Clients find it by FIRESTORE_EMULATOR_HOST=127.0.0.1:8080. It asks nobody who they are: keep it on this machine.
#[derive(Debug, Parser)]
#[command(name = "tsukiyo-emulator", version)]
struct Args {
    /// Address to listen on. Whoever can reach it can read and write everything.
    #[arg(long, env = "TSUKIYO_EMULATOR_HOST", default_value = "127.0.0.1")]
    host: IpAddr,

    /// Port of gRPC; 0 takes a free one.
    #[arg(long, env = "TSUKIYO_EMULATOR_PORT", default_value_t = 8080)]
    port: u16,

    /// Port of the page that shows what is stored; 0 takes a free one.
    #[arg(long, env = "TSUKIYO_EMULATOR_PAGE_PORT", default_value_t = 4000)]
    page_port: u16,

    /// Serve no page.
    #[arg(long, env = "TSUKIYO_EMULATOR_NO_PAGE")]
    no_page: bool,

    /// File that holds the data; it is made if it is not there.
    #[arg(
        long,
        env = "TSUKIYO_EMULATOR_DATA",
        default_value = "./data/firestore.redb",
        value_name = "FILE"
    )]
    data: PathBuf,

    /// How much of the file is kept in memory at most, in MiB. Little makes queries over much slower, and nothing wrong.
    #[arg(
        long,
        env = "TSUKIYO_EMULATOR_CACHE",
        value_name = "MIB",
        default_value_t = emulator::CACHE_BYTES >> 20,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=65_536)
    )]
    cache: usize,

    /// Keep everything in memory and forget it at the end.
    #[arg(long, env = "TSUKIYO_EMULATOR_MEMORY", conflicts_with = "data")]
    memory: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    if !args.host.is_loopback() {
        tracing::warn!(host = %args.host, "listening beyond this machine: everybody who reaches it may read and write");
    }
    let emulator = Emulator::start(Config {
        data: (!args.memory).then(|| args.data.clone()),
        cache: args.cache << 20,
        grpc: SocketAddr::new(args.host, args.port),
        page: (!args.no_page).then(|| SocketAddr::new(args.host, args.page_port)),
    })
    .await?;
    let data = if args.memory {
        "memory".into()
    } else {
        args.data.display().to_string()
    };
    let bytes = std::fs::metadata(&args.data).map_or(0, |file| file.len());
    let bytes = (!args.memory).then_some(bytes);
    tracing::info!(grpc = %emulator.grpc_addr(), data, bytes, "Firestore is ready");
    println!("FIRESTORE_EMULATOR_HOST={}", emulator.grpc_addr());
    if let Some(page) = emulator.page_addr() {
        println!("http://{page}");
    }
    stop_signal().await.context("cannot wait for signals")?;
    tracing::info!("closing");
    emulator.shutdown().await;
    Ok(())
}

#[cfg(unix)]
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stop_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
