//! Resume tokens: a member's proof that it is who it was.
//!
//! Nothing is stored. Whatever server holds the key accepts the token, also one that was started after a crash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, time::Duration};
use wire::{MemberId, ResumeToken, RoomId};

/// Mints and verifies resume tokens with one key.
///
/// A token is `<end>.<member>.<HMAC-SHA256 of room, member and end>`, where `end` is in seconds since 1970 (hex).
#[derive(Clone)]
pub struct Tokens {
    /// Keyed already: what is left to do for a token is a copy and two blocks.
    mac: Hmac<Sha256>,
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
    #[allow(clippy::expect_used, reason = "200 + 16 + 43 characters are fewer than 500")]
    pub fn mint(&self, room: &RoomId, member: &MemberId, end: Duration) -> ResumeToken {
        let end = end.as_secs();
        let proof = URL_SAFE_NO_PAD.encode(self.sign(room, member, end).finalize().into_bytes());
        ResumeToken::try_from(format!("{end:x}.{member}.{proof}")).expect("a token's characters")
    }

    /// Returns whose token it is, if it is one of ours, for this room, and `now` is before its end.
    pub fn verify(&self, room: &RoomId, token: &ResumeToken, now: Duration) -> Option<MemberId> {
        let mut parts = token.as_str().split('.');
        let (end, member, proof) = (parts.next()?, parts.next()?, parts.next()?);
        let end = u64::from_str_radix(end, 16).ok()?;
        let member: MemberId = member.parse().ok()?;
        let proof = URL_SAFE_NO_PAD.decode(proof).ok()?;
        // The comparison takes the same time wherever the two differ.
        self.sign(room, &member, end).verify_slice(&proof).ok()?;
        (now.as_secs() < end && parts.next().is_none()).then_some(member)
    }

    fn sign(&self, room: &RoomId, member: &MemberId, end: u64) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        // No part can hold a line break, so no two triples give the same text.
        mac.update(format!("tsukiyo resume\n{room}\n{member}\n{end:x}").as_bytes());
        mac
    }
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

    #[test]
    fn a_token_tells_whose_it_is_wherever_the_key_is_known() {
        let member: MemberId = "kaguya".parse().unwrap();
        let token = Tokens::new(b"key").mint(&room("月見"), &member, END);
        assert_eq!(
            Tokens::new(b"key").verify(&room("月見"), &token, NOW),
            Some(member)
        );
    }

    #[test]
    fn a_token_of_another_room_or_key_is_no_token() {
        let tokens = Tokens::new(b"key");
        let token = tokens.mint(&room("a"), &"m".parse().unwrap(), END);
        assert_eq!(tokens.verify(&room("b"), &token, NOW), None);
        assert_eq!(Tokens::new(b"other").verify(&room("a"), &token, NOW), None);
    }

    #[test]
    fn a_token_ends() {
        let tokens = Tokens::new(b"key");
        let token = tokens.mint(&room("a"), &"m".parse().unwrap(), END);
        assert!(
            tokens
                .verify(&room("a"), &token, END - Duration::from_secs(1))
                .is_some()
        );
        assert_eq!(tokens.verify(&room("a"), &token, END), None);
    }

    #[test]
    fn no_part_of_a_token_can_be_changed() {
        let tokens = Tokens::new(b"key");
        let minted = tokens.mint(&room("a"), &"me".parse().unwrap(), END);
        let parts: Vec<&str> = minted.as_str().split('.').collect();
        let proof = parts[2];
        for forged in [
            format!("{:x}.me.{proof}", 3_000),
            format!("{}.you.{proof}", parts[0]),
            format!("{}.me.{}", parts[0], &proof[1..]),
            format!("{}.me.{proof}.more", parts[0]),
            format!("{}.me", parts[0]),
            "nonsense".to_owned(),
            "..".to_owned(),
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
    fn the_longest_member_id_still_makes_a_token() {
        let tokens = Tokens::new(b"key");
        let member: MemberId = "m".repeat(wire::limits::ID_CHARS).parse().unwrap();
        let token = tokens.mint(&room("a"), &member, Duration::from_secs(u64::MAX));
        assert_eq!(tokens.verify(&room("a"), &token, NOW), Some(member));
    }
}
