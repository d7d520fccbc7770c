//! Signing in with a browser (OpenID Connect Core §3.1, with PKCE, RFC 7636): to the issuer's page, and back with a pass.
//!
//! Nothing is kept here meanwhile. What has to come back as it was is in a cookie of the browser that set out, so another
//! one cannot end what this one began, and any server of several may hear the end.

use super::{Access, issuer::About};
use crate::{guards::Guards, socket::Peer};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, time::Duration};
use warp::{Filter, Rejection, reply::Response};
use wire::routes::{ACCESS, SIGN_IN};

/// How long somebody may take on the issuer's page.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// How long a pass is good: a working day, after which the issuer is asked again.
const PASS: Duration = Duration::from_secs(12 * 60 * 60);
/// The issuer's word on who there is may be an hour old, unless a signature needs a newer one.
const ABOUT: Duration = Duration::from_secs(60 * 60);
const COOKIE: &str = "tsukiyo-sign-in";
const PURPOSE: &str = "sign-in";
/// The most that a path to come back to may have, in bytes.
const BACK: usize = 400;

/// What a browser keeps while its person signs in.
#[derive(Debug, Serialize, Deserialize)]
struct Journey {
    /// Ties the answer to the question.
    state: String,
    /// Ties the token to the question.
    nonce: String,
    /// Ties the exchange to the question.
    verifier: String,
    /// The path to come back to.
    back: String,
    /// When it is over, in seconds since 1970.
    end: u64,
}

/// Where a request has come to, as the browser names it.
#[derive(Debug)]
struct Arrival {
    origin: String,
    is_secure: bool,
    headers: HeaderMap,
}

/// Returns the filter of the way to the issuer's page and of the way back; it is to be mounted at [`SIGN_IN`].
pub fn routes(
    access: Access,
    guards: Guards,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    let query = warp::query::<HashMap<String, String>>()
        .or(warp::any().map(HashMap::new))
        .unify();
    let step = warp::path::end()
        .map(|| Step::Out)
        .or(warp::path("done").and(warp::path::end()).map(|| Step::Back))
        .unify()
        .or(warp::path("offer").and(warp::path::end()).map(|| Step::Ask))
        .unify();
    warp::get()
        .and(step)
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<Peer>())
        .then(
            move |step, query: HashMap<String, String>, headers: HeaderMap, peer: Option<Peer>| {
                let (access, guards) = (access.clone(), guards.clone());
                async move {
                    let address = peer.map(|peer| peer.address);
                    let permitted = match step {
                        Step::Ask => guards.read(address),
                        // The issuer is asked something.
                        Step::Out | Step::Back => guards.write(address),
                    };
                    if let Err(refusal) = permitted {
                        return crate::answer::too_many(&refusal.to_string());
                    }
                    let Some(arrival) = Arrival::new(headers, peer) else {
                        return crate::answer::error(StatusCode::BAD_REQUEST, "the request names no host");
                    };
                    let response = match step {
                        Step::Ask => offer(&access),
                        Step::Out => out(&access, &query, &arrival).await,
                        Step::Back => back(&access, &query, &arrival).await,
                    };
                    unkept(response)
                }
            },
        )
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Ask,
    Out,
    Back,
}

/// Says whether there is anything to sign in to.
fn offer(access: &Access) -> Response {
    let mut response = Response::default();
    *response.status_mut() = match access.0.issuer {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    };
    response
}

/// Sends a browser to the issuer's page.
async fn out(access: &Access, query: &HashMap<String, String>, arrival: &Arrival) -> Response {
    let Some(issuer) = &access.0.issuer else {
        return crate::answer::error(StatusCode::NOT_FOUND, "there is nothing to sign in to");
    };
    let Some(about) = issuer.about(ABOUT).await else {
        let text = "whoever knows you is out of reach; try again soon";
        return crate::answer::error(StatusCode::SERVICE_UNAVAILABLE, text);
    };
    let journey = Journey {
        state: random(),
        nonce: random(),
        verifier: random(),
        back: query.get("back").map_or("/", |back| own_path(back)).to_owned(),
        end: (access.0.clock.now() + PATIENCE).as_secs(),
    };
    let page = page(&about, &issuer.client().id, &journey, &arrival.way_back());
    let text = serde_json::to_string(&journey).unwrap_or_default();
    let sealed = access.0.passes.seal(PURPOSE, &URL_SAFE_NO_PAD.encode(text));
    to(&page, &cookie(&sealed, PATIENCE, arrival.is_secure))
}

/// The address of the issuer's page, with all that it is to know.
fn page(about: &About, client: &str, journey: &Journey, way_back: &str) -> String {
    let mut page = about.authorization.clone();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(journey.verifier.as_bytes()));
    page.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", way_back)
        .append_pair("scope", "openid")
        .append_pair("state", &journey.state)
        .append_pair("nonce", &journey.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    page.into()
}

/// A browser comes back from the issuer's page.
async fn back(access: &Access, query: &HashMap<String, String>, arrival: &Arrival) -> Response {
    let journey = journey(access, arrival).filter(|journey| query.get("state") == Some(&journey.state));
    let Some(journey) = journey else {
        // Somebody has sent the person here, or it has taken its time: nothing of it is believed.
        return arrived("/", "", arrival);
    };
    let pass = match redeem(access, query, arrival, &journey).await {
        Ok(()) => access.0.passes.mint_access(access.0.clock.now() + PASS),
        Err(why) => {
            tracing::warn!(why, "somebody could not sign in");
            String::new()
        }
    };
    arrived(&journey.back, &pass, arrival)
}

/// Exchanges what the issuer's page has given for a token, and looks at that.
async fn redeem(
    access: &Access,
    query: &HashMap<String, String>,
    arrival: &Arrival,
    journey: &Journey,
) -> Result<(), String> {
    let issuer = access.0.issuer.as_ref().ok_or("there is no issuer")?;
    let Some(code) = query.get("code") else {
        let error = query.get("error").map_or("nothing", String::as_str);
        return Err(format!("the issuer says {error:?}"));
    };
    let about = issuer.about(ABOUT).await.ok_or("the issuer is out of reach")?;
    let way_back = arrival.way_back();
    let token = issuer.exchange(&about, code, &journey.verifier, &way_back).await;
    let token = token.map_err(|error| error.to_string())?;
    let verified = issuer.verify(&token, Some(&journey.nonce)).await;
    verified.map_err(|denied| denied.to_string())
}

/// What this browser has set out with, if that is not too long ago.
fn journey(access: &Access, arrival: &Arrival) -> Option<Journey> {
    let cookies = arrival.headers.get_all(header::COOKIE).into_iter();
    let mut cookies = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let sealed = cookies.find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    let text = URL_SAFE_NO_PAD
        .decode(access.0.passes.unseal(PURPOSE, sealed)?)
        .ok()?;
    let journey: Journey = serde_json::from_slice(&text).ok()?;
    (access.0.clock.now().as_secs() < journey.end).then_some(journey)
}

/// Sends a browser back into the app. What it gets stands in the fragment, which no server and no log sees.
fn arrived(back: &str, pass: &str, arrival: &Arrival) -> Response {
    let over = cookie("", Duration::ZERO, arrival.is_secure);
    to(&format!("{back}#{ACCESS}={pass}"), &over)
}

fn to(location: &str, cookie: &str) -> Response {
    let (Ok(location), Ok(cookie)) = (HeaderValue::from_str(location), HeaderValue::from_str(cookie)) else {
        return crate::answer::error(StatusCode::BAD_REQUEST, "the path to come back to is none");
    };
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

fn unkept(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

fn cookie(value: &str, life: Duration, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    let life = life.as_secs();
    // Lax: it is to come along when the issuer's page sends the browser back.
    format!("{COOKIE}={value}; Path={SIGN_IN}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}")
}

/// A path of ours to come back to, or the beginning: never another site.
fn own_path(back: &str) -> &str {
    let is_path = back.starts_with('/') && !back.starts_with("//");
    let is_plain = |c: u8| c.is_ascii_graphic() && !matches!(c, b'\\' | b'#' | b'"' | b'<' | b'>');
    if is_path && back.len() <= BACK && back.bytes().all(is_plain) {
        back
    } else {
        "/"
    }
}

/// 256 bits that nobody guesses.
fn random() -> String {
    URL_SAFE_NO_PAD.encode(crate::random::bytes::<32>())
}

impl Arrival {
    fn new(headers: HeaderMap, peer: Option<Peer>) -> Option<Self> {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let is_secure = peer.is_some_and(|peer| peer.is_secure);
        let scheme = if is_secure { "https" } else { "http" };
        Some(Self {
            origin: format!("{scheme}://{host}"),
            is_secure,
            headers,
        })
    }

    /// The address that the issuer's page is to send the browser to. The issuer knows which ones are ours.
    fn way_back(&self) -> String {
        format!("{}{SIGN_IN}/done", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_this_site_only() {
        for own in ["/", "/room/%E6%9C%88", "/posts?user=a"] {
            assert_eq!(own_path(own), own);
        }
        let long = format!("/{}", "a".repeat(BACK));
        for foreign in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a#access=b",
            "/a b",
            "/a\r\nb",
            &long,
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }
}
