//! Performs the operations of one connection, one after another.

use super::{
    connections::Tracks,
    io::{Happening, Io},
};
use crate::platform::{Exception, PeerConnection, Platform, RtpEncodingParameters, RtpTransceiver, Slot};
use call::{Input, Operation, Role};
use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{LocalBoxFuture, join, join_all},
};
use std::{cell::RefCell, rc::Rc};
use wire::{HandshakeId, MemberId, Sdp};

/// What is offered: what every member has (RFC 7742 §5, RFC 7874 §3), and what mends it. Each codec more makes every description
/// longer, and both sides slower to save it.
const CODECS: [&str; 5] = [
    "audio/opus",
    "video/vp8",
    "video/rtx",
    "video/red",
    "video/ulpfec",
];

/// Performs the operations of one connection.
pub(super) struct Worker<P: Platform> {
    pub io: Io<P>,
    /// Empty while the connection is a spare one.
    pub owner: Rc<RefCell<Option<Owner>>>,
    pub connection: Rc<P::PeerConnection>,
    pub gathers: Gathers,
    pub tracks: Rc<RefCell<Tracks<P::Track>>>,
    /// The offer that was made before anybody asked for it.
    pub offer: Option<Sdp>,
    /// What the senders are set to.
    pub encodings: [RtpEncodingParameters; Slot::ALL.len()],
}

/// Whose connection it is, and of which attempt.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub peer: MemberId,
    pub handshake: HandshakeId,
}

/// The attempt whose candidates a connection finds.
pub(super) type Gathers = Rc<RefCell<Option<HandshakeId>>>;

/// Something to do.
pub(super) enum Work {
    /// Make an offer, to have it at hand.
    PrepareOffer,
    /// Perform this for that attempt.
    Operate(HandshakeId, Operation),
    Replace(Slot),
    /// Set a sender to this.
    Encode(Slot, RtpEncodingParameters),
}

impl Owner {
    pub fn failed(&self) -> Input {
        let Self { peer, handshake } = self.clone();
        Input::OperationFailed { peer, handshake }
    }
}

impl<P: Platform> Worker<P> {
    /// Works until the connection is dropped.
    pub async fn work(mut self, mut pending: mpsc::UnboundedReceiver<Work>) {
        while let Some(work) = pending.next().await {
            match work {
                Work::PrepareOffer => match self.create_offer().await {
                    Ok(offer) => self.offer = Some(offer),
                    // It is tried again when it is needed, and failure is reported then.
                    Err(exception) => tracing::debug!(%exception, "offer is not prepared"),
                },
                Work::Operate(handshake, operation) => {
                    if let Some(input) = self.operate(handshake, operation).await {
                        self.io.report(Happening::Performed(input));
                    }
                }
                Work::Replace(slot) => self.replace(slot).await,
                Work::Encode(slot, encoding) => {
                    if let Some(set) = self.encodings.get_mut(slot as usize) {
                        *set = encoding;
                    }
                    self.encode(slot).await;
                }
            }
        }
    }

    /// Performs one operation. Nobody has any before a room: it begins a chunk of the web build (`dc.sh`), so it must stay a
    /// function, and what it returns must not be a type that its caller knows.
    #[inline(never)]
    fn operate(&mut self, handshake: HandshakeId, operation: Operation) -> LocalBoxFuture<'_, Option<Input>> {
        self.performed(handshake, operation).boxed_local()
    }

    async fn performed(&mut self, handshake: HandshakeId, operation: Operation) -> Option<Input> {
        let peer = self.owner.borrow().as_ref()?.peer.clone();
        let owner = Owner {
            peer: peer.clone(),
            handshake: handshake.clone(),
        };
        let result = match operation {
            Operation::CreateOffer => {
                let offer = match self.offer.take() {
                    Some(offer) => Ok(offer),
                    None => self.create_offer().await,
                };
                offer.map(|sdp| Input::OfferCreated { peer, handshake, sdp })
            }
            Operation::CreateAnswer => {
                // The answer tells that something is sent, whatever it is: it need not wait for the tracks.
                let filled = self.answer_media();
                let (answer, ()) = join(self.connection.create_answer(), filled).await;
                answer.map(|sdp| Input::AnswerCreated { peer, handshake, sdp })
            }
            Operation::SetLocalDescription(description) => {
                self.gathers.replace(Some(handshake.clone()));
                let set = self.connection.set_local_description(&description).await;
                set.map(|()| Input::LocalDescriptionSet { peer, handshake })
            }
            Operation::SetRemoteDescription(description) => self
                .connection
                .set_remote_description(&description)
                .await
                .map(|()| Input::RemoteDescriptionSet { peer, handshake }),
            Operation::AddIceCandidate(candidate) => {
                if let Err(exception) = self.connection.add_ice_candidate(&candidate).await {
                    tracing::debug!(%peer, %exception, "candidate is not added");
                }
                return None;
            }
            Operation::Restart(_, Role::Offerer) => {
                self.connection.restart_ice();
                return None;
            }
            // The offer asks for it, or it is done without a worker.
            Operation::Restart(_, Role::Answerer) | Operation::Create(..) | Operation::Close => return None,
        };
        Some(result.unwrap_or_else(|exception| {
            tracing::warn!(peer = %owner.peer, handshake = %owner.handshake, %exception, "operation failed");
            owner.failed()
        }))
    }

    async fn create_offer(&self) -> Result<Sdp, Exception> {
        if self.connection.transceivers().is_empty() {
            self.offer_media();
        }
        self.connection.create_offer().await
    }

    /// Offers to send and receive whatever a member may ever send, however little that is now.
    fn offer_media(&self) {
        for slot in Slot::ALL {
            let track = self.tracks.borrow().track(slot).cloned();
            match self.connection.add_transceiver(slot.kind(), track.as_ref()) {
                Ok(transceiver) => transceiver.set_codec_preferences(slot.kind(), &CODECS),
                Err(exception) => tracing::warn!(%exception, ?slot, "transceiver is not added"),
            }
        }
    }

    /// Answers in kind. The offer has made the transceivers, which would only receive if they were left alone.
    fn answer_media(&self) -> impl Future<Output = ()> {
        let transceivers = self.connection.transceivers();
        transceivers.iter().for_each(RtpTransceiver::set_sendrecv);
        async move {
            let all = transceivers.iter().zip(Slot::ALL);
            join_all(all.map(|(transceiver, slot)| self.fill(transceiver, slot))).await;
            for (slot, encoding) in Slot::ALL.into_iter().zip(self.encodings) {
                if encoding != RtpEncodingParameters::default() {
                    self.encode(slot).await;
                }
            }
        }
    }

    /// Sets a sender to what it is to be set to. A connection that has no senders yet sets them once it has.
    async fn encode(&self, slot: Slot) {
        let place = slot as usize;
        let transceivers = self.connection.transceivers();
        let (Some(transceiver), Some(encoding)) = (transceivers.get(place), self.encodings.get(place)) else {
            return;
        };
        if let Err(exception) = transceiver.set_parameters(encoding).await {
            tracing::warn!(%exception, ?slot, "sender is not set");
        }
    }

    async fn replace(&self, slot: Slot) {
        let transceivers = self.connection.transceivers();
        let all = transceivers.iter().zip(Slot::ALL);
        for (transceiver, _) in all.filter(|(_, of)| *of == slot) {
            self.fill(transceiver, slot).await;
        }
    }

    async fn fill(&self, transceiver: &<P::PeerConnection as PeerConnection>::Transceiver, slot: Slot) {
        let track = self.tracks.borrow().track(slot).cloned();
        if let Err(exception) = transceiver.replace_track(track.as_ref()).await {
            tracing::warn!(%exception, ?slot, "track is not replaced");
        }
    }
}
