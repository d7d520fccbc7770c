//! Who may make rooms and write posts: everybody, or whoever shows a token.
//!
//! Whoever has a room's link comes in without one; what is made needs somebody who answers for it. Three kinds of token are
//! good: the operator's own ([`ApiToken`]), one that the issuer has signed whom the operator names ([`Issuer`], OpenID
//! Connect), and the pass of somebody who has signed in there with a browser ([`sign_in()`]), which is ours.
//!
//! # Invariants
//! - Nothing of a token is logged, nor who its bearer is.
//! - A token whose issuer is out of reach is no good token, but is told apart from one: another try may do.

mod claims;
mod issuer;
mod sign_in;
mod token;

pub use claims::Requirement;
pub use issuer::{BadIssuer, Client, Issuer, IssuerSettings};
pub use sign_in::routes as sign_in;
pub use token::{ApiToken, BadApiToken};

use crate::{clock::Clock, rooms::Tokens};
use http::{HeaderMap, header::AUTHORIZATION};
use std::sync::Arc;

/// Everything that the operator says about it.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The operator's own token.
    pub token: Option<ApiToken>,
    /// Whose signature is good as well.
    pub issuer: Option<IssuerSettings>,
    /// What needs a token where there is any.
    pub of: Guarded,
}

/// What needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarded {
    /// Making rooms.
    pub rooms: bool,
    /// Writing, changing and deleting posts.
    pub posts: bool,
}

/// Why somebody is not let do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nothing is shown.
    #[error("an access token is wanted")]
    Nothing,
    /// What is shown is no token of ours or of the issuer, or is one no longer.
    #[error("the access token is not, or no longer, a good one")]
    Bad,
    /// The issuer cannot be asked for its keys.
    #[error("whoever issues the access tokens is out of reach; try again soon")]
    Unreachable,
}

/// Looks at tokens. Clones are the same.
#[derive(Debug, Clone)]
pub struct Access(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    token: Option<ApiToken>,
    issuer: Option<Issuer>,
    of: Guarded,
    passes: Tokens,
    clock: Clock,
}

impl Access {
    /// Looks at tokens as the operator says; `passes` are ours, for those who sign in.
    ///
    /// # Errors
    /// [`BadIssuer`]
    pub fn new(settings: Settings, passes: Tokens) -> Result<Self, BadIssuer> {
        Ok(Self(Arc::new(Inner {
            issuer: settings.issuer.map(Issuer::new).transpose()?,
            token: settings.token,
            of: settings.of,
            passes,
            clock: Clock::start(),
        })))
    }

    /// Lets everybody do everything.
    pub fn open() -> Self {
        Self(Arc::new(Inner {
            token: None,
            issuer: None,
            of: Guarded::default(),
            passes: Tokens::new(&crate::random::bytes::<32>()),
            clock: Clock::start(),
        }))
    }

    /// Tells whether a token is wanted for making rooms.
    pub fn guards_rooms(&self) -> bool {
        self.is_guarded() && self.0.of.rooms
    }

    /// Tells whether a token is wanted for writing posts.
    pub fn guards_posts(&self) -> bool {
        self.is_guarded() && self.0.of.posts
    }

    /// Looks at a token.
    ///
    /// # Errors
    /// [`Denied`]
    pub async fn check(&self, shown: Option<&str>) -> Result<(), Denied> {
        let shown = shown.map(str::trim).filter(|shown| !shown.is_empty());
        let Some(shown) = shown else {
            return Err(Denied::Nothing);
        };
        if self.0.token.as_ref().is_some_and(|token| token.is(shown))
            || self.0.passes.is_access(shown, self.0.clock.now())
        {
            return Ok(());
        }
        match &self.0.issuer {
            Some(issuer) => issuer.verify(shown, None).await,
            None => Err(Denied::Bad),
        }
    }

    fn is_guarded(&self) -> bool {
        self.0.token.is_some() || self.0.issuer.is_some()
    }
}

impl Default for Guarded {
    fn default() -> Self {
        Self {
            rooms: true,
            posts: true,
        }
    }
}

/// Returns the token that a request shows (RFC 6750 §2.1): `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn guarded() -> (Access, Tokens) {
        let passes = Tokens::new(b"key");
        let settings = Settings {
            token: Some(ApiToken::new("0123456789abcdef").unwrap()),
            ..Settings::default()
        };
        (Access::new(settings, passes.clone()).unwrap(), passes)
    }

    #[test]
    fn a_token_stands_behind_its_scheme() {
        for (value, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("abc", None),
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            assert_eq!(bearer(&headers), token, "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[tokio::test]
    async fn the_operators_token_and_our_own_passes_are_good_and_nothing_else() {
        let (access, passes) = guarded();
        let now = Clock::start().now();
        assert_eq!(access.check(Some("0123456789abcdef")).await, Ok(()));
        let pass = passes.mint_access(now + Duration::from_secs(60));
        assert_eq!(access.check(Some(&pass)).await, Ok(()));
        for bad in [
            passes.mint_access(now - Duration::from_secs(1)),
            Tokens::new(b"other").mint_access(now + Duration::from_secs(60)),
            format!("{pass}x"),
            "0123456789abcdeg".to_owned(),
        ] {
            assert_eq!(access.check(Some(&bad)).await, Err(Denied::Bad), "{bad}");
        }
        assert_eq!(access.check(None).await, Err(Denied::Nothing));
        assert_eq!(access.check(Some(" ")).await, Err(Denied::Nothing));
    }

    #[test]
    fn without_a_token_or_an_issuer_everything_is_open() {
        assert!(!Access::open().guards_rooms() && !Access::open().guards_posts());
        assert!(guarded().0.guards_rooms() && guarded().0.guards_posts());
    }
}
