//! A certificate from two files that are read again when they change.

use super::{HTTP, Tls, TlsError, provider};
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

/// Reads the files, and again whenever they change. What cannot be used then is logged, and the old one stays.
pub(super) fn start(files: Files) -> Result<Tls, TlsError> {
    let seen = stamp(&files);
    let tls = Tls::of(load(&files)?);
    tokio::spawn(watch(Arc::downgrade(&tls.0), files, seen));
    Ok(tls)
}

fn load(files: &Files) -> Result<ServerConfig, TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File(path, error)
    };
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(failed(&files.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(failed(&files.key))?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(config)
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
                *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
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
