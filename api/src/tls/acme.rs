//! A certificate that an authority gives to whoever shows on port 443 that the names are its own: ACME
//! ([RFC 8555](https://www.rfc-editor.org/rfc/rfc8555)) with TLS-ALPN-01 ([RFC 8737](https://www.rfc-editor.org/rfc/rfc8737)).

use super::{HTTP, Tls, TlsError, provider};
use futures::StreamExt;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_acme::{AcmeConfig, AcmeState, EventOk, caches::DirCache};
use std::{fs, io, path::PathBuf, sync::Arc};

/// What the authority speaks to see what we show for it.
const CHALLENGE: &[u8] = b"acme-tls/1";

/// Whom to ask, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acme {
    /// The names in the certificate. Whoever goes there on port 443 must come to us.
    pub names: Vec<String>,
    /// Whom the authority writes to when something is wrong.
    pub email: Option<String>,
    /// The address of the authority's directory.
    pub directory: String,
    /// A certificate, as PEM, that vouches for the authority itself, where the public ones do not.
    pub root: Option<PathBuf>,
    /// The directory in which the account and the certificate are kept.
    pub place: PathBuf,
}

/// Asks for a certificate, shows it, and asks again when a third of its time is left. Until the first one comes, nobody
/// can connect; one that was given before is shown at once.
pub(super) fn start(acme: Acme) -> Result<Tls, TlsError> {
    make_place(&acme.place).map_err(|error| TlsError::Place(acme.place.clone(), error))?;
    let mut config = AcmeConfig::new_with_provider(&acme.names, provider())
        .directory(&acme.directory)
        .contact(acme.email.iter().map(|email| format!("mailto:{email}")));
    if let Some(root) = &acme.root {
        config = config.client_tls_config(trusting(root)?);
    }
    let state = AcmeState::new(config.cache(DirCache::new(acme.place)));
    let mut shown = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(state.resolver());
    shown.alpn_protocols = vec![HTTP.to_vec(), CHALLENGE.to_vec()];
    let tls = Tls::of(shown);
    tokio::spawn(keep_valid(state, acme.names.join(", "), tls.clone()));
    Ok(tls)
}

/// Does what is due, for as long as somebody shows the certificate.
async fn keep_valid(mut state: AcmeState<io::Error>, names: String, tls: Tls) {
    let shown = Arc::downgrade(&tls.0);
    drop(tls);
    while let Some(event) = state.next().await {
        if shown.strong_count() == 0 {
            return;
        }
        match event {
            Ok(EventOk::DeployedNewCert) => tracing::info!(names, "the authority has given a certificate"),
            Ok(EventOk::DeployedCachedCert) => {
                tracing::info!(names, "the certificate that was kept is shown")
            }
            Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
            Err(error) => tracing::error!(names, %error, "there is no new certificate; trying again later"),
        }
    }
}

/// Makes the directory, for nobody else to look into: it holds the key.
fn make_place(place: &PathBuf) -> io::Result<()> {
    fs::create_dir_all(place)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(place, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn trusting(root: &PathBuf) -> Result<Arc<ClientConfig>, TlsError> {
    let certificate =
        CertificateDer::from_pem_file(root).map_err(|error| TlsError::File(root.clone(), error))?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate)?;
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
