//! Settings of TLS on our own ports.

use crate::tls::{Acme, Files, Origin};
use clap::Args;
use std::path::{Path, PathBuf};

/// Whom to ask for certificates unless another is named.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// The settings of TLS.
#[derive(Debug, Args)]
pub(super) struct Tls {
    /// The certificate of the site and those that vouch for it, as PEM: the app and the API then speak TLS. The file is read
    /// again when it changes.
    #[arg(
        long,
        env = "TSUKIYO_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key",
        group = "certificate",
        help_heading = "Addresses"
    )]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, as PEM.
    #[arg(
        long,
        env = "TSUKIYO_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert",
        help_heading = "Addresses"
    )]
    tls_key: Option<PathBuf>,
    /// The names of the site, with commas: a certificate for them is asked of Let's Encrypt, whose terms one accepts by this,
    /// and again in time. Port 443 of these names must lead to the app's port.
    #[arg(
        long,
        env = "TSUKIYO_ACME",
        value_name = "NAMES",
        value_delimiter = ',',
        conflicts_with = "tls_cert",
        group = "certificate",
        help_heading = "Addresses"
    )]
    acme: Vec<String>,
    /// Where the authority writes to when something is wrong with the certificate.
    #[arg(
        long,
        env = "TSUKIYO_ACME_EMAIL",
        value_name = "ADDRESS",
        help_heading = "Addresses"
    )]
    acme_email: Option<String>,
    /// Another authority: the address of its ACME directory.
    #[arg(
        long,
        env = "TSUKIYO_ACME_DIRECTORY",
        value_name = "URL",
        default_value = LETS_ENCRYPT,
        help_heading = "Addresses"
    )]
    acme_directory: String,
    /// The certificate that vouches for the authority's own address, as PEM, where the public ones do not.
    #[arg(
        long,
        env = "TSUKIYO_ACME_ROOT",
        value_name = "FILE",
        help_heading = "Addresses"
    )]
    acme_root: Option<PathBuf>,
    /// A port that sends whoever comes without TLS to the app's port, such as 80.
    #[arg(
        long,
        env = "TSUKIYO_REDIRECT_PORT",
        value_name = "PORT",
        requires = "certificate",
        help_heading = "Addresses"
    )]
    pub redirect_port: Option<u16>,
}

impl Tls {
    /// Returns where the certificate comes from, if there is to be one. What an authority gives is kept in the data directory.
    pub fn origin(&self, data_dir: &Path) -> Option<Origin> {
        let names: Vec<String> = self.acme.iter().map(|name| name.trim().to_owned()).collect();
        let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        if !names.is_empty() {
            return Some(Origin::Acme(Acme {
                names,
                email: self.acme_email.clone().filter(|email| !email.is_empty()),
                directory: self.acme_directory.clone(),
                root: self.acme_root.clone(),
                place: data_dir.join("acme"),
            }));
        }
        let (certificate, key) = self.tls_cert.clone().zip(self.tls_key.clone())?;
        Some(Origin::Files(Files { certificate, key }))
    }
}
