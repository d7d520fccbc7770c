//! The side of a connection that lives on Tokio.

use super::{
    channel::{self, Far},
    engine,
    incoming::Feeds,
    lips::SenderReports,
    receiving,
    sending::{Outlet, codec},
};
use crate::media::hub::Budget;
use call::{ConnectionState, Description, Route};
use futures::StreamExt;
use futures::channel::{
    mpsc::{UnboundedReceiver, UnboundedSender},
    oneshot,
};
use rtc::shared::error::Error;
use session::platform::{Exception, Slot};
use std::sync::Arc;
use webrtc::{
    media_stream::{track_local::TrackLocal, track_remote::TrackRemote},
    peer_connection::{
        PeerConnection, PeerConnectionEventHandler, RTCIceCandidateInit, RTCPeerConnectionIceEvent,
        RTCPeerConnectionState, RTCSessionDescription,
    },
};
use wire::{IceCandidate, IceServer, Sdp};

/// What the session asks for; the operations of the W3C interface, performed one after another.
pub enum Order {
    AddTransceiver(Outlet),
    CreateOffer(Reply<Sdp>),
    CreateAnswer(Reply<Sdp>),
    SetLocalDescription(Description, Reply<()>),
    SetRemoteDescription(Description, Reply<()>),
    AddIceCandidate(IceCandidate, Reply<()>),
    RestartIce,
}

/// How an order ends.
pub type Reply<T> = oneshot::Sender<Result<T, Exception>>;

/// What the session is told.
pub enum Happened {
    Candidate(IceCandidate),
    State(ConnectionState),
}

/// What webrtc reports.
enum Event {
    Candidate(RTCPeerConnectionIceEvent),
    State(RTCPeerConnectionState),
    Track(Arc<dyn TrackRemote>),
}

/// What an actor is made with.
pub struct Setup {
    pub ice_servers: Vec<IceServer>,
    pub route: Route,
    pub orders: UnboundedReceiver<Order>,
    pub happened: UnboundedSender<Happened>,
    pub feeds: Feeds,
    pub channel: Far,
}

/// Runs a connection until the session drops its end.
pub async fn run(mut setup: Setup) {
    let (reporter, mut events) = futures::channel::mpsc::unbounded();
    let budget = Budget::default();
    let reports = SenderReports::default();
    let made = engine::connection(
        &setup.ice_servers,
        setup.route,
        Arc::new(Reporter(reporter)),
        budget.clone(),
        reports.clone(),
    )
    .await;
    let connection = match made {
        Ok(connection) => connection,
        Err(error) => {
            tracing::error!(%error, "peer connection cannot be made");
            while let Some(order) = setup.orders.next().await {
                order.refuse(&error);
            }
            return;
        }
    };
    // It is made before the first offer, so that there is never a second one.
    match connection
        .create_data_channel(channel::LABEL, Some(channel::negotiated()))
        .await
    {
        Ok(remote) => {
            tokio::spawn(setup.channel.run(remote));
        }
        // Somebody without files is somebody to talk to all the same.
        Err(error) => tracing::warn!(%error, "there is no data channel"),
    }
    let mut actor = Actor {
        connection,
        budget,
        reports,
        happened: setup.happened,
        feeds: setup.feeds,
        outlets: Vec::new(),
        mids: Vec::new(),
        sends: false,
        broken: None,
    };
    loop {
        tokio::select! {
            order = setup.orders.next() => match order {
                Some(order) => actor.obey(order).await,
                None => break,
            },
            event = events.next() => match event {
                Some(event) => actor.heed(event).await,
                None => break,
            },
        }
    }
    if let Err(error) = actor.connection.close().await {
        tracing::debug!(%error, "closing");
    }
}

struct Actor {
    connection: Arc<dyn PeerConnection>,
    budget: Budget,
    /// When what comes in was captured.
    reports: SenderReports,
    happened: UnboundedSender<Happened>,
    feeds: Feeds,
    outlets: Vec<Outlet>,
    /// The names of the media in the other side's description, in their order.
    mids: Vec<String>,
    sends: bool,
    /// Why a transceiver could not be added.
    broken: Option<Exception>,
}

impl Actor {
    async fn obey(&mut self, order: Order) {
        // Nobody waits for an answer once the session has dropped the operation.
        match order {
            Order::AddTransceiver(outlet) => self.add(outlet).await,
            Order::CreateOffer(reply) => {
                let offer = self.connection.create_offer(None).await;
                let _ = reply.send(self.described(offer));
            }
            Order::CreateAnswer(reply) => {
                let answer = self.connection.create_answer(None).await;
                let _ = reply.send(self.described(answer));
            }
            Order::SetLocalDescription(description, reply) => {
                let _ = reply.send(match read(&description) {
                    Ok(description) => {
                        let set = self.connection.set_local_description(description).await;
                        set.map_err(|error| exception(&error))
                    }
                    Err(exception) => Err(exception),
                });
            }
            Order::SetRemoteDescription(description, reply) => {
                let _ = reply.send(self.set_remote_description(&description).await);
            }
            Order::AddIceCandidate(candidate, reply) => {
                let _ = reply.send(self.add_ice_candidate(candidate).await);
            }
            Order::RestartIce => {
                if let Err(error) = self.connection.restart_ice().await {
                    tracing::warn!(%error, "ICE is not restarted");
                }
            }
        }
    }

    async fn add(&mut self, outlet: Outlet) {
        let track: Arc<dyn TrackLocal> = outlet.track.clone();
        match self.connection.add_transceiver_from_track(track, None).await {
            Ok(_) => {
                tokio::spawn(outlet.clone().heed());
                self.outlets.push(outlet);
            }
            Err(error) => self.broken = Some(exception(&error)),
        }
    }

    fn described(&self, made: Result<RTCSessionDescription, Error>) -> Result<Sdp, Exception> {
        if let Some(exception) = &self.broken {
            return Err(exception.clone());
        }
        let description = made.map_err(|error| exception(&error))?;
        Sdp::try_from(description.sdp).map_err(|error| Exception::new("OperationError", error.to_string()))
    }

    async fn set_remote_description(&mut self, description: &Description) -> Result<(), Exception> {
        let (Description::Offer(sdp) | Description::Answer(sdp)) = description;
        let mids = sdp
            .as_str()
            .lines()
            .filter_map(|line| line.strip_prefix("a=mid:"));
        self.mids = mids.map(|mid| mid.trim().to_owned()).collect();
        let set = self.connection.set_remote_description(read(description)?).await;
        set.map_err(|error| exception(&error))
    }

    async fn add_ice_candidate(&self, candidate: IceCandidate) -> Result<(), Exception> {
        // An empty one says that there are no more, which changes nothing.
        if candidate.candidate.is_empty() {
            return Ok(());
        }
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            ..RTCIceCandidateInit::default()
        };
        let added = self.connection.add_ice_candidate(candidate).await;
        added.map_err(|error| exception(&error))
    }

    async fn heed(&mut self, event: Event) {
        match event {
            Event::Candidate(event) => {
                if let Ok(candidate) = event.candidate.to_json() {
                    self.tell(Happened::Candidate(IceCandidate {
                        candidate: candidate.candidate,
                        sdp_mid: candidate.sdp_mid,
                        sdp_m_line_index: candidate.sdp_mline_index,
                        username_fragment: candidate.username_fragment,
                    }));
                }
            }
            Event::State(state) => {
                if state == RTCPeerConnectionState::Connected {
                    self.begin_to_send().await;
                }
                self.tell(Happened::State(connection_state(state)));
            }
            Event::Track(track) => self.receive(track).await,
        }
    }

    fn tell(&self, happened: Happened) {
        // The session may have dropped its end a moment ago.
        let _ = self.happened.unbounded_send(happened);
    }

    /// Sends through every slot, once it is settled under which number.
    async fn begin_to_send(&mut self) {
        if std::mem::replace(&mut self.sends, true) {
            return;
        }
        for outlet in &self.outlets {
            match self.payload_type(outlet).await {
                Some(payload_type) => {
                    tokio::spawn(outlet.clone().send(payload_type, self.budget.clone()));
                }
                None => tracing::warn!(slot = ?outlet.slot, "the other side takes none of our codecs"),
            }
        }
    }

    async fn payload_type(&self, outlet: &Outlet) -> Option<u8> {
        let wanted = codec(outlet.slot).mime_type;
        let id = outlet.track.track().await.track_id().clone();
        for sender in self.connection.get_senders().await {
            if sender.track().track_id().await != id {
                continue;
            }
            let parameters = sender.get_parameters().await.ok()?;
            let mut codecs = parameters.rtp_parameters.codecs.iter();
            let codec = codecs.find(|codec| codec.rtp_codec.mime_type.eq_ignore_ascii_case(&wanted))?;
            return Some(codec.payload_type);
        }
        None
    }

    async fn receive(&self, track: Arc<dyn TrackRemote>) {
        let Some(slot) = self.slot(&track).await else {
            tracing::warn!("a track came that was not negotiated");
            return;
        };
        if let Some(incoming) = self.feeds.get(&slot.feed()) {
            tokio::spawn(receiving::receive(
                track,
                slot,
                incoming.clone(),
                self.reports.clone(),
            ));
        }
    }

    /// Finds out what a track is for, by the place of its media in the description.
    async fn slot(&self, track: &Arc<dyn TrackRemote>) -> Option<Slot> {
        for transceiver in self.connection.get_transceivers().await {
            let receiver = transceiver.receiver().await.ok().flatten();
            if receiver.is_some_and(|receiver| Arc::ptr_eq(receiver.track(), track)) {
                let mid = transceiver.mid().await.ok().flatten()?;
                let place = self.mids.iter().position(|other| *other == mid)?;
                return Slot::ALL.get(place).copied();
            }
        }
        None
    }
}

impl Order {
    fn refuse(self, error: &Error) {
        let exception = exception(error);
        match self {
            Self::AddTransceiver(_) | Self::RestartIce => {}
            Self::CreateOffer(reply) | Self::CreateAnswer(reply) => {
                let _ = reply.send(Err(exception));
            }
            Self::SetLocalDescription(_, reply)
            | Self::SetRemoteDescription(_, reply)
            | Self::AddIceCandidate(_, reply) => {
                let _ = reply.send(Err(exception));
            }
        }
    }
}

/// Hands everything on; it must not wait for anything, because webrtc waits for it.
struct Reporter(UnboundedSender<Event>);

impl Reporter {
    fn report(&self, event: Event) {
        // The actor may have ended a moment ago.
        let _ = self.0.unbounded_send(event);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Reporter {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        self.report(Event::Candidate(event));
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.report(Event::State(state));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.report(Event::Track(track));
    }
}

fn read(description: &Description) -> Result<RTCSessionDescription, Exception> {
    let read = match description {
        Description::Offer(sdp) => RTCSessionDescription::offer(sdp.as_str().to_owned()),
        Description::Answer(sdp) => RTCSessionDescription::answer(sdp.as_str().to_owned()),
    };
    read.map_err(|error| exception(&error))
}

fn connection_state(state: RTCPeerConnectionState) -> ConnectionState {
    match state {
        RTCPeerConnectionState::Connecting => ConnectionState::Connecting,
        RTCPeerConnectionState::Connected => ConnectionState::Connected,
        RTCPeerConnectionState::Disconnected => ConnectionState::Disconnected,
        RTCPeerConnectionState::Failed => ConnectionState::Failed,
        RTCPeerConnectionState::Closed => ConnectionState::Closed,
        // The list of states is closed in the standard, and open in webrtc.
        RTCPeerConnectionState::New | RTCPeerConnectionState::Unspecified | _ => ConnectionState::New,
    }
}

fn exception(error: &Error) -> Exception {
    Exception::new("OperationError", error.to_string())
}
