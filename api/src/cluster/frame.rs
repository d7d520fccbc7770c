//! What two servers tell each other: bytes with a length before them, and texts that are passed on as they came.

use crate::rooms::ServerId;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::net::IpAddr;

/// One thing that is told. `id` names a client's socket for its edge, which has made the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Edge to owner: a client speaks here from now on.
    Attach {
        /// Its name from now on.
        id: u64,
        /// Where it is, if that is known.
        address: Option<IpAddr>,
    },
    /// Edge to owner: the client says something.
    Heard {
        /// Which client.
        id: u64,
        /// What, as it came.
        text: Bytes,
    },
    /// Edge to owner: the client sends something that is no text.
    Malformed {
        /// Which client.
        id: u64,
        /// What is wrong with it.
        why: Bytes,
    },
    /// Edge to owner: the client's socket is gone, or speaks elsewhere.
    Gone {
        /// Which client's.
        id: u64,
    },
    /// Owner to edge: the client is to hear something; `last` is the end of it.
    Say {
        /// Which client.
        id: u64,
        /// Nothing of it is to come.
        last: bool,
        /// What, as it is to be sent.
        text: Bytes,
    },
    /// Owner to edge: the client's socket is to be closed.
    Close {
        /// Which client's.
        id: u64,
        /// With which code.
        code: u16,
    },
    /// Owner to edge: the client wants to go into a room that another server has. It is not known here any more.
    Moved {
        /// Which client.
        id: u64,
        /// The other server.
        server: ServerId,
        /// What the client has said that is not heard yet: a JSON list of its messages.
        said: Bytes,
    },
    /// Anybody to an owner: who is in a room?
    Ask {
        /// The question's name.
        id: u64,
        /// Which room.
        room: Bytes,
    },
    /// The answer.
    Tell {
        /// The question's name.
        id: u64,
        /// A `RoomInfo` as JSON.
        info: Bytes,
    },
}

/// The largest text in one frame. NATS takes messages of 1 MiB.
pub const PIECE: usize = 192 * 1024;

impl Frame {
    /// Writes it down.
    pub fn encode(&self) -> Bytes {
        let empty = Bytes::new();
        let (kind, id, text) = match self {
            Self::Attach { id, .. } => (0, *id, &empty),
            Self::Heard { id, text } => (1, *id, text),
            Self::Malformed { id, why } => (2, *id, why),
            Self::Gone { id } => (3, *id, &empty),
            Self::Say { id, last: true, text } => (4, *id, text),
            Self::Say {
                id,
                last: false,
                text,
            } => (5, *id, text),
            Self::Close { id, .. } => (6, *id, &empty),
            Self::Moved { id, said, .. } => (7, *id, said),
            Self::Ask { id, room } => (8, *id, room),
            Self::Tell { id, info } => (9, *id, info),
        };
        let mut bytes = BytesMut::with_capacity(9 + 33 + text.len());
        bytes.put_u8(kind);
        bytes.put_u64(id);
        match self {
            Self::Attach { address, .. } => match address {
                Some(IpAddr::V4(address)) => bytes.put_slice(&address.octets()),
                Some(IpAddr::V6(address)) => bytes.put_slice(&address.octets()),
                None => {}
            },
            Self::Close { code, .. } => bytes.put_u16(*code),
            Self::Moved { server, .. } => put_name(&mut bytes, server),
            Self::Heard { .. }
            | Self::Malformed { .. }
            | Self::Gone { .. }
            | Self::Say { .. }
            | Self::Ask { .. }
            | Self::Tell { .. } => {}
        }
        bytes.put_slice(text);
        bytes.freeze()
    }

    /// Reads one; `None` if it is none.
    pub fn decode(mut bytes: Bytes) -> Option<Self> {
        if bytes.len() < 9 {
            return None;
        }
        let (kind, id) = (bytes.get_u8(), bytes.get_u64());
        Some(match kind {
            0 => {
                let address = match bytes.len() {
                    0 => None,
                    4 => Some(IpAddr::from(<[u8; 4]>::try_from(bytes.as_ref()).ok()?)),
                    16 => Some(IpAddr::from(<[u8; 16]>::try_from(bytes.as_ref()).ok()?)),
                    _ => return None,
                };
                Self::Attach { id, address }
            }
            1 => Self::Heard { id, text: bytes },
            2 => Self::Malformed { id, why: bytes },
            3 => Self::Gone { id },
            4 | 5 => Self::Say {
                id,
                last: kind == 4,
                text: bytes,
            },
            6 => Self::Close {
                id,
                code: (bytes.len() == 2).then(|| bytes.get_u16())?,
            },
            7 => Self::Moved {
                id,
                server: get_name(&mut bytes)?,
                said: bytes,
            },
            8 => Self::Ask { id, room: bytes },
            9 => Self::Tell { id, info: bytes },
            _ => return None,
        })
    }
}

/// Writes a server's name and its length.
pub fn put_name(bytes: &mut BytesMut, name: &ServerId) {
    // A name has at most 32 characters.
    bytes.put_u8(u8::try_from(name.as_str().len()).unwrap_or(u8::MAX));
    bytes.put_slice(name.as_str().as_bytes());
}

/// Reads a server's name.
pub fn get_name(bytes: &mut Bytes) -> Option<ServerId> {
    if bytes.is_empty() {
        return None;
    }
    let length = usize::from(bytes.get_u8());
    if bytes.len() < length {
        return None;
    }
    std::str::from_utf8(&bytes.split_to(length)).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let text = Bytes::from_static("{\"type\":\"ping\"} 月".as_bytes());
        let server: ServerId = "0a9".parse().unwrap();
        for frame in [
            Frame::Attach { id: 1, address: None },
            Frame::Attach {
                id: u64::MAX,
                address: Some([192, 0, 2, 1].into()),
            },
            Frame::Attach {
                id: 2,
                address: Some("2001:db8::1".parse().unwrap()),
            },
            Frame::Heard {
                id: 3,
                text: text.clone(),
            },
            Frame::Malformed {
                id: 4,
                why: Bytes::new(),
            },
            Frame::Gone { id: 5 },
            Frame::Say {
                id: 6,
                last: true,
                text: text.clone(),
            },
            Frame::Say {
                id: 7,
                last: false,
                text: text.clone(),
            },
            Frame::Close { id: 8, code: 4001 },
            Frame::Moved {
                id: 9,
                server,
                said: text.clone(),
            },
            Frame::Ask {
                id: 10,
                room: text.clone(),
            },
            Frame::Tell { id: 11, info: text },
        ] {
            assert_eq!(Frame::decode(frame.encode()), Some(frame));
        }
    }

    #[test]
    fn what_is_no_frame_is_none() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"\xff\0\0\0\0\0\0\0\0",
            b"\0\0\0\0\0\0\0\0\0\x01",
            b"\x06\0\0\0\0\0\0\0\0\x01",
            b"\x07\0\0\0\0\0\0\0\0",
            b"\x07\0\0\0\0\0\0\0\0\xffab",
            b"\x07\0\0\0\0\0\0\0\0\x01A",
        ] {
            assert_eq!(Frame::decode(Bytes::copy_from_slice(bytes)), None, "{bytes:?}");
        }
    }
}
