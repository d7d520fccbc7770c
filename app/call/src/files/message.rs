//! What goes over the data channel.

use super::clean;
use wire::limits::{FILE_BYTES, FILE_NAME_CHARS};

/// One message: a byte that says which, the transfer's number (four bytes), and the rest. Numbers are big-endian. The number is
/// the offering side's; both sides may offer under the same one, so a kind is said by one of the two only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message<'a> {
    /// Here is a file. (The offering side.)
    Offer {
        /// Names the transfer.
        id: u32,
        /// In bytes, at most [`FILE_BYTES`].
        size: u64,
        /// Cleaned by whoever reads it.
        name: String,
    },
    /// It is not to be had any more. (The offering side.)
    Withdraw(u32),
    /// The next bytes of the file. (The offering side.)
    Data(u32, &'a [u8]),
    /// That was all of it, and this is its SHA-256. (The offering side.)
    End(u32, [u8; 32]),
    /// Send it, up to this byte. Said again and again, with more each time. (The receiving side.)
    Accept(u32, u64),
    /// It is not wanted, or not any more. (The receiving side.)
    Decline(u32),
    /// It is here, whole. (The receiving side.)
    Done(u32),
    /// It could not be kept, or is not what was promised. (The receiving side.)
    Failed(u32),
}

const OFFER: u8 = 0;
const WITHDRAW: u8 = 1;
const DATA: u8 = 2;
const END: u8 = 3;
const ACCEPT: u8 = 4;
const DECLINE: u8 = 5;
const DONE: u8 = 6;
const FAILED: u8 = 7;

impl<'a> Message<'a> {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, id) = match self {
            Message::Offer { id, .. } => (OFFER, id),
            Message::Withdraw(id) => (WITHDRAW, id),
            Message::Data(id, _) => (DATA, id),
            Message::End(id, _) => (END, id),
            Message::Accept(id, _) => (ACCEPT, id),
            Message::Decline(id) => (DECLINE, id),
            Message::Done(id) => (DONE, id),
            Message::Failed(id) => (FAILED, id),
        };
        let mut bytes = vec![kind];
        bytes.extend(id.to_be_bytes());
        match self {
            Message::Offer { size, name, .. } => {
                bytes.extend(size.to_be_bytes());
                bytes.extend(name.as_bytes());
            }
            Message::Data(_, data) => bytes.extend(*data),
            Message::End(_, sha256) => bytes.extend(sha256),
            Message::Accept(_, up_to) => bytes.extend(up_to.to_be_bytes()),
            Message::Withdraw(_) | Message::Decline(_) | Message::Done(_) | Message::Failed(_) => {}
        }
        bytes
    }

    /// Reads it. `None` when it is none: whoever sent it may be of another version, or up to something.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (id, rest) = rest.split_first_chunk()?;
        let id = u32::from_be_bytes(*id);
        let whole = |message| rest.is_empty().then_some(message);
        match *kind {
            OFFER => {
                let (size, name) = rest.split_first_chunk()?;
                let size = u64::from_be_bytes(*size);
                // Four bytes are the most that a character takes.
                let sane = size <= FILE_BYTES && name.len() <= 4 * FILE_NAME_CHARS;
                let name = clean(std::str::from_utf8(name).ok()?);
                sane.then_some(Message::Offer { id, size, name })
            }
            WITHDRAW => whole(Message::Withdraw(id)),
            DATA => Some(Message::Data(id, rest)),
            END => Some(Message::End(id, rest.try_into().ok()?)),
            ACCEPT => Some(Message::Accept(id, u64::from_be_bytes(rest.try_into().ok()?))),
            DECLINE => whole(Message::Decline(id)),
            DONE => whole(Message::Done(id)),
            FAILED => whole(Message::Failed(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for message in [
            Message::Offer {
                id: 7,
                size: FILE_BYTES,
                name: "月.png".into(),
            },
            Message::Withdraw(1),
            Message::Data(u32::MAX, b"moon"),
            Message::Data(0, b""),
            Message::End(2, [9; 32]),
            Message::Accept(3, u64::MAX),
            Message::Decline(4),
            Message::Done(5),
            Message::Failed(6),
        ] {
            assert_eq!(Message::read(&message.to_bytes()), Some(message));
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let offer = |size: u64, name: &[u8]| {
            let mut bytes = vec![OFFER, 0, 0, 0, 1];
            bytes.extend(size.to_be_bytes());
            bytes.extend(name);
            bytes
        };
        assert!(Message::read(&offer(1, b"a")).is_some());
        for bytes in [
            vec![],
            vec![OFFER],
            vec![OFFER, 0, 0, 0, 1],
            vec![99, 0, 0, 0, 1],
            vec![DONE, 0, 0, 0],
            vec![DONE, 0, 0, 0, 1, 2],
            vec![END, 0, 0, 0, 1, 2],
            vec![ACCEPT, 0, 0, 0, 1, 2],
            offer(FILE_BYTES + 1, b"a"),
            offer(u64::MAX, b"a"),
            offer(1, &[0xff, 0xfe]),
            offer(1, &vec![b'a'; 4 * FILE_NAME_CHARS + 1]),
        ] {
            assert_eq!(Message::read(&bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_name_from_outside_is_cleaned() {
        let bytes = Message::Offer {
            id: 1,
            size: 1,
            name: "../../etc/passwd".into(),
        }
        .to_bytes();
        let Some(Message::Offer { name, .. }) = Message::read(&bytes) else {
            panic!("no offer");
        };
        assert_eq!(name, "passwd");
    }
}
