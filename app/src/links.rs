//! Addresses to give to others.

use wire::RoomId;

/// Returns the link that leads into a room.
pub fn invite(origin: &str, room: &RoomId) -> String {
    format!("{origin}/room/{}", percent_encoded(room.as_str()))
}

/// Encodes what does not belong into one part of an address (RFC 3986 §2.1); what is unreserved stays.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_of_any_script_has_a_link_that_survives_a_mail() {
        let room: RoomId = "月見-7".parse().unwrap();
        assert_eq!(
            invite("https://tsukiyo.example", &room),
            "https://tsukiyo.example/room/%E6%9C%88%E8%A6%8B-7"
        );
    }
}
