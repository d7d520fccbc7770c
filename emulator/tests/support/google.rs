//! Google's own emulator, where it is installed.

use std::{
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

const JAR: &str = "/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar";

pub struct Google {
    pub address: String,
    child: Child,
}

impl Google {
    pub fn start() -> Option<Self> {
        let jar = std::env::var("FIRESTORE_EMULATOR_JAR").unwrap_or_else(|_| JAR.to_owned());
        if !Path::new(&jar).exists() {
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let child = Command::new("java")
            .args(["-Duser.language=en", "-Xmx2g", "-cp", &jar])
            .arg("com.google.cloud.datastore.emulator.firestore.CloudFirestore")
            .args(["--host=127.0.0.1".to_owned(), format!("--port={port}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .ok()?;
        Some(Self {
            address: format!("127.0.0.1:{port}"),
            child,
        })
    }
}

impl Drop for Google {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
