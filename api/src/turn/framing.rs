//! Where a message ends in a stream (RFC 8489 §6.2.2, RFC 8656 §12.5).

/// The most that a message may be.
const MOST: usize = 4 * 1024;
/// The header of a STUN message.
const HEADER: usize = 20;

/// What a stream has for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Not yet a whole message.
    More,
    /// A message of so many bytes, and behind it some that only fill up.
    Message { bytes: usize, filling: usize },
    /// This is neither STUN nor TURN.
    Nonsense,
}

/// Looks at the beginning of what has come.
pub(super) fn next(bytes: &[u8]) -> Next {
    let [first, _, high, low, ..] = bytes else {
        return Next::More;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let (whole, filling) = match first >> 6 {
        0 if length.is_multiple_of(4) => (HEADER + length, 0),
        1 => (4 + length, length.next_multiple_of(4) - length),
        _ => return Next::Nonsense,
    };
    if whole > MOST {
        return Next::Nonsense;
    }
    if bytes.len() < whole + filling {
        return Next::More;
    }
    Next::Message {
        bytes: whole,
        filling,
    }
}

/// Tells whether a packet may be a message at all, which the decoder takes for granted.
pub(super) fn is_plausible(packet: &[u8]) -> bool {
    let [first, _, high, low, ..] = packet else {
        return false;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    match first >> 6 {
        0 => packet.len() == HEADER + length && length.is_multiple_of(4),
        1 => (4 + length..4 + length + 4).contains(&packet.len()),
        _ => false,
    }
}

/// Returns a packet without what only fills it up.
pub(super) fn trimmed(packet: &[u8]) -> &[u8] {
    match packet {
        [first, _, high, low, ..] if first >> 6 == 1 => {
            let whole = 4 + usize::from(u16::from_be_bytes([*high, *low]));
            packet.get(..whole).unwrap_or(packet)
        }
        _ => packet,
    }
}

/// Tells whether a packet asks for nothing but its sender's address.
pub(super) fn is_binding(packet: &[u8]) -> bool {
    matches!(packet, [0, 1, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_found_once_it_is_whole() {
        let mut stun = vec![0, 1, 0, 4];
        stun.resize(24, 0);
        assert_eq!(next(&stun[..3]), Next::More);
        assert_eq!(next(&stun[..23]), Next::More);
        assert_eq!(
            next(&stun),
            Next::Message {
                bytes: 24,
                filling: 0
            }
        );
        let channel = [0x40, 0, 0, 3, 1, 2, 3, 0, 9];
        assert_eq!(next(&channel[..7]), Next::More);
        assert_eq!(next(&channel), Next::Message { bytes: 7, filling: 1 });
        assert_eq!(trimmed(&channel[..8]), &channel[..7]);
    }

    #[test]
    fn what_is_no_message_is_told_at_once() {
        for bytes in [
            [0x80, 0, 0, 0],
            [0xff, 0xff, 0xff, 0xff],
            [0, 1, 0, 3],
            [0, 1, 0xff, 0xfc],
            [0x40, 0, 0xff, 0xff],
        ] {
            assert_eq!(next(&bytes), Next::Nonsense, "{bytes:?}");
        }
        assert!(!is_plausible(&[]) && !is_plausible(&[0, 1, 0, 0]) && !is_plausible(&[0x40, 0, 0, 1]));
        assert!(is_plausible(&[0x40, 0, 0, 1, 7]) && is_plausible(&[0x40, 0, 0, 1, 7, 0, 0, 0]));
    }
}
