//! TLS on our own ports, with a certificate from files, or one that an authority gives when it is asked (ACME).

mod acme;
mod files;

pub use acme::Acme;
pub use files::Files;

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
};
use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};
use tokio_rustls::TlsAcceptor;

/// What is spoken once a connection is there.
const HTTP: &[u8] = b"http/1.1";

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// From two files, which somebody else keeps valid.
    Files(Files),
    /// From an authority, which is asked again in time.
    Acme(Acme),
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is no PEM.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, rustls::pki_types::pem::Error),
    /// The certificate and the key do not belong together, or are not understood.
    #[error("the certificate and the key cannot be used: {0}")]
    Pair(#[from] rustls::Error),
    /// There is no place for what the authority gives.
    #[error("cannot keep certificates in {0}: {1}")]
    Place(PathBuf, std::io::Error),
}

/// The certificate that is shown at the moment. Clones are the same.
#[derive(Debug, Clone)]
pub struct Tls(Arc<RwLock<Arc<ServerConfig>>>);

impl Tls {
    /// Begins to show a certificate, and sees to it that it stays valid as long as there is a clone.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn start(origin: Origin) -> Result<Self, TlsError> {
        match origin {
            Origin::Files(files) => files::start(files),
            Origin::Acme(acme) => acme::start(acme),
        }
    }

    /// Returns what makes a connection of a stream.
    pub fn acceptor(&self) -> TlsAcceptor {
        let config = self.0.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }

    fn of(config: ServerConfig) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(config))))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
