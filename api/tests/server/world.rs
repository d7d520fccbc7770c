//! A server on free ports with data of its own.

use crate::{
    client::Client,
    http::{self, Answer},
};
use api::{
    Server,
    rooms::Settings,
    server::{Config, Database, Others},
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use tempfile::TempDir;

pub struct World {
    pub server: Server,
    pub directory: TempDir,
}

/// What the tests change before a server starts.
pub fn config(file: Option<PathBuf>) -> Config {
    Config {
        host: [127, 0, 0, 1].into(),
        port: 0,
        functions_port: 0,
        functions_path: "/project/region/api".to_owned(),
        database: Database::Embedded {
            file,
            cache: emulator::CACHE_BYTES,
            host: [127, 0, 0, 1].into(),
            port: 0,
            page_port: 0,
            project: "test".to_owned(),
        },
        web_dir: PathBuf::from("/nowhere"),
        allow_origins: vec![],
        access: api::access::Settings::default(),
        guards: api::guards::Settings::default(),
        rooms: Settings::new(b"a key for tests"),
        others: Others::None,
        metrics: None,
        turn: None,
        tls: None,
        redirect_port: None,
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().expect("there is room on the disk");
        Self::over(directory, change).await
    }

    /// Stops the server and starts another over the same data.
    pub async fn restart(self) -> Self {
        self.server.shutdown().await;
        Self::over(self.directory, |_| ()).await
    }

    async fn over(directory: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config(Some(directory.path().join("firestore.redb")));
        change(&mut config);
        let server = Server::start(config).await.expect("the server starts");
        Self { server, directory }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.addresses().app
    }

    /// Opens a socket and takes its hello.
    pub async fn connect(&self) -> Client {
        let mut client = Client::open(self.address(), "/ws", &[])
            .await
            .expect("the socket opens");
        assert_eq!(client.hear().await["type"], "hello");
        client
    }

    /// Opens a socket and joins a room.
    pub async fn enter(&self, room: &str, name: &str) -> Client {
        let mut client = self.connect().await;
        client.join(room, name).await;
        client
    }

    pub async fn request(&self, request: &str) -> Answer {
        http::exchange(self.address(), request.as_bytes()).await
    }

    pub async fn get(&self, path: &str, headers: &str) -> Answer {
        self.request(&format!("GET {path} HTTP/1.1\r\n{headers}\r\n"))
            .await
    }
}

pub fn short_grace(config: &mut Config) {
    config.rooms.limits.grace = Duration::from_millis(300);
}
