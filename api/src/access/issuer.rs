//! The issuer of tokens: where its keys and its pages are, and what it has signed (OpenID Connect Discovery 1.0).

use super::{
    Denied,
    claims::{self, Requirement, Verdict, Wanted},
};
use jsonwebtoken::jwk::JwkSet;
use reqwest::Response;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use url::{Host, Url};

/// Where an issuer says what there is of it, below its name.
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// How long the issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes.
const ANSWER: usize = 512 * 1024;
/// After how long its keys are asked for anew: one that it has withdrawn is no good any longer.
const STALE: Duration = Duration::from_secs(15 * 60);
/// How long it is left alone after each attempt, so that tokens with made-up keys do not become a flood there.
const PAUSE: Duration = Duration::from_secs(10);

/// Who is believed, and what its tokens have to say.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Its name, an address: `https://accounts.example.org`.
    pub url: String,
    /// Who we are to it.
    pub client: Client,
    /// For whom its tokens may be besides ourselves.
    pub audience: Vec<String>,
    /// What they must hold.
    pub require: Vec<Requirement>,
}

/// Who we are to the issuer.
#[derive(Clone)]
pub struct Client {
    /// The name that it has given us.
    pub id: String,
    /// The secret that goes with it, if it has given us one.
    pub secret: Option<String>,
}

/// An issuer that cannot be believed.
#[derive(Debug, thiserror::Error)]
pub enum BadIssuer {
    /// Its name is no address.
    #[error("the issuer's name is no address: {0}")]
    Address(String),
    /// Whoever reads along could sign tokens.
    #[error("the issuer must be asked by https, unless it is on this machine: {0}")]
    Plain(String),
    /// There is no client for HTTP.
    #[error("there is no client for HTTP")]
    Http(#[from] reqwest::Error),
}

/// Somebody whose signature is good.
#[derive(Debug)]
pub struct Issuer {
    settings: IssuerSettings,
    /// All for whom its tokens may be.
    audience: Vec<String>,
    http: reqwest::Client,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    about: Option<Arc<About>>,
    /// When it was read.
    read: Option<Instant>,
    /// When it was asked last, with whatever success.
    asked: Option<Instant>,
}

/// What an issuer says of itself.
#[derive(Debug)]
pub(super) struct About {
    /// The page where people sign in.
    pub authorization: Url,
    /// Where what that page gives is exchanged for a token.
    token: Url,
    keys: JwkSet,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
}

#[derive(Deserialize)]
struct Exchanged {
    id_token: String,
}

impl Issuer {
    /// Believes an issuer. Asks nothing of it yet.
    ///
    /// # Errors
    /// [`BadIssuer`]
    pub fn new(settings: IssuerSettings) -> Result<Self, BadIssuer> {
        let url = Url::parse(&settings.url).map_err(|_| BadIssuer::Address(settings.url.clone()))?;
        if !is_safe(&url) {
            return Err(BadIssuer::Plain(settings.url));
        }
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            // What it says stands at the addresses that it names.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let mut audience = settings.audience.clone();
        audience.push(settings.client.id.clone());
        Ok(Self {
            settings,
            audience,
            http,
            known: Mutex::default(),
        })
    }

    /// Who we are to it.
    pub(super) fn client(&self) -> &Client {
        &self.settings.client
    }

    /// Looks at a token; one of a sign-in must hold the number that the sign-in began with.
    ///
    /// # Errors
    /// [`Denied`]
    pub(super) async fn verify(&self, token: &str, nonce: Option<&str>) -> Result<(), Denied> {
        let wanted = Wanted {
            issuer: &self.settings.url,
            audience: &self.audience,
            require: &self.settings.require,
            nonce,
        };
        let about = self.about(STALE).await.ok_or(Denied::Unreachable)?;
        match claims::verify(token, &about.keys, &wanted) {
            Verdict::Good => Ok(()),
            Verdict::Bad => Err(Denied::Bad),
            // It may have made itself new keys since.
            Verdict::UnknownKey => match self.about(Duration::ZERO).await {
                Some(about) if claims::verify(token, &about.keys, &wanted) == Verdict::Good => Ok(()),
                _ => Err(Denied::Bad),
            },
        }
    }

    /// What the issuer says of itself; asked for anew if that is older. `None` if it was never within reach.
    pub(super) async fn about(&self, age: Duration) -> Option<Arc<About>> {
        // Whoever comes meanwhile waits for the same answer.
        let mut known = self.known.lock().await;
        let is_old = known.read.is_none_or(|at| at.elapsed() > age);
        let may_ask = known.asked.is_none_or(|at| at.elapsed() > PAUSE);
        if is_old && may_ask {
            let read = self.read().await;
            known.asked = Some(Instant::now());
            match read {
                Ok(about) => {
                    known.about = Some(Arc::new(about));
                    known.read = known.asked;
                }
                // What is known of it holds on: it is the issuer that is away, not its word.
                Err(error) => tracing::warn!(%error, "cannot ask the issuer of access tokens"),
            }
        }
        known.about.clone()
    }

    /// Exchanges what the sign-in page has given for the token (OpenID Connect Core §3.1.3).
    ///
    /// # Errors
    /// What the issuer says, or that it says nothing.
    pub(super) async fn exchange(
        &self,
        about: &About,
        code: &str,
        verifier: &str,
        back: &str,
    ) -> Result<String, Unanswered> {
        let client = self.client();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", verifier),
        ];
        let request = self.http.post(about.token.clone());
        let request = match &client.secret {
            // Both are to be encoded as a form first (RFC 6749 §2.3.1).
            Some(secret) => request.basic_auth(encoded(&client.id), Some(encoded(secret))),
            None => {
                form.push(("client_id", &client.id));
                request
            }
        };
        let exchanged: Exchanged = answer(request.form(&form).send().await?).await?;
        Ok(exchanged.id_token)
    }

    async fn read(&self) -> Result<About, Unanswered> {
        let name = self.settings.url.trim_end_matches('/');
        let discovery: Discovery = self.get(&format!("{name}{DISCOVERY}")).await?;
        if discovery.issuer != self.settings.url {
            return Err(Unanswered::Another(discovery.issuer));
        }
        let Discovery {
            authorization_endpoint,
            token_endpoint,
            jwks_uri,
            ..
        } = discovery;
        if let Some(plain) = [&authorization_endpoint, &token_endpoint, &jwks_uri]
            .into_iter()
            .find(|url| !is_safe(url))
        {
            return Err(Unanswered::Plain(plain.to_string()));
        }
        let keys: Value = self.get(jwks_uri.as_str()).await?;
        Ok(About {
            authorization: authorization_endpoint,
            token: token_endpoint,
            keys: claims::keys(&keys),
        })
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, Unanswered> {
        answer(self.http.get(url).send().await?).await
    }
}

/// Why nothing came of a question.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("it does not answer: {0}")]
    Http(String),
    #[error("it answers with status {0}")]
    Status(u16),
    #[error("it answers with more than {ANSWER} bytes")]
    TooLarge,
    #[error("what it answers cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("it calls itself {0}, which is not the name that it was given here")]
    Another(String),
    #[error("it names an address without https: {0}")]
    Plain(String),
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        // Without the address, whose query may hold a secret; with all that lies below.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(below) = source {
            text.push_str(&format!(": {below}"));
            source = below.source();
        }
        Self::Http(text)
    }
}

async fn answer<T: DeserializeOwned>(mut response: Response) -> Result<T, Unanswered> {
    if !response.status().is_success() {
        return Err(Unanswered::Status(response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER {
            return Err(Unanswered::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(serde_json::from_slice(&body)?)
}

/// Tells whether nobody between us and an address can speak for it.
fn is_safe(url: &Url) -> bool {
    let is_here = url.host().is_some_and(|host| match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    });
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_that_others_could_speak_for_is_not_believed() {
        let settings = |url: &str| IssuerSettings {
            url: url.to_owned(),
            client: Client {
                id: "tsukiyo".to_owned(),
                secret: None,
            },
            audience: vec![],
            require: vec![],
        };
        for good in [
            "https://accounts.example.org",
            "http://localhost:8090/realm",
            "http://127.0.0.1:1",
            "http://[::1]:1",
        ] {
            assert!(Issuer::new(settings(good)).is_ok(), "{good}");
        }
        for plain in [
            "http://accounts.example.org",
            "http://localhost.example.org",
            "ftp://localhost",
        ] {
            assert!(
                matches!(Issuer::new(settings(plain)), Err(BadIssuer::Plain(_))),
                "{plain}"
            );
        }
        assert!(matches!(
            Issuer::new(settings("accounts")),
            Err(BadIssuer::Address(_))
        ));
    }
}
