//! The peer connections: one worker for each, which performs its operations one after another.

use super::{
    io::{Happening, Io},
    worker::{Gathers, Owner, Work, Worker},
};
use crate::platform::{
    DataChannel, PeerConnection, PeerConnectionEvent, Platform, RtpEncodingParameters, RtpTransceiver, Slot,
};
use call::{Operation, Role, Route, files::LOW};
use futures::{
    channel::mpsc,
    future::{AbortHandle, Abortable},
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wire::{HandshakeId, IceServer, MemberId};

/// What this side sends: each track under a number that changes with it.
pub(super) struct Tracks<T>(BTreeMap<Slot, (u64, T)>);

/// The peer connections.
pub(super) struct Connections<P: Platform> {
    io: Io<P>,
    ice_servers: Vec<IceServer>,
    tracks: Rc<RefCell<Tracks<P::Track>>>,
    /// Tells connections apart; a connection has its number before it is anybody's.
    number: u64,
    live: BTreeMap<u64, Live<P>>,
    /// A connection that is nobody's yet: its certificate, and its offer, are made before there is any hurry.
    spare: Option<(u64, Role, Live<P>)>,
}

/// A connection and its worker.
struct Live<P: Platform> {
    owner: Rc<RefCell<Option<Owner>>>,
    connection: Rc<P::PeerConnection>,
    /// For files; `None` while the connection is a spare one, and where there are none.
    channel: Option<Rc<dyn DataChannel>>,
    work: mpsc::UnboundedSender<Work>,
    abort: AbortHandle,
    /// What its senders were set to, where that is not what they begin with.
    encodings: [RtpEncodingParameters; Slot::ALL.len()],
}

impl<P: Platform> Connections<P> {
    pub fn new(io: Io<P>) -> Self {
        Self {
            io,
            ice_servers: Vec::new(),
            tracks: Rc::default(),
            number: 0,
            live: BTreeMap::new(),
            spare: None,
        }
    }

    /// Uses these servers from now on.
    pub fn set_ice_servers(&mut self, ice_servers: Vec<IceServer>) {
        if self.ice_servers != ice_servers {
            self.ice_servers = ice_servers;
            self.spare = None;
        }
    }

    /// Makes ready to offer to the next member, or to answer it, at a time when nobody waits for anything.
    pub fn warm_up(&mut self, role: Role) {
        if self
            .spare
            .as_ref()
            .is_some_and(|(_, ready_to, _)| *ready_to == role)
        {
            return;
        }
        self.spare = self.make(Route::Any).map(|(number, live)| (number, role, live));
        if let (Some((_, _, live)), Role::Offerer) = (&self.spare, role) {
            live.push(Work::PrepareOffer);
        }
    }

    /// Sends these tracks from now on. Not a new handshake: only what the senders send is replaced.
    /// Returns whether the microphone's track is another one than before.
    pub fn set_tracks(&mut self, tracks: Tracks<P::Track>) -> bool {
        let before = self.tracks.replace(tracks);
        let now = self.tracks.borrow();
        let changed = |slot: &Slot| before.number(*slot) != now.number(*slot);
        for slot in Slot::ALL.into_iter().filter(changed) {
            let spare = self.spare.iter().map(|(_, _, live)| live);
            for live in self.live.values().chain(spare) {
                live.push(Work::Replace(slot));
            }
        }
        changed(&Slot::Microphone)
    }

    /// Sets the senders to what is said for everybody, where that is something else than before.
    pub fn encode(&mut self, encoding: impl Fn(&MemberId, Slot) -> RtpEncodingParameters) {
        for live in self.live.values_mut() {
            let Some(owner) = live.owner.borrow().clone() else {
                continue;
            };
            for (slot, before) in Slot::ALL.into_iter().zip(&mut live.encodings) {
                let wanted = encoding(&owner.peer, slot);
                if *before != wanted {
                    *before = wanted;
                    // The worker ends only when the connection is dropped.
                    let _ = live.work.unbounded_send(Work::Encode(slot, wanted));
                }
            }
        }
    }

    /// Performs an operation, after those that were asked for before.
    pub fn perform(&mut self, peer: MemberId, handshake: HandshakeId, operation: Operation) {
        let owner = Owner { peer, handshake };
        match operation {
            Operation::Create(role, route) => self.create(owner, role, route),
            Operation::Close => self.live.retain(|_, live| !live.is_of(&owner)),
            Operation::Restart(ref handshake, _) => {
                if let Some(live) = self.live.values().find(|live| live.is_of(&owner)) {
                    let handshake = handshake.clone();
                    live.push(Work::Operate(handshake.clone(), operation));
                    live.owner.replace(Some(Owner { handshake, ..owner }));
                }
            }
            Operation::CreateOffer
            | Operation::CreateAnswer
            | Operation::SetLocalDescription(_)
            | Operation::SetRemoteDescription(_)
            | Operation::AddIceCandidate(_) => {
                if let Some(live) = self.live.values().find(|live| live.is_of(&owner)) {
                    live.push(Work::Operate(owner.handshake, operation));
                }
            }
        }
    }

    /// Tells whose connection has this number, if it is still somebody's.
    pub fn owner(&self, number: u64) -> Option<(MemberId, HandshakeId)> {
        let Owner { peer, handshake } = self.live.get(&number)?.owner.borrow().clone()?;
        Some((peer, handshake))
    }

    /// How loud everybody is at the moment, from 0 to 1.
    pub fn audio_levels(&self) -> impl Iterator<Item = (MemberId, f32)> {
        self.live.values().filter_map(|live| {
            let voice = live.connection.transceivers().into_iter().next()?;
            let owner = live.owner.borrow();
            Some((owner.as_ref()?.peer.clone(), voice.audio_level()?))
        })
    }

    /// All that are somebody's, by their numbers.
    pub fn all(&self) -> Vec<(u64, Rc<P::PeerConnection>)> {
        let all = self.live.iter();
        all.map(|(number, live)| (*number, live.connection.clone()))
            .collect()
    }

    /// The data channel of the connection with this number, if there are both.
    pub fn channel(&self, number: u64) -> Option<Rc<dyn DataChannel>> {
        self.live.get(&number)?.channel.clone()
    }

    /// The numbers of all, in the order in which they were made.
    pub fn numbers(&self) -> Vec<u64> {
        self.live.keys().copied().collect()
    }

    /// Tells whether there is anybody to listen to.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// Closes all of them, the spare one as well.
    pub fn close(&mut self) {
        self.live.clear();
        self.spare = None;
    }

    fn create(&mut self, owner: Owner, role: Role, route: Route) {
        // Without a relay that could be gone through, nothing would ever be found.
        let relay = route == Route::Relay && self.ice_servers.iter().any(IceServer::is_relay);
        let spare = (self.spare).take_if(|(_, ready_to, _)| *ready_to == role && !relay);
        let route = if relay { Route::Relay } else { Route::Any };
        let made = spare
            .map(|(number, _, live)| (number, live))
            .or_else(|| self.make(route));
        let Some((number, mut live)) = made else {
            self.io.report(Happening::Performed(owner.failed()));
            return;
        };
        live.owner.replace(Some(owner));
        let events = self.io.events(move |event| Happening::Channel(number, event));
        // Somebody without files is somebody to talk to all the same.
        live.channel = live.connection.data_channel(LOW, events).ok();
        self.live.insert(number, live);
    }

    fn make(&mut self, route: Route) -> Option<(u64, Live<P>)> {
        self.number += 1;
        let number = self.number;
        let gathers = Gathers::default();
        let of = Rc::clone(&gathers);
        let events = self.io.events(move |event: PeerConnectionEvent| {
            Happening::Connection(number, of.borrow().clone(), event)
        });
        match (self.io.platform).peer_connection(&self.ice_servers, route, events) {
            Ok(connection) => Some((number, self.start(connection, gathers))),
            Err(exception) => {
                tracing::error!(%exception, "peer connection cannot be made");
                None
            }
        }
    }

    fn start(&self, connection: P::PeerConnection, gathers: Gathers) -> Live<P> {
        let connection = Rc::new(connection);
        let owner = Rc::default();
        let (work, pending) = mpsc::unbounded();
        let worker = Worker {
            io: self.io.clone(),
            connection: connection.clone(),
            gathers,
            owner: Rc::clone(&owner),
            tracks: self.tracks.clone(),
            offer: None,
            encodings: <_>::default(),
        };
        let (abort, registration) = AbortHandle::new_pair();
        let working = Abortable::new(worker.work(pending), registration);
        self.io.spawn(async move {
            // Aborted or done: either way there is nothing more to do for this connection.
            let _ = working.await;
        });
        Live {
            owner,
            connection,
            channel: None,
            work,
            abort,
            encodings: <_>::default(),
        }
    }
}

impl<P: Platform> Live<P> {
    fn is_of(&self, owner: &Owner) -> bool {
        self.owner.borrow().as_ref() == Some(owner)
    }

    fn push(&self, work: Work) {
        // The worker ends only when the connection is dropped.
        let _ = self.work.unbounded_send(work);
    }
}

impl<P: Platform> Drop for Live<P> {
    fn drop(&mut self) {
        self.abort.abort();
        self.connection.close();
    }
}

impl<T> Default for Tracks<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Tracks<T> {
    /// Puts together what the person sends of itself, and what of a screen.
    pub fn new(
        [microphone, camera]: [Option<(u64, T)>; 2],
        [screen, screen_sound]: [Option<(u64, T)>; 2],
    ) -> Self {
        let all = [
            (Slot::Microphone, microphone),
            (Slot::Camera, camera),
            (Slot::Screen, screen),
            (Slot::ScreenSound, screen_sound),
        ];
        let sent = all.into_iter().filter_map(|(slot, track)| Some((slot, track?)));
        Self(sent.collect())
    }

    fn number(&self, slot: Slot) -> Option<u64> {
        self.0.get(&slot).map(|(number, _)| *number)
    }

    pub fn track(&self, slot: Slot) -> Option<&T> {
        self.0.get(&slot).map(|(_, track)| track)
    }
}
