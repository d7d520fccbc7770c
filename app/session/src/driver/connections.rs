//! The peer connections: one worker for each, which performs its operations one after another.

use super::io::{Happening, Io};
use crate::platform::{MediaKind, PeerConnection, PeerConnectionEvent, Platform, RtpTransceiver};
use call::{Input, Operation};
use futures::{
    StreamExt,
    channel::mpsc,
    future::{AbortHandle, Abortable, join_all},
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wire::{HandshakeId, IceServer, MemberId};

/// What this side sends: each track under a number that changes with it.
pub(super) struct Tracks<T> {
    pub audio: Option<(u64, T)>,
    pub video: Option<(u64, T)>,
}

/// The peer connections.
pub(super) struct Connections<P: Platform> {
    io: Io<P>,
    ice_servers: Vec<IceServer>,
    tracks: Rc<RefCell<Tracks<P::Track>>>,
    /// Tells connections apart; a connection has its number before it is anybody's.
    number: u64,
    live: BTreeMap<u64, Live<P>>,
    /// A connection that is nobody's yet: its certificate is made before there is any hurry.
    spare: Option<(u64, P::PeerConnection)>,
}

struct Live<P: Platform> {
    peer: MemberId,
    handshake: HandshakeId,
    connection: Rc<P::PeerConnection>,
    work: mpsc::UnboundedSender<Work>,
    abort: AbortHandle,
}

enum Work {
    Operate(Operation),
    Replace(MediaKind),
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

    /// Makes ready for the next member, at a time when nobody waits for anything.
    pub fn warm_up(&mut self) {
        if self.spare.is_none() {
            self.spare = self.make();
        }
    }

    /// Sends these tracks from now on. Not a new handshake: only what the senders send is replaced.
    /// Returns whether the microphone's track is another one than before.
    pub fn set_tracks(&mut self, tracks: Tracks<P::Track>) -> bool {
        let number = |track: &Option<(u64, P::Track)>| track.as_ref().map(|(number, _)| *number);
        let before = self.tracks.replace(tracks);
        let now = self.tracks.borrow();
        let audio = number(&before.audio) != number(&now.audio);
        let video = number(&before.video) != number(&now.video);
        for (kind, changed) in [(MediaKind::Audio, audio), (MediaKind::Video, video)] {
            for live in self.live.values().filter(|_| changed) {
                live.push(Work::Replace(kind));
            }
        }
        audio
    }

    /// Performs an operation, after those that were asked for before.
    pub fn perform(&mut self, peer: MemberId, handshake: HandshakeId, operation: Operation) {
        match operation {
            Operation::Create => self.create(peer, handshake),
            Operation::Close => self
                .live
                .retain(|_, live| live.peer != peer || live.handshake != handshake),
            Operation::CreateOffer
            | Operation::CreateAnswer
            | Operation::SetLocalDescription(_)
            | Operation::SetRemoteDescription(_)
            | Operation::AddIceCandidate(_) => {
                let mut all = self.live.values();
                if let Some(live) = all.find(|live| live.peer == peer && live.handshake == handshake) {
                    live.push(Work::Operate(operation));
                }
            }
        }
    }

    /// Tells whose connection has this number, if it is still somebody's.
    pub fn owner(&self, number: u64) -> Option<(MemberId, HandshakeId)> {
        let live = self.live.get(&number)?;
        Some((live.peer.clone(), live.handshake.clone()))
    }

    /// Closes all of them, the spare one as well.
    pub fn close(&mut self) {
        self.live.clear();
        self.spare = None;
    }

    fn make(&mut self) -> Option<(u64, P::PeerConnection)> {
        self.number += 1;
        let number = self.number;
        let events = self
            .io
            .events(move |event: PeerConnectionEvent| Happening::Connection(number, event));
        match self.io.platform.peer_connection(&self.ice_servers, events) {
            Ok(connection) => Some((number, connection)),
            Err(exception) => {
                tracing::error!(%exception, "peer connection cannot be made");
                None
            }
        }
    }

    fn create(&mut self, peer: MemberId, handshake: HandshakeId) {
        let spare = self.spare.take();
        let Some((number, connection)) = spare.or_else(|| self.make()) else {
            self.io
                .report(Happening::Performed(Input::OperationFailed { peer, handshake }));
            return;
        };
        let connection = Rc::new(connection);
        let (work, pending) = mpsc::unbounded();
        let worker = Worker {
            io: self.io.clone(),
            peer: peer.clone(),
            handshake: handshake.clone(),
            connection: connection.clone(),
            tracks: self.tracks.clone(),
        };
        let (abort, registration) = AbortHandle::new_pair();
        let working = Abortable::new(worker.work(pending), registration);
        self.io.spawn(async move {
            // Aborted or done: either way there is nothing more to do for this connection.
            let _ = working.await;
        });
        self.live.insert(
            number,
            Live {
                peer,
                handshake,
                connection,
                work,
                abort,
            },
        );
    }
}

impl<P: Platform> Live<P> {
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
        Self {
            audio: None,
            video: None,
        }
    }
}

impl<T: Clone> Tracks<T> {
    fn of(&self, kind: MediaKind) -> Option<T> {
        let track = match kind {
            MediaKind::Audio => &self.audio,
            MediaKind::Video => &self.video,
        };
        track.as_ref().map(|(_, track)| track.clone())
    }
}

/// Performs the operations of one connection.
struct Worker<P: Platform> {
    io: Io<P>,
    peer: MemberId,
    handshake: HandshakeId,
    connection: Rc<P::PeerConnection>,
    tracks: Rc<RefCell<Tracks<P::Track>>>,
}

impl<P: Platform> Worker<P> {
    async fn work(self, mut pending: mpsc::UnboundedReceiver<Work>) {
        while let Some(work) = pending.next().await {
            match work {
                Work::Operate(operation) => {
                    if let Some(input) = self.operate(operation).await {
                        self.io.report(Happening::Performed(input));
                    }
                }
                Work::Replace(kind) => self.replace(kind).await,
            }
        }
    }

    async fn operate(&self, operation: Operation) -> Option<Input> {
        let (peer, handshake) = (self.peer.clone(), self.handshake.clone());
        let connection = &self.connection;
        let result = match operation {
            Operation::CreateOffer => {
                self.offer_media();
                connection
                    .create_offer()
                    .await
                    .map(|sdp| Input::OfferCreated { peer, handshake, sdp })
            }
            Operation::CreateAnswer => {
                self.answer_media().await;
                connection
                    .create_answer()
                    .await
                    .map(|sdp| Input::AnswerCreated { peer, handshake, sdp })
            }
            Operation::SetLocalDescription(description) => connection
                .set_local_description(&description)
                .await
                .map(|()| Input::LocalDescriptionSet { peer, handshake }),
            Operation::SetRemoteDescription(description) => connection
                .set_remote_description(&description)
                .await
                .map(|()| Input::RemoteDescriptionSet { peer, handshake }),
            Operation::AddIceCandidate(candidate) => {
                if let Err(exception) = connection.add_ice_candidate(&candidate).await {
                    tracing::debug!(peer = %self.peer, %exception, "candidate is not added");
                }
                return None;
            }
            // Both are done without a worker.
            Operation::Create | Operation::Close => return None,
        };
        Some(result.unwrap_or_else(|exception| {
            tracing::warn!(peer = %self.peer, handshake = %self.handshake, %exception, "operation failed");
            Input::OperationFailed {
                peer: self.peer.clone(),
                handshake: self.handshake.clone(),
            }
        }))
    }

    /// Offers to send and receive both kinds, whatever there is to send now: nothing that a person switches on later
    /// needs another handshake.
    fn offer_media(&self) {
        for kind in [MediaKind::Audio, MediaKind::Video] {
            let track = self.tracks.borrow().of(kind);
            if let Err(exception) = self.connection.add_transceiver(kind, track.as_ref()) {
                tracing::warn!(peer = %self.peer, %exception, ?kind, "transceiver is not added");
            }
        }
    }

    /// Answers in kind. The offer has made the transceivers, which would only receive if they were left alone.
    async fn answer_media(&self) {
        let transceivers = self.connection.transceivers();
        for transceiver in &transceivers {
            transceiver.set_sendrecv();
        }
        join_all(transceivers.iter().map(|transceiver| self.fill(transceiver))).await;
    }

    async fn replace(&self, kind: MediaKind) {
        for transceiver in self.connection.transceivers() {
            if transceiver.kind() == kind {
                self.fill(&transceiver).await;
            }
        }
    }

    async fn fill(&self, transceiver: &<P::PeerConnection as PeerConnection>::Transceiver) {
        let track = self.tracks.borrow().of(transceiver.kind());
        if let Err(exception) = transceiver.replace_track(track.as_ref()).await {
            tracing::warn!(peer = %self.peer, %exception, "track is not replaced");
        }
    }
}
