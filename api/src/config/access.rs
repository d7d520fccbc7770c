//! The settings of who may make rooms and write posts.

use crate::access::{self, ApiToken, BadApiToken, Client, Guarded, IssuerSettings, Requirement};
use clap::{Args, ValueEnum};
use std::{fs, io, path::PathBuf};

/// With neither a token nor an issuer, everybody may.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// A file with a token, 16 characters or more. Rooms are then made, and posts written, changed and deleted, only by
    /// whoever shows it: in the lobby, and as `Authorization: Bearer <token>`.
    #[arg(
        long,
        env = "TSUKIYO_API_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Access"
    )]
    api_token_file: Option<PathBuf>,
    /// Who issues tokens (JWT) that are good as well, by OpenID Connect: its name, such as `https://accounts.example.org`. People
    /// sign in there with their browsers; /sign-in/done of this site is where its page has to send them back to.
    #[arg(
        long,
        env = "TSUKIYO_OIDC_ISSUER",
        value_name = "URL",
        requires = "oidc_client_id",
        help_heading = "Access"
    )]
    oidc_issuer: Option<String>,
    /// The name that the issuer has given to this site. Tokens must be for it.
    #[arg(
        long,
        env = "TSUKIYO_OIDC_CLIENT_ID",
        value_name = "ID",
        help_heading = "Access"
    )]
    oidc_client_id: Option<String>,
    /// A file with the secret that the issuer has given to this site, if it has given one.
    #[arg(
        long,
        env = "TSUKIYO_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Access"
    )]
    oidc_client_secret_file: Option<PathBuf>,
    /// Another name for which tokens may be, such as that of an API. May be given more than once, or with commas.
    #[arg(
        long,
        env = "TSUKIYO_OIDC_AUDIENCE",
        value_name = "NAME",
        value_delimiter = ',',
        help_heading = "Access"
    )]
    oidc_audience: Vec<String>,
    /// What tokens must hold, such as groups=staff, or hd=example.org where the issuer knows half of the world. May be given more
    /// than once, or with commas: all of it is wanted.
    #[arg(
        long,
        env = "TSUKIYO_OIDC_REQUIRE",
        value_name = "CLAIM=VALUE",
        value_delimiter = ',',
        help_heading = "Access"
    )]
    oidc_require: Vec<Requirement>,
    /// What a token is wanted for, where there is one.
    #[arg(
        long,
        env = "TSUKIYO_ACCESS_FOR",
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "rooms,posts",
        help_heading = "Access"
    )]
    access_for: Vec<What>,
}

/// What may need a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Making rooms.
    Rooms,
    /// Writing posts.
    Posts,
}

/// Why it cannot be told who may.
#[derive(Debug, thiserror::Error)]
pub enum BadAccess {
    /// There is no token.
    #[error(transparent)]
    Token(#[from] BadApiToken),
    /// There is no secret of the issuer's.
    #[error("cannot read the client's secret from {0}")]
    Secret(String, #[source] io::Error),
}

impl Access {
    /// Returns what is to be looked at. Reads the token and the secret.
    pub fn settings(&self) -> Result<access::Settings, BadAccess> {
        let token = self.api_token_file.as_deref().map(ApiToken::read).transpose()?;
        let secret = self.oidc_client_secret_file.as_ref().map(|file| {
            let text = fs::read_to_string(file);
            text.map(|text| text.trim().to_owned())
                .map_err(|error| BadAccess::Secret(file.display().to_string(), error))
        });
        let client = self.oidc_client_id.clone().map(|id| {
            let secret = secret.transpose()?;
            Ok::<_, BadAccess>(Client { id, secret })
        });
        let given = self.oidc_issuer.clone().filter(|url| !url.is_empty());
        let issuer = match (given, client.transpose()?) {
            (Some(url), Some(client)) => Some(IssuerSettings {
                url,
                client,
                audience: self.oidc_audience.clone(),
                require: self.oidc_require.clone(),
            }),
            _ => None,
        };
        Ok(access::Settings {
            token,
            issuer,
            of: Guarded {
                rooms: self.access_for.contains(&What::Rooms),
                posts: self.access_for.contains(&What::Posts),
            },
        })
    }
}
