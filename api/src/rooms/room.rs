//! One room: its members in the order in which they came.

use super::SocketId;
use std::time::Duration;
use wire::{DisplayName, MediaState, Member, MemberId};

/// The members of one room. There are few of them, so a list is searched faster than a map.
#[derive(Debug, Default)]
pub struct Room {
    seats: Vec<Seat>,
    /// Whose hand is up, the first one raised first.
    hands: Vec<MemberId>,
}

/// One member of a room.
#[derive(Debug)]
pub struct Seat {
    pub id: MemberId,
    pub name: DisplayName,
    pub media: MediaState,
    pub link: Link,
}

/// How a member can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Over this socket.
    Present(SocketId),
    /// Not at all, and at `until` it is given up.
    Away { until: Duration },
}

impl Room {
    /// Adds a member behind all others.
    pub fn add(&mut self, seat: Seat) {
        self.seats.push(seat);
    }

    pub fn seat(&self, member: &MemberId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.id == *member)
    }

    pub fn seat_mut(&mut self, member: &MemberId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.id == *member)
    }

    pub fn remove(&mut self, member: &MemberId) -> Option<Seat> {
        let place = self.seats.iter().position(|seat| seat.id == *member)?;
        self.raise(member, false);
        Some(self.seats.remove(place))
    }

    /// Raises a member's hand behind all others, or takes it down. Returns whether that changes anything.
    pub fn raise(&mut self, member: &MemberId, raised: bool) -> bool {
        let is_up = self.hands.contains(member);
        if raised && !is_up {
            self.hands.push(member.clone());
        } else if !raised {
            self.hands.retain(|hand| hand != member);
        }
        raised != is_up
    }

    /// Lists whose hand is up, the first one raised first.
    pub fn hands(&self) -> &[MemberId] {
        &self.hands
    }

    pub fn len(&self) -> usize {
        self.seats.len()
    }

    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub fn names(&self) -> Vec<DisplayName> {
        self.seats.iter().map(|seat| seat.name.clone()).collect()
    }

    /// Lists everybody but one, in order of coming.
    pub fn others(&self, than: &MemberId) -> Vec<Member> {
        self.seats
            .iter()
            .filter(|seat| seat.id != *than)
            .map(Seat::member)
            .collect()
    }

    /// Lists the sockets of everybody present, in order of coming.
    pub fn sockets(&self) -> impl Iterator<Item = SocketId> {
        self.seats.iter().filter_map(Seat::socket)
    }

    /// Lists the sockets of everybody present but one, in order of coming.
    pub fn sockets_of_others(&self, than: &MemberId) -> impl Iterator<Item = SocketId> {
        self.seats
            .iter()
            .filter(move |seat| seat.id != *than)
            .filter_map(Seat::socket)
    }
}

impl Seat {
    /// Returns the member as the others see it.
    pub fn member(&self) -> Member {
        Member {
            id: self.id.clone(),
            name: self.name.clone(),
            media: self.media,
            away: matches!(self.link, Link::Away { .. }),
        }
    }

    pub fn socket(&self) -> Option<SocketId> {
        match self.link {
            Link::Present(socket) => Some(socket),
            Link::Away { .. } => None,
        }
    }
}
