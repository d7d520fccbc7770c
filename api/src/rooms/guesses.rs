//! How often one may try to get into a room, by where one is.

use super::{Buckets, Rate, buckets::Taken};
use std::{net::IpAddr, time::Duration};
use wire::RoomId;

/// How many pairs of room and place are remembered. Beyond it nobody new may try until some are forgotten.
const PAIRS: usize = 10_000;

/// Where a client is: its address, or of IPv6 the network, since one client may have any number of addresses in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

/// What is left to each.
#[derive(Debug)]
pub struct Guesses(Buckets<(RoomId, Option<Source>)>);

impl Guesses {
    /// Takes one try. Returns whether there was one left.
    pub fn take(&mut self, now: Duration, room: &RoomId, source: Option<Source>, rate: Rate) -> bool {
        self.0.take(now, (room.clone(), source), rate) == Taken::Yes
    }

    /// Tells whether none is left, and takes none.
    pub fn are_spent(&self, now: Duration, room: &RoomId, source: Option<Source>, rate: Rate) -> bool {
        self.0.is_spent(now, &(room.clone(), source), rate)
    }
}

impl Default for Guesses {
    fn default() -> Self {
        Self(Buckets::new(PAIRS))
    }
}

impl Source {
    /// Returns an address of it.
    pub fn address(self) -> IpAddr {
        self.0
    }

    /// Tells whether it is this machine, where many clients may be one person's: a program that measures, or a proxy that
    /// says not for whom it speaks.
    pub fn is_local(self) -> bool {
        self.0.is_loopback()
    }
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            // Its network holds all addresses that stand for nothing, and for IPv4.
            IpAddr::V6(address) if address.is_loopback() => IpAddr::V6(address),
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(network.into())
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 2,
        every: Duration::from_secs(10),
    };

    fn source(address: &str) -> Option<Source> {
        Some(address.parse::<IpAddr>().unwrap().into())
    }

    #[test]
    fn each_room_and_place_has_its_own_tries() {
        let (mut guesses, now) = (Guesses::default(), Duration::from_secs(100));
        let (a, b): (RoomId, RoomId) = ("a".parse().unwrap(), "b".parse().unwrap());
        let mut left = |room, from| {
            (0..5)
                .filter(|_| guesses.take(now, room, source(from), RATE))
                .count()
        };
        assert_eq!(left(&a, "192.0.2.1"), 2);
        assert_eq!(left(&a, "192.0.2.2"), 2);
        assert_eq!(left(&b, "192.0.2.1"), 2);
        assert_eq!(
            left(&a, "::ffff:192.0.2.1"),
            0,
            "the same address in other clothes"
        );
        assert_eq!(left(&a, "2001:db8::1"), 2);
        assert_eq!(left(&a, "2001:db8::2"), 0, "the same network");
        assert_eq!(left(&a, "2001:db8:0:1::1"), 2);
        assert!(guesses.are_spent(now, &a, source("192.0.2.1"), RATE));
        let later = now + Duration::from_secs(10);
        assert!(!guesses.are_spent(later, &a, source("192.0.2.1"), RATE));
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_is_forgotten() {
        let (mut guesses, now) = (Guesses::default(), Duration::from_secs(100));
        let room = |n: usize| format!("room-{n}").parse::<RoomId>().unwrap();
        for n in 0..PAIRS {
            assert!(guesses.take(now, &room(n), None, RATE));
        }
        assert!(!guesses.take(now, &room(PAIRS), None, RATE));
        assert!(guesses.take(now + Duration::from_secs(60), &room(PAIRS), None, RATE));
        assert_eq!(guesses.0.len(), 1);
    }
}
