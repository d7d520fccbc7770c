//! Tokens: a member's proof that it is who it was, and a host's that it is host.
//!
//! Nothing is stored. Whatever server holds the key accepts the token, also one that was started after a crash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, time::Duration};
use wire::{HostToken, MemberId, ResumeToken, RoomId};

/// Mints and verifies tokens with one key.
///
/// A resume token is `<end>.<member>.<lineage>.<came>.<issued>.<HMAC-SHA256 of these and the room>`, with times in hex:
/// `end` and `issued` in seconds since 1970, `came` in milliseconds.
#[derive(Clone)]
pub struct Tokens {
    /// Keyed already: what is left to do for a token is a copy and a few blocks.
    mac: Hmac<Sha256>,
}

/// What a resume token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Who its bearer is, or was before its page was loaded anew.
    pub member: MemberId,
    /// The first member that the bearer was in this room, through all reloads.
    pub lineage: MemberId,
    /// When that one came in, in milliseconds since 1970.
    pub came: u64,
    /// When the token was minted.
    pub issued: Duration,
}

impl Tokens {
    /// Makes tokens from a key of any length; 32 random bytes are right.
    #[allow(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104 §2)")]
    pub fn new(key: &[u8]) -> Self {
        Self {
            mac: Hmac::new_from_slice(key).expect("a key of any length"),
        }
    }

    /// Makes a token for a member of a room that is good until `end`, a time since 1970.
    ///
    /// # Panics
    /// Never: the parts are within the bounds of a token by their types.
    #[allow(
        clippy::expect_used,
        reason = "2 × 200 + 3 × 16 + 43 characters and 5 dots are fewer than 700"
    )]
    pub fn mint(&self, room: &RoomId, pass: &Pass, end: Duration) -> ResumeToken {
        let claims = claims(pass, end.as_secs());
        let proof = URL_SAFE_NO_PAD.encode(self.sign(room, &claims).finalize().into_bytes());
        ResumeToken::try_from(format!("{claims}.{proof}")).expect("a token's characters")
    }

    /// Returns what a token says, if it is one of ours, for this room, and `now` is before its end.
    pub fn verify(&self, room: &RoomId, token: &ResumeToken, now: Duration) -> Option<Pass> {
        let (said, proof) = token.as_str().rsplit_once('.')?;
        let proof = URL_SAFE_NO_PAD.decode(proof).ok()?;
        // The comparison takes the same time wherever the two differ.
        self.sign(room, said).verify_slice(&proof).ok()?;
        let mut parts = said.split('.');
        let (end, member, lineage) = (parts.next()?, parts.next()?, parts.next()?);
        let (came, issued) = (parts.next()?, parts.next()?);
        let number = |part: &str| u64::from_str_radix(part, 16).ok();
        let pass = Pass {
            member: member.parse().ok()?,
            lineage: lineage.parse().ok()?,
            came: number(came)?,
            issued: Duration::from_secs(number(issued)?),
        };
        (now.as_secs() < number(end)? && parts.next().is_none()).then_some(pass)
    }

    /// Makes the secret of a host: it follows from what happens once only, and nobody without the key can tell it.
    ///
    /// # Panics
    /// Never: it is 43 characters of base64.
    #[allow(clippy::expect_used, reason = "43 characters of base64 are a token")]
    pub fn mint_host(&self, room: &RoomId, member: &MemberId, version: u64) -> HostToken {
        let mut mac = self.mac.clone();
        mac.update(format!("tsukiyo host\n{room}\n{member}\n{version:x}").as_bytes());
        let secret = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        // Ids must not begin with two underscores, which base64 may.
        format!("h{secret}").parse().expect("a token's characters")
    }

    /// Makes what shows until `end`, a time since 1970, that its bearer may make rooms and write posts.
    pub fn mint_access(&self, end: Duration) -> String {
        self.seal("access", &format!("{:x}", end.as_secs()))
    }

    /// Tells whether this is such a pass of ours, and `now` is before its end.
    pub fn is_access(&self, pass: &str, now: Duration) -> bool {
        let end = self.unseal("access", pass);
        let end = end.and_then(|end| u64::from_str_radix(end, 16).ok());
        end.is_some_and(|end| now.as_secs() < end)
    }

    /// Gives a text, which anybody may read, to somebody who is to bring it back as it was. `purpose` is a word of ours: what
    /// is sealed for one is nothing for another.
    pub fn seal(&self, purpose: &'static str, text: &str) -> String {
        let proof = self.seal_of(purpose, text).finalize().into_bytes();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(proof))
    }

    /// Returns the text, if it is as it was.
    pub fn unseal<'a>(&self, purpose: &'static str, sealed: &'a str) -> Option<&'a str> {
        let (text, proof) = sealed.rsplit_once('.')?;
        let proof = URL_SAFE_NO_PAD.decode(proof).ok()?;
        self.seal_of(purpose, text).verify_slice(&proof).ok()?;
        Some(text)
    }

    fn seal_of(&self, purpose: &'static str, text: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(format!("tsukiyo {purpose}\n{text}").as_bytes());
        mac
    }

    fn sign(&self, room: &RoomId, claims: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        // A room's name holds no line break, and claims are the rest: no two pairs give the same text.
        mac.update(format!("tsukiyo resume\n{room}\n{claims}").as_bytes());
        mac
    }
}

fn claims(pass: &Pass, end: u64) -> String {
    let Pass {
        member,
        lineage,
        came,
        issued,
    } = pass;
    format!("{end:x}.{member}.{lineage}.{came:x}.{:x}", issued.as_secs())
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);
    const END: Duration = Duration::from_secs(2_000);

    fn room(name: &str) -> RoomId {
        name.parse().unwrap()
    }

    fn pass(member: &str) -> Pass {
        Pass {
            member: member.parse().unwrap(),
            lineage: "first".parse().unwrap(),
            came: 7_000,
            issued: Duration::from_secs(900),
        }
    }

    #[test]
    fn a_token_tells_whose_it_is_wherever_the_key_is_known() {
        let token = Tokens::new(b"key").mint(&room("月見"), &pass("kaguya"), END);
        assert_eq!(
            Tokens::new(b"key").verify(&room("月見"), &token, NOW),
            Some(pass("kaguya"))
        );
    }

    #[test]
    fn a_token_of_another_room_or_key_is_no_token() {
        let tokens = Tokens::new(b"key");
        let token = tokens.mint(&room("a"), &pass("m"), END);
        assert_eq!(tokens.verify(&room("b"), &token, NOW), None);
        assert_eq!(Tokens::new(b"other").verify(&room("a"), &token, NOW), None);
    }

    #[test]
    fn a_token_ends() {
        let tokens = Tokens::new(b"key");
        let token = tokens.mint(&room("a"), &pass("m"), END);
        let before = END - Duration::from_secs(1);
        assert!(tokens.verify(&room("a"), &token, before).is_some());
        assert_eq!(tokens.verify(&room("a"), &token, END), None);
    }

    #[test]
    fn no_part_of_a_token_can_be_changed() {
        let tokens = Tokens::new(b"key");
        let minted = tokens.mint(&room("a"), &pass("me"), END);
        let parts: Vec<&str> = minted.as_str().split('.').collect();
        let with = |place: usize, part: &str| {
            let mut parts = parts.clone();
            parts[place] = part;
            parts.join(".")
        };
        for forged in [
            with(0, &format!("{:x}", 3_000)),
            with(1, "you"),
            with(2, "second"),
            with(3, "0"),
            with(4, "ffff"),
            with(5, &parts[5][1..]),
            format!("{}.more", minted.as_str()),
            parts[..5].join("."),
            parts[..2].join("."),
            "nonsense".to_owned(),
            ".....".to_owned(),
        ] {
            let forged: ResumeToken = forged.parse().unwrap();
            assert_eq!(
                tokens.verify(&room("a"), &forged, NOW),
                None,
                "{}",
                forged.as_str()
            );
        }
    }

    #[test]
    fn the_longest_ids_still_make_a_token() {
        let tokens = Tokens::new(b"key");
        let member: MemberId = "m".repeat(wire::limits::ID_CHARS).parse().unwrap();
        let pass = Pass {
            member: member.clone(),
            lineage: member,
            came: u64::MAX,
            issued: Duration::from_secs(u64::MAX),
        };
        let token = tokens.mint(&room("a"), &pass, Duration::from_secs(u64::MAX));
        assert_eq!(tokens.verify(&room("a"), &token, NOW), Some(pass));
    }

    #[test]
    fn hosts_of_other_rooms_times_and_keys_have_other_secrets() {
        let tokens = Tokens::new(b"key");
        let me: MemberId = "me".parse().unwrap();
        let mine = tokens.mint_host(&room("a"), &me, 1);
        assert_eq!(mine, Tokens::new(b"key").mint_host(&room("a"), &me, 1));
        for other in [
            tokens.mint_host(&room("b"), &me, 1),
            tokens.mint_host(&room("a"), &"you".parse().unwrap(), 1),
            tokens.mint_host(&room("a"), &me, 2),
            Tokens::new(b"other").mint_host(&room("a"), &me, 1),
        ] {
            assert_ne!(mine, other);
        }
    }
}
