//! Passcodes as they are stored: so that to try one takes long, for whoever has the database too.
//!
//! What is stored is `scrypt$<salt>$<hash>`, both in base64: scrypt (RFC 7914) with N = 2^15, r = 8, p = 3, as OWASP has it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use scrypt::{Params, scrypt};
use sha2::Sha256;
use std::sync::Arc;
use tokio::{sync::Semaphore, task::spawn_blocking};
use wire::Passcode;

/// How many may be worked on or wait for it. Each holds 32 MiB while it is worked on.
const WAITING: usize = 32;
/// How many are worked on at once: never all of a small machine.
const WORKING: usize = 1;
const LOG_N: u8 = 15;
const R: u32 = 8;
const P: u32 = 3;

/// Works on passcodes, beside everything else.
#[derive(Debug, Clone)]
pub struct Passcodes {
    waiting: Arc<Semaphore>,
    working: Arc<Semaphore>,
}

impl Default for Passcodes {
    fn default() -> Self {
        Self {
            waiting: Arc::new(Semaphore::new(WAITING)),
            working: Arc::new(Semaphore::new(WORKING)),
        }
    }
}

impl Passcodes {
    /// Makes of a passcode what may be stored; `None` if too much is to be done.
    pub async fn hash(&self, passcode: Passcode) -> Option<String> {
        self.work(move || stored(&passcode, &crate::random::bytes::<16>()))
            .await?
    }

    /// Tells whether a passcode is the one that is stored; `None` if too much is to be done.
    pub async fn check(&self, passcode: Passcode, hash: String) -> Option<bool> {
        self.work(move || matches(&passcode, &hash)).await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _waits = self.waiting.try_acquire().ok()?;
        let working = Arc::clone(&self.working).acquire_owned().await.ok()?;
        let work = spawn_blocking(move || {
            let result = work();
            drop(working);
            result
        });
        work.await.ok()
    }
}

fn stored(passcode: &Passcode, salt: &[u8]) -> Option<String> {
    let hash = derive(passcode, salt)?;
    let [salt, hash] = [salt, &hash].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    Some(format!("scrypt${salt}${hash}"))
}

/// What cannot be read matches nothing.
fn matches(passcode: &Passcode, stored: &str) -> bool {
    let mut parts = stored.split('$');
    let (Some("scrypt"), Some(salt), Some(hash), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(salt), Ok(hash)) = (URL_SAFE_NO_PAD.decode(salt), URL_SAFE_NO_PAD.decode(hash)) else {
        return false;
    };
    derive(passcode, &salt).is_some_and(|derived| same(&derived, &hash))
}

fn derive(passcode: &Passcode, salt: &[u8]) -> Option<[u8; 32]> {
    let params = Params::new(LOG_N, R, P).ok()?;
    let mut hash = [0; 32];
    scrypt(passcode.as_str().as_bytes(), salt, &params, &mut hash).ok()?;
    Some(hash)
}

/// Compares in a time that does not depend on where the two differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    let mac = |bytes: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"compare").ok()?;
        mac.update(bytes);
        Some(mac)
    };
    let (Some(a), Some(b)) = (mac(a), mac(b)) else {
        return false;
    };
    a.verify_slice(&b.finalize().into_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passcode(text: &str) -> Passcode {
        Passcode::new(text).unwrap()
    }

    #[tokio::test]
    async fn only_the_same_passcode_matches_and_no_hash_is_like_another() {
        let passcodes = Passcodes::default();
        let hash = passcodes.hash(passcode("月と兎と餅")).await.unwrap();
        assert!(!hash.contains('月'));
        assert_ne!(passcodes.hash(passcode("月と兎と餅")).await.unwrap(), hash);
        assert_eq!(
            passcodes.check(passcode("月と兎と餅"), hash.clone()).await,
            Some(true)
        );
        assert_eq!(passcodes.check(passcode("月と兎と団子"), hash).await, Some(false));
    }

    #[test]
    fn what_is_no_hash_matches_nothing() {
        for stored in [
            "",
            "scrypt$$",
            "scrypt$AA$AA",
            "scrypt$AA$!!",
            "md5$AA$AA",
            "scrypt$AA$AA$AA",
        ] {
            assert!(!matches(&passcode("moon"), stored), "{stored}");
        }
    }

    #[tokio::test]
    async fn too_many_at_once_are_told_so() {
        let passcodes = Passcodes {
            waiting: Arc::new(Semaphore::new(0)),
            ..Passcodes::default()
        };
        assert_eq!(passcodes.hash(passcode("moon")).await, None);
    }
}
