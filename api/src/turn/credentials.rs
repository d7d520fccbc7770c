//! Credentials that end by themselves, as
//! [a REST API for TURN](https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00) describes them: coturn takes
//! the same with `use-auth-secret`.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use std::{fmt, time::Duration};
use wire::{IceServer, MemberId};

/// The servers that relay for members, and the key that they share with us.
#[derive(Clone)]
pub struct Relays {
    urls: Vec<String>,
    secret: String,
    life: Duration,
}

impl Relays {
    /// Names servers, their shared key, and how long credentials are good for.
    pub fn new(urls: Vec<String>, secret: String, life: Duration) -> Self {
        Self { urls, secret, life }
    }

    /// Names no server yet, and makes the key out of another, which cannot be told from it.
    pub fn derived(key: &[u8], life: Duration) -> Self {
        #[allow(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
        mac.update(b"tsukiyo turn");
        let bytes = mac.finalize().into_bytes();
        let secret = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::new(Vec::new(), secret, life)
    }

    /// Names further servers with the same key.
    pub fn add(&mut self, urls: Vec<String>) {
        self.urls.extend(urls);
    }

    /// Tells whether there is a server at all.
    pub fn are_none(&self) -> bool {
        self.urls.is_empty()
    }

    /// Makes a member's credentials. `now` is the time since 1970.
    pub fn mint(&self, member: &MemberId, now: Duration) -> IceServer {
        let username = format!("{}:{member}", (now + self.life).as_secs());
        IceServer {
            urls: self.urls.clone(),
            credential: Some(self.password(&username)),
            username: Some(username),
        }
    }

    /// Returns whose name it is and the password that belongs to it, unless its time is over.
    pub fn verify<'a>(&self, username: &'a str, now: Duration) -> Option<(&'a str, String)> {
        let (end, member) = username.split_once(':')?;
        let end: u64 = end.parse().ok()?;
        let latest = (now + self.life).as_secs();
        // A later end than we give was not given by us.
        (now.as_secs() < end && end <= latest).then(|| (member, self.password(username)))
    }

    fn password(&self, username: &str) -> String {
        #[allow(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes()).expect("a key of any length");
        mac.update(username.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Relays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relays({:?})", self.urls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);

    fn relays() -> Relays {
        Relays::new(
            vec!["turn:a".to_owned()],
            "north".to_owned(),
            Duration::from_secs(600),
        )
    }

    #[test]
    fn the_password_is_the_one_that_coturn_makes() {
        // echo -n 1433065916:kaguya | openssl dgst -binary -sha1 -hmac north | openssl base64
        assert_eq!(
            relays().password("1433065916:kaguya"),
            "d+gonajGBeOxEK0ML2AjUcvJpQk="
        );
    }

    #[test]
    fn credentials_are_a_members_and_end() {
        let server = relays().mint(&"kaguya".parse().unwrap(), NOW);
        let username = server.username.unwrap();
        assert_eq!(username, "1600:kaguya");
        let verify = |username: &str, now| {
            let found = relays().verify(username, Duration::from_secs(now))?;
            Some((found.0.to_owned(), found.1))
        };
        let (member, password) = verify(&username, 1_599).unwrap();
        assert_eq!((member.as_str(), Some(password)), ("kaguya", server.credential));
        assert_eq!(verify(&username, 1_600), None);
        for username in ["kaguya", "", "x:kaguya", "99999999999:kaguya"] {
            assert_eq!(verify(username, 1_000), None, "{username}");
        }
    }
}
