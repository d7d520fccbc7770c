//! Messages as they lie on the wire: numbered values whose meaning somebody else knows.

use prost::encoding::{self, DecodeContext, WireType};

/// A value on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wire<'a> {
    Varint(u64),
    Fixed(u64),
    Bytes(&'a [u8]),
    /// The fields of a group, of which only very old messages have some.
    Group(&'a [u8]),
}

impl<'a> Wire<'a> {
    pub(super) fn varint(self) -> Option<u64> {
        if let Self::Varint(number) = self {
            Some(number)
        } else {
            None
        }
    }

    pub(super) fn signed(self) -> Option<i64> {
        self.varint().map(u64::cast_signed)
    }

    pub(super) fn double(self) -> Option<f64> {
        if let Self::Fixed(bits) = self {
            Some(f64::from_bits(bits))
        } else {
            None
        }
    }

    pub(super) fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) | Self::Group(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    pub(super) fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

/// Splits a message into its fields, or returns `None` if it is none.
pub(super) fn split(mut bytes: &[u8]) -> Option<Vec<(u32, Wire<'_>)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, wire) = encoding::decode_key(&mut bytes).ok()?;
        let value = match wire {
            WireType::Varint => Wire::Varint(encoding::decode_varint(&mut bytes).ok()?),
            WireType::SixtyFourBit => {
                let (bits, rest) = bytes.split_first_chunk::<8>()?;
                bytes = rest;
                Wire::Fixed(u64::from_le_bytes(*bits))
            }
            WireType::LengthDelimited => {
                let length = usize::try_from(encoding::decode_varint(&mut bytes).ok()?).ok()?;
                let (value, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Wire::Bytes(value)
            }
            WireType::StartGroup => Wire::Group(take_group(tag, &mut bytes)?),
            // None of the messages that are read here has such fields.
            WireType::EndGroup | WireType::ThirtyTwoBit => return None,
        };
        found.push((tag, value));
    }
    Some(found)
}

/// Returns the last value of a field, which is the one that counts.
pub(super) fn last<'a>(fields: &[(u32, Wire<'a>)], wanted: u32) -> Option<Wire<'a>> {
    fields
        .iter()
        .rev()
        .find(|(tag, _)| *tag == wanted)
        .map(|(_, value)| *value)
}

/// Takes the fields of a group, up to its end.
fn take_group<'a>(group: u32, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let whole = *bytes;
    loop {
        let length = whole.len() - bytes.len();
        let (tag, wire) = encoding::decode_key(bytes).ok()?;
        if wire == WireType::EndGroup {
            return (tag == group).then(|| &whole[..length]);
        }
        encoding::skip_field(wire, tag, bytes, DecodeContext::default()).ok()?;
    }
}
