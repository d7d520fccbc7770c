//! The Firestore emulator inside of this process.

use emulator::{Config, Emulator};
use std::{net::SocketAddr, path::PathBuf};

/// Why the emulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The directory of its file cannot be made.
    #[error("cannot make the directory {path}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A port is taken, or the file is damaged or in use.
    #[error(
        "the embedded Firestore does not start; choose other ports with --firestore-port and \
         --firestore-page-port, other data with --data-dir, or another Firestore with FIRESTORE_EMULATOR_HOST"
    )]
    Start(#[from] emulator::StartError),
}

/// A running emulator.
#[derive(Debug)]
pub struct Embedded(Emulator);

impl Embedded {
    /// Starts it, with a directory for its file.
    pub async fn start(config: Config) -> Result<Self, EmbeddedError> {
        let directory = config.data.as_deref().and_then(std::path::Path::parent);
        if let Some(path) = directory {
            std::fs::create_dir_all(path).map_err(|source| EmbeddedError::Directory {
                path: path.to_owned(),
                source,
            })?;
        }
        Ok(Self(Emulator::start(config).await?))
    }

    /// Returns where its gRPC service listens.
    pub fn grpc_address(&self) -> SocketAddr {
        self.0.grpc_addr()
    }

    /// Returns where the page listens that shows its data.
    pub fn page_address(&self) -> Option<SocketAddr> {
        self.0.page_addr()
    }

    /// Ends the requests under way and closes the file.
    pub async fn shutdown(self) {
        self.0.shutdown().await;
    }
}
