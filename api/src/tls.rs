//! TLS on our own ports, with a certificate from two files that are read again when they change.

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, Weak},
    time::{Duration, SystemTime},
};
use tokio_rustls::TlsAcceptor;

/// How often it is looked whether the files have changed.
const LOOK: Duration = Duration::from_secs(2);

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The certificate and those that vouch for it, as PEM.
    pub certificate: PathBuf,
    /// The private key, as PEM.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is no PEM.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, rustls::pki_types::pem::Error),
    /// The two do not belong together, or are not understood.
    #[error("the certificate and the key cannot be used: {0}")]
    Pair(#[from] rustls::Error),
}

/// The certificate that is shown at the moment. Clones are the same.
#[derive(Debug, Clone)]
pub struct Tls(Arc<RwLock<Arc<ServerConfig>>>);

impl Tls {
    /// Reads the files, and again whenever they change. What cannot be used then is logged, and the old one stays.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn start(files: Files) -> Result<Self, TlsError> {
        let seen = stamp(&files);
        let tls = Self(Arc::new(RwLock::new(load(&files)?)));
        tokio::spawn(watch(Arc::downgrade(&tls.0), files, seen));
        Ok(tls)
    }

    /// Returns what makes a connection of a stream.
    pub fn acceptor(&self) -> TlsAcceptor {
        let config = self.0.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }
}

fn load(files: &Files) -> Result<Arc<ServerConfig>, TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File(path, error)
    };
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(failed(&files.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(failed(&files.key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

async fn watch(current: Weak<RwLock<Arc<ServerConfig>>>, files: Files, mut seen: Stamp) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(current) = current.upgrade() else { return };
        let now = stamp(&files);
        if now == seen {
            continue;
        }
        seen = now;
        match load(&files) {
            Ok(config) => {
                *current.write().unwrap_or_else(PoisonError::into_inner) = config;
                tracing::info!("another certificate is shown from now on");
            }
            // The two are seldom written in one moment: the second one is another change.
            Err(error) => tracing::warn!(%error, "the new certificate is not taken"),
        }
    }
}

/// What tells whether the files are still those that were read.
type Stamp = [Option<(SystemTime, u64)>; 2];

fn stamp(files: &Files) -> Stamp {
    let of = |path: &Path| -> io::Result<(SystemTime, u64)> {
        let metadata = fs::metadata(path)?;
        Ok((metadata.modified()?, metadata.len()))
    };
    [of(&files.certificate).ok(), of(&files.key).ok()]
}
