//! Google's own emulator, where it is installed.

use std::{
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
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

/// Empties the database by the endpoint that both servers have.
pub async fn clear(address: &str) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let path = format!("/emulator/v1/{}/documents", super::support::DATABASE);
    let request = format!("DELETE {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}
