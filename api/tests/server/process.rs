//! The `tsukiyo` binary as a process.

use crate::client::{Client, SOON};
use serde_json::Value;
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

/// A server that can be killed and started again over the same directory.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    /// What it says of itself once it is ready.
    pub said: Value,
}

impl Process {
    /// Starts the server and waits until it says that it is ready.
    pub async fn start(directory: &Path) -> Self {
        Self::start_with(directory, &[]).await
    }

    /// The same with further arguments.
    pub async fn start_with(directory: &Path, arguments: &[&str]) -> Self {
        let ready = directory.join("ready.json");
        std::fs::remove_file(&ready).ok();
        let child = command(directory)
            .args(["--port", "0", "--functions-port", "0", "--firestore-port", "0"])
            .args(["--firestore-page-port", "0", "--ready-file", "ready.json"])
            .args(arguments)
            .spawn()
            .expect("the binary runs");
        let deadline = Instant::now() + SOON;
        let said: Value = loop {
            if let Ok(text) = std::fs::read(&ready) {
                break serde_json::from_slice(&text).expect("the file is whole");
            }
            assert!(Instant::now() < deadline, "the server is not ready in time");
            tokio::task::yield_now().await;
        };
        let url = said["app"].as_str().expect("an address");
        let address = url.trim_start_matches("http://").parse().expect("an address");
        Self { child, address, said }
    }

    /// Opens a signaling socket.
    pub async fn connect(&self) -> Client {
        Client::open(self.address, "/ws", &[])
            .await
            .expect("the socket opens")
    }

    /// Ends it as an administrator would, and waits until it has ended well.
    pub fn end(&mut self) {
        self.terminate();
        let status = tokio::task::block_in_place(|| self.child.wait()).expect("it ends");
        assert!(status.success(), "{status}");
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it can be signalled");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What runs it over a directory, without what somebody may have set for a server of their own.
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsukiyo"));
    command
        .arg("serve")
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for name in [
        "FIRESTORE_EMULATOR_HOST",
        "GOOGLE_CLOUD_PROJECT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "TSUKIYO_DATA_DIR",
        "TSUKIYO_SECRET",
    ] {
        command.env_remove(name);
    }
    command
}
