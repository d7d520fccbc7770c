//! Names for new rooms: easy to read out, impossible to guess.

/// Makes a room name of 16 random bytes, such as `aki-hoshi-x4k2m-9tq7p-hd3wz-8c`: two words to remember it by, and 17
/// characters of five bits. Its 85 bits keep strangers out of rooms whose link is the key.
pub fn unguessable(random: [u8; 16]) -> String {
    let word = |byte: u8| WORDS[usize::from(byte) % WORDS.len()];
    let mut name = format!("{}-{}", word(random[0]), word(random[1]));
    // 17 characters want 85 bits: the other 14 bytes hold 112.
    let mut bits = random[2..]
        .iter()
        .fold(0u128, |all, byte| (all << 8) | u128::from(*byte));
    for place in 0..17 {
        if place % 5 == 0 {
            name.push('-');
        }
        name.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    name
}

/// Crockford's digits and letters: none that is mistaken for another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Words of the night, easy to say in English and Japanese.
const WORDS: [&str; 32] = [
    "aki", "ame", "asa", "fuyu", "hana", "haru", "hikari", "hoshi", "ishi", "kage", "kaze", "kiku", "kiri",
    "kumo", "mado", "matsu", "mizu", "mori", "natsu", "niji", "nami", "sakura", "sora", "suzu", "take",
    "taki", "tori", "tsuki", "umi", "yama", "yoru", "yuki",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_is_a_valid_room() {
        for byte in 0..=255 {
            let name = unguessable([byte; 16]);
            assert!(name.parse::<wire::RoomId>().is_ok(), "{name}");
        }
    }

    #[test]
    fn at_least_eighty_random_bits_reach_the_name_besides_its_words() {
        let counting = (0..128).map(|bit| {
            let mut random = [0; 16];
            random[bit / 8] = 1 << (bit % 8);
            unguessable(random)
        });
        let rest: BTreeSet<String> = counting
            .map(|name| name.splitn(3, '-').nth(2).unwrap_or_default().to_owned())
            .collect();
        // Each of these bits alone makes another name; one more is the name without any.
        assert!(rest.len() > 80, "only {} bits", rest.len() - 1);
    }
}
