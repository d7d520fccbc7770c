//! Randomness of the operating system.

use wire::MemberId;

/// Fills an array.
///
/// # Panics
/// If the operating system has no randomness, without which no secret can be made.
#[allow(clippy::expect_used, reason = "no peer, user or disk has a say in it")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// Writes bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Makes an id that no member has ever had: 80 random bits.
#[allow(clippy::expect_used, reason = "hexadecimal digits are an id")]
pub fn member_id() -> MemberId {
    hex(&bytes::<10>()).try_into().expect("hexadecimal digits")
}
