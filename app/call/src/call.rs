//! Who is in the call: members come, change and go. What happens between two of them is in [`crate::handshake`].

use crate::output::{Event, Operation, Output};
use crate::patience;
use crate::peer::{Peer, Phase};
use crate::{ConnectionState, Input};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use wire::{ClientMessage, MediaState, Member, MemberId};

/// One participant's call: who is there, and how the connection to each of them is.
#[derive(Debug, Default)]
pub struct Call {
    pub(crate) me: Option<MemberId>,
    /// The signaling socket carries, and we are in the room.
    pub(crate) online: bool,
    /// The attempts that we have made; it names the next one.
    pub(crate) attempts: u32,
    pub(crate) peers: BTreeMap<MemberId, Peer>,
    /// The latest attempt of each member that we took up; an accept of an earlier one is late or a duplicate. Kept
    /// for members that are gone, and after a hang-up: they may come back, and so may what they have said.
    pub(crate) seen: BTreeMap<MemberId, u32>,
    outputs: VecDeque<Output>,
}

impl Call {
    /// Makes a call in which nobody is yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what happened. `now` is the time since any fixed point, and never runs backwards.
    ///
    /// Like [`Call::handle_timeout`] it begins a chunk of the web build (`dc.sh`), so it must stay a function.
    #[inline(never)]
    pub fn handle_input(&mut self, now: Duration, input: Input) {
        match input {
            Input::Joined { me, resumed, members } => self.joined(now, me, resumed, members),
            Input::Join { member } => self.member_joins(now, member),
            Input::Media { member, media } => self.member_sends(&member, media),
            Input::Away { member } => self.member_is_away(&member),
            Input::Leave { member } => self.remove(&member),
            Input::Doubted { peer } => self.doubt(now, &peer),
            Input::SocketLost => self.socket_lost(),
            Input::Hangup => self.hang_up(),

            Input::Accept {
                from,
                handshake,
                keep: true,
                ..
            } => self.receive_keep(now, &from, &handshake),
            Input::Accept {
                from,
                handshake,
                keep: false,
                restart,
            } => self.receive_accept(now, &from, handshake, restart.as_ref()),
            Input::OfferCreated { peer, handshake, sdp } => self.save_offer(&peer, &handshake, sdp),
            Input::Offer {
                from,
                handshake,
                sdp,
                restart,
            } => self.receive_offer(now, &from, &handshake, sdp, restart),
            Input::AnswerCreated { peer, handshake, sdp } => self.save_own_answer(&peer, &handshake, sdp),
            Input::LocalDescriptionSet { peer, handshake } => self.send_description(now, &peer, &handshake),
            Input::Answer { from, handshake, sdp } => self.receive_answer(&from, &handshake, sdp),
            Input::RemoteDescriptionSet { peer, handshake } => self.described(now, &peer, &handshake),
            Input::LocalCandidate {
                peer,
                handshake,
                candidate,
            } => {
                self.send_candidate(&peer, &handshake, candidate);
            }
            Input::Candidate {
                from,
                handshake,
                candidate,
            } => {
                self.receive_candidate(&from, &handshake, candidate);
            }
            Input::ConnectionStateChanged {
                peer,
                handshake,
                state,
            } => {
                self.state_changed(now, &peer, &handshake, state);
            }
            Input::OperationFailed { peer, handshake } => self.operation_failed(now, &peer, &handshake),
        }
    }

    /// Does what is due at `now`.
    #[inline(never)]
    pub fn handle_timeout(&mut self, now: Duration) {
        let due = |time: Option<Duration>| time.is_some_and(|time| time <= now);
        let gone: Vec<_> = self
            .peers
            .values()
            .filter(|peer| due(peer.absent))
            .map(id)
            .collect();
        for id in gone {
            self.remove(&id);
        }
        let late: Vec<_> = self
            .peers
            .values()
            .filter(|peer| due(peer.deadline))
            .map(id)
            .collect();
        for id in late {
            self.start_over(now, &id);
        }
    }

    /// Says when [`Call::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.peers
            .values()
            .flat_map(|peer| [peer.deadline, peer.absent])
            .flatten()
            .min()
    }

    /// Takes the next thing to do; `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Step 1, seen from here: the server has announced us to those who are there, and names them to us.
    fn joined(&mut self, now: Duration, me: MemberId, resumed: bool, members: Vec<Member>) {
        if self.me.as_ref().is_some_and(|before| *before != me) {
            // The server took us for somebody new, and so do the others: nothing of before is of use to them.
            self.forget_everyone();
        }
        tracing::info!(%me, resumed, others = members.len(), "1 joined");
        self.me = Some(me);
        self.online = true;
        self.mark_absent(now, resumed, &members);
        for member in members {
            self.enlist(now, member);
        }
    }

    /// After a gap: members that the server does not name have left if it knew us all the time; if it has lost its
    /// memory they may be on their way back just as we were.
    fn mark_absent(&mut self, now: Duration, resumed: bool, named: &[Member]) {
        let missing: Vec<_> = self
            .peers
            .keys()
            .filter(|id| !named.iter().any(|member| member.id == **id))
            .cloned()
            .collect();
        for id in missing {
            if resumed {
                self.remove(&id);
            } else if let Some(peer) = self.peers.get_mut(&id) {
                peer.absent = Some(now + patience::ABSENCE);
                self.member_is_away(&id);
            }
        }
    }

    /// Step 3-1, ahead of time: registers a member that was here before us. Its accept is on its way.
    fn enlist(&mut self, now: Duration, member: Member) {
        let id = member.id.clone();
        let away = member.away;
        self.register(member);
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if peer.healthy().is_some() {
            // Whether it holds the same connection its accept will say. What waited for the socket goes out now.
            self.flush_candidates(&id);
            self.expect_media(now, &id);
            return;
        }
        self.drop_connection(&id);
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.deadline = (!away).then(|| now + patience::handshake(peer.failures));
    }

    /// Step 2: a member came in, or came back.
    fn member_joins(&mut self, now: Duration, member: Member) {
        if !self.online || self.me.as_ref() == Some(&member.id) {
            return;
        }
        let id = member.id.clone();
        self.register(member);
        self.accept(now, &id);
    }

    /// Steps 2-1 and 3-1.
    fn register(&mut self, member: Member) {
        tracing::info!(peer = %member.id, "2-1, 3-1 register member");
        match self.peers.get_mut(&member.id) {
            Some(peer) => {
                peer.absent = None;
                if peer.member != member {
                    peer.member = member.clone();
                    self.tell(Event::Changed(member));
                }
            }
            None => {
                self.peers.insert(member.id.clone(), Peer::new(member.clone()));
                self.tell(Event::Registered(member));
            }
        }
    }

    fn member_sends(&mut self, id: &MemberId, media: MediaState) {
        self.change(id, |member| member.media = media);
    }

    fn member_is_away(&mut self, id: &MemberId) {
        self.change(id, |member| member.away = true);
    }

    fn change(&mut self, id: &MemberId, change: impl FnOnce(&mut Member)) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let before = peer.member.clone();
        change(&mut peer.member);
        if peer.member != before {
            let member = peer.member.clone();
            self.tell(Event::Changed(member));
        }
    }

    fn remove(&mut self, id: &MemberId) {
        self.close(id);
        if self.peers.remove(id).is_some() {
            tracing::info!(peer = %id, "member is gone");
            self.tell(Event::Removed(id.clone()));
        }
    }

    /// Connections go on by themselves. Nothing is tried until we are back: nobody would hear of it.
    fn socket_lost(&mut self) {
        self.online = false;
        for peer in self.peers.values_mut() {
            peer.deadline = None;
            peer.absent = None;
        }
    }

    fn hang_up(&mut self) {
        self.send(ClientMessage::Leave);
        self.forget_everyone();
        self.me = None;
        self.online = false;
    }

    fn forget_everyone(&mut self) {
        for id in self.peers.keys().cloned().collect::<Vec<_>>() {
            self.remove(&id);
        }
    }

    /// Closes the connection of a member that stays, and tells that its tracks are void.
    pub(crate) fn drop_connection(&mut self, id: &MemberId) {
        if self.close(id) {
            self.tell(Event::Restarted { peer: id.clone() });
        }
        if let Some(peer) = self.peers.get_mut(id) {
            peer.phase = Phase::Idle;
            peer.deadline = None;
        }
    }

    fn close(&mut self, id: &MemberId) -> bool {
        let connection = match self.peers.get(id).map(|peer| &peer.phase) {
            Some(
                Phase::Connecting(connection)
                | Phase::Awaiting {
                    kept: Some(connection),
                    ..
                },
            ) => connection,
            Some(Phase::Idle | Phase::Declining(_) | Phase::Awaiting { .. }) | None => return false,
        };
        let handshake = connection.handshake.clone();
        self.operate(id, &handshake, Operation::Close);
        true
    }

    pub(crate) fn operate(&mut self, peer: &MemberId, handshake: &wire::HandshakeId, operation: Operation) {
        self.outputs.push_back(Output::Peer {
            peer: peer.clone(),
            handshake: handshake.clone(),
            operation,
        });
    }

    /// Sends, if there is somebody to send to. What must not be lost is sent again by the steps that follow
    /// [`Input::Joined`].
    pub(crate) fn send(&mut self, message: ClientMessage) {
        if self.online {
            self.outputs.push_back(Output::Send(message));
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn state_changed(
        &mut self,
        now: Duration,
        id: &MemberId,
        handshake: &wire::HandshakeId,
        state: ConnectionState,
    ) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let waits = peer.kept(handshake).is_some();
        let connection = if waits {
            peer.kept(handshake)
        } else {
            peer.connection(handshake)
        };
        let Some(connection) = connection else {
            return;
        };
        if connection.state == state {
            return;
        }
        connection.state = state;
        tracing::info!(peer = %id, %handshake, ?state, "connection");
        match state {
            // Its ICE is about to be restarted, whatever becomes of it now.
            _ if waits => {}
            ConnectionState::Connected => {
                peer.failures = 0;
                if peer.healthy().is_some() {
                    peer.deadline = None;
                }
            }
            ConnectionState::Failed => peer.deadline = Some(now + patience::rest(peer.failures)),
            ConnectionState::New
            | ConnectionState::Connecting
            | ConnectionState::Disconnected
            | ConnectionState::Closed => {}
        }
        self.tell(Event::Connection {
            peer: id.clone(),
            state,
        });
    }
}

fn id(peer: &Peer) -> MemberId {
    peer.member.id.clone()
}
