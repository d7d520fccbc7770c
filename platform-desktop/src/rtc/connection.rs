//! The side of a connection that lives on the session's thread.

use super::{
    actor::{self, Happened, Order, Reply, Setup},
    channel::{self, Near},
    incoming::{self, Feeds, Incoming},
    sending::Outlet,
};
use crate::{
    local::Local,
    media::{
        hub::Hub,
        streams::{Entry, Streams},
        track::Track,
    },
};
use call::{Description, Route};
use futures::channel::{
    mpsc::{self, UnboundedSender},
    oneshot,
};
use session::{
    platform::{
        DataChannel, DataChannelEvent, Events, Exception, Feed, MediaKind, MediaStreamTrack, PeerConnection,
        PeerConnectionEvent, RtpEncodingParameters, RtpTransceiver, Slot, StatsReport,
    },
    view::StreamId,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    rc::Rc,
    sync::Arc,
};
use tokio::{runtime::Handle, sync::watch};
use wire::{IceCandidate, IceServer, Sdp};

/// A peer connection.
pub struct Connection {
    /// `None` once it is closed.
    orders: RefCell<Option<UnboundedSender<Order>>>,
    events: Events<PeerConnectionEvent>,
    closed: Rc<Cell<bool>>,
    transceivers: RefCell<Vec<Transceiver>>,
    feeds: Feeds,
    channel: Near,
    local: Local,
    streams: Streams,
    /// What can be seen and heard of it.
    shown: RefCell<BTreeMap<Feed, Entry>>,
    random: fn() -> u64,
}

/// A transceiver. Clones are the same.
#[derive(Clone)]
pub struct Transceiver {
    slot: Slot,
    chosen: watch::Sender<Option<Arc<Hub>>>,
    /// What it is to send, and whether it does.
    source: Rc<RefCell<(Option<Arc<Hub>>, bool)>>,
    incoming: Incoming,
}

impl Connection {
    /// Makes a connection, and begins with whatever it can begin with.
    pub fn new(
        background: &Handle,
        local: &Local,
        streams: Streams,
        ice_servers: &[IceServer],
        route: Route,
        random: fn() -> u64,
        events: Events<PeerConnectionEvent>,
    ) -> Result<Self, Exception> {
        let feeds = incoming::feeds()?;
        let closed = Rc::new(Cell::new(false));
        let happened = local.relay({
            let (events, closed) = (events.clone(), closed.clone());
            move |happened| {
                if !closed.get() {
                    events.send(event(happened));
                }
            }
        });
        let (orders, received) = mpsc::unbounded();
        let (near, far) = channel::ends();
        background.spawn(actor::run(Setup {
            ice_servers: ice_servers.to_vec(),
            route,
            orders: received,
            happened,
            feeds: feeds.clone(),
            channel: far,
        }));
        Ok(Self {
            orders: RefCell::new(Some(orders)),
            events,
            closed,
            transceivers: RefCell::default(),
            feeds,
            channel: near,
            local: local.clone(),
            streams,
            shown: RefCell::default(),
            random,
        })
    }

    async fn ask<T>(&self, order: impl FnOnce(Reply<T>) -> Order) -> Result<T, Exception> {
        let (reply, answer) = oneshot::channel();
        self.order(order(reply));
        let closed = || Exception::new("InvalidStateError", "the connection is closed");
        answer.await.map_err(|_| closed())?
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &*self.orders.borrow() {
            // An actor that is gone answers nothing, which whoever asks notices.
            let _ = orders.unbounded_send(order);
        }
    }

    /// An offer makes the transceivers of the one who answers.
    fn make_transceivers(&self, offer: &Sdp) -> Result<(), Exception> {
        if !self.transceivers.borrow().is_empty() {
            return Ok(());
        }
        let lines = offer.as_str().lines();
        let media = lines.filter_map(|line| line.strip_prefix("m=")?.split(' ').next());
        for kind in media {
            match kind {
                "audio" => self.add_transceiver(MediaKind::Audio, None)?,
                "video" => self.add_transceiver(MediaKind::Video, None)?,
                _ => continue,
            };
        }
        Ok(())
    }

    /// Fires `track` for every feed, once it is known what the other side has.
    fn show_feeds(&self) {
        // After a restart of ICE they are the same.
        if !self.shown.borrow().is_empty() {
            return;
        }
        for (feed, incoming) in &self.feeds {
            let id = format!("remote-{:016x}", (self.random)());
            let stream = StreamId(id.as_str().into());
            let entry = incoming.show(&self.streams, id);
            self.shown.borrow_mut().insert(*feed, entry);
            self.events.send(PeerConnectionEvent::Track(*feed, stream));
        }
    }
}

impl PeerConnection for Connection {
    type Track = Track;
    type Transceiver = Transceiver;

    async fn create_offer(&self) -> Result<Sdp, Exception> {
        self.ask(Order::CreateOffer).await
    }

    async fn create_answer(&self) -> Result<Sdp, Exception> {
        self.ask(Order::CreateAnswer).await
    }

    async fn set_local_description(&self, description: &Description) -> Result<(), Exception> {
        let description = description.clone();
        self.ask(|reply| Order::SetLocalDescription(description, reply))
            .await
    }

    async fn set_remote_description(&self, description: &Description) -> Result<(), Exception> {
        if let Description::Offer(offer) = description {
            self.make_transceivers(offer)?;
        }
        let description = description.clone();
        self.ask(|reply| Order::SetRemoteDescription(description, reply))
            .await?;
        self.show_feeds();
        Ok(())
    }

    async fn add_ice_candidate(&self, candidate: &IceCandidate) -> Result<(), Exception> {
        let candidate = candidate.clone();
        self.ask(|reply| Order::AddIceCandidate(candidate, reply)).await
    }

    fn add_transceiver(&self, kind: MediaKind, track: Option<&Track>) -> Result<Transceiver, Exception> {
        let mut transceivers = self.transceivers.borrow_mut();
        let slot = Slot::ALL.get(transceivers.len()).copied();
        let slot = slot.filter(|slot| slot.kind() == kind);
        let feed = slot.and_then(|slot| Some((slot, self.feeds.get(&slot.feed())?)));
        let (slot, incoming) =
            feed.ok_or_else(|| Exception::new("OperationError", format!("there is no slot for {kind:?}")))?;
        let hub = track.map(|track| track.source().hub.clone());
        let (chosen, follow) = watch::channel(hub.clone());
        self.order(Order::AddTransceiver(Outlet::new(slot, follow, (self.random)())));
        let transceiver = Transceiver {
            slot,
            chosen,
            source: Rc::new(RefCell::new((hub, true))),
            incoming: incoming.clone(),
        };
        transceivers.push(transceiver.clone());
        Ok(transceiver)
    }

    fn transceivers(&self) -> Vec<Transceiver> {
        self.transceivers.borrow().clone()
    }

    fn data_channel(
        &self,
        low: u64,
        events: Events<DataChannelEvent>,
    ) -> Result<Rc<dyn DataChannel>, Exception> {
        Ok(self.channel.listen(&self.local, low, events))
    }

    fn restart_ice(&self) {
        self.order(Order::RestartIce);
    }

    async fn get_stats(&self) -> Result<StatsReport, Exception> {
        let feeds = |slot: Slot| self.feeds.get(&slot.feed());
        let inbound = Slot::ALL.into_iter().filter_map(|slot| {
            let incoming = feeds(slot)?;
            Some(match slot.kind() {
                MediaKind::Audio => incoming.heard.stats(slot, "opus"),
                MediaKind::Video => incoming.seen.stats(slot, "VP8"),
            })
        });
        Ok(StatsReport {
            inbound: inbound.collect(),
            ..StatsReport::default()
        })
    }

    fn close(&self) {
        self.closed.set(true);
        self.orders.take();
        self.shown.take();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
    }
}

impl RtpTransceiver for Transceiver {
    type Track = Track;

    fn audio_level(&self) -> Option<f32> {
        (self.slot.kind() == MediaKind::Audio).then(|| self.incoming.voice.level.now())
    }

    /// It is what a transceiver begins with here, also one that an offer made.
    fn set_sendrecv(&self) {}

    async fn replace_track(&self, track: Option<&Track>) -> Result<(), Exception> {
        if track.is_some_and(|track| track.kind() != self.slot.kind()) {
            return Err(Exception::new("TypeError", "a track of the other kind"));
        }
        self.source.borrow_mut().0 = track.map(|track| track.source().hub.clone());
        self.send();
        Ok(())
    }

    /// A track is compressed once for everybody, so of the parameters only `active` can be followed for one.
    async fn set_parameters(&self, encoding: &RtpEncodingParameters) -> Result<(), Exception> {
        let before = std::mem::replace(&mut self.source.borrow_mut().1, encoding.active);
        if before != encoding.active {
            self.send();
        }
        Ok(())
    }
}

impl Transceiver {
    /// Sends what it is to send, unless nobody wants it.
    fn send(&self) {
        let (hub, active) = &*self.source.borrow();
        self.chosen.send_replace(hub.clone().filter(|_| *active));
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("closed", &self.closed.get())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Transceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transceiver")
            .field("slot", &self.slot)
            .finish_non_exhaustive()
    }
}

fn event(happened: Happened) -> PeerConnectionEvent {
    match happened {
        Happened::Candidate(candidate) => PeerConnectionEvent::IceCandidate(candidate),
        Happened::State(state) => PeerConnectionEvent::ConnectionStateChange(state),
    }
}
