//! One room: its rules, its members in the order in which they came, and who is at its door.

use super::{Rules, SocketId, missed::Missed, rules::hash};
use std::{sync::Arc, time::Duration};
use wire::{DisplayName, HostToken, MediaState, Member, MemberId, ServerMessage};

/// One room. There are few members, so a list is searched faster than a map.
#[derive(Debug, Default)]
pub struct Room {
    seats: Vec<Seat>,
    /// Whose hand is up, the first one raised first.
    hands: Vec<MemberId>,
    /// `None` as long as the store has not told them.
    pub rules: Option<Rules>,
    /// Whose join is not decided yet, in the order in which they came.
    pub asking: Vec<SocketId>,
    /// Who waits for the host, in the order in which they came.
    pub waiting: Vec<Waiter>,
    /// What the store is told of the rules.
    pub saving: Saving,
}

/// How far the store knows the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Saving {
    /// It knows them.
    #[default]
    Done,
    /// It is being told.
    Underway,
    /// It is being told, and they have changed since.
    Outdated,
}

/// One member of a room.
#[derive(Debug)]
pub struct Seat {
    pub id: MemberId,
    pub name: DisplayName,
    pub media: MediaState,
    pub link: Link,
    /// The first member that the person was here, through all reloads, and when that came (milliseconds since 1970).
    pub lineage: MemberId,
    pub came: u64,
    /// The host's token that the person has shown, or was given.
    pub host: Option<HostToken>,
    pub orders: Orders,
    /// What it is to hear when it is back.
    pub missed: Missed,
}

/// What a host has ordered a member to switch off, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orders {
    /// The last one.
    pub last: u32,
    /// The last one that muted.
    muted: u32,
    /// The last one that ended a share.
    unshared: u32,
}

/// Somebody who waits for the host.
#[derive(Debug)]
pub struct Waiter {
    pub socket: SocketId,
    pub seat: Seat,
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

    /// Takes what a member is to hear that was away.
    pub fn missed(&mut self, member: &MemberId) -> Vec<Arc<ServerMessage>> {
        let ids: Vec<MemberId> = self.ids().cloned().collect();
        let seat = self.seat_mut(member);
        seat.map(|seat| seat.missed.take(|from| ids.contains(from)))
            .unwrap_or_default()
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

    /// Takes everybody out.
    pub fn clear(&mut self) -> Vec<Seat> {
        self.hands.clear();
        std::mem::take(&mut self.seats)
    }

    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Nobody is in it or at its door, and the store knows all that is to be known.
    pub fn is_idle(&self) -> bool {
        self.seats.is_empty()
            && self.asking.is_empty()
            && self.waiting.is_empty()
            && self.saving == Saving::Done
    }

    pub fn names(&self) -> Vec<DisplayName> {
        self.seats.iter().map(|seat| seat.name.clone()).collect()
    }

    pub fn ids(&self) -> impl Iterator<Item = &MemberId> {
        self.seats.iter().map(|seat| &seat.id)
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

    /// Tells whether a member is host: what it has shown is still the key.
    pub fn is_host(&self, seat: &Seat) -> bool {
        let key = self.rules.as_ref().and_then(|rules| rules.host.as_deref());
        seat.host
            .as_ref()
            .is_some_and(|token| key == Some(hash(token).as_str()))
    }

    pub fn hosts(&self) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(|seat| self.is_host(seat))
    }

    /// Lists who waits, as the members that they will be.
    pub fn knocks(&self) -> Vec<Member> {
        self.waiting.iter().map(|waiter| waiter.seat.member()).collect()
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

impl Orders {
    /// Numbers one more order.
    pub fn give(&mut self, mute: bool, unshare: bool) {
        self.last = self.last.saturating_add(1);
        if mute {
            self.muted = self.last;
        }
        if unshare {
            self.unshared = self.last;
        }
    }

    /// What counts of a state that its sender told before it heard of every order.
    pub fn bound(&self, media: MediaState, heard: u32) -> MediaState {
        MediaState {
            audio: media.audio && heard >= self.muted,
            screen: media.screen && heard >= self.unshared,
            ..media
        }
    }
}
