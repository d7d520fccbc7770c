//! This server among others: says that it lives, takes rooms and gives them up, and carries packets between its node and the
//! bus.

mod life;

pub use life::start;

use super::{Hub, rules};
use crate::{
    bus::Bus,
    cluster::Packet,
    rooms::{Input, ServerId},
    store::{Claimed, Fence, StoreError, StoreTime},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{Notify, oneshot, watch},
    time::{sleep, timeout},
};
use wire::{RoomId, RoomInfo};

/// How often a server says in the store that it lives.
const BEAT: Duration = Duration::from_secs(1);
/// For how long it is believed.
const LIFE: Duration = Duration::from_secs(4);
/// How old the last of that may be for whoever hears nothing of the server itself to send people there.
const FRESH: Duration = Duration::from_millis(1_500);
/// By how much earlier it stops to be sure of itself.
const MARGIN: Duration = Duration::from_millis(500);
/// For how long the bus may be away before nobody new is let in: a node that dies is an everyday matter.
const GAP: Duration = Duration::from_millis(1_500);
/// How long somebody waits at the door until it is known which server has the room.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(150);
/// How long another server may take to say who is in a room.
const ANSWER: Duration = Duration::from_millis(1_500);
/// How long the others may take to confirm what they were told last.
const GOODBYE: Duration = Duration::from_secs(1);

/// What a hub has besides where its server is one of several.
#[derive(Debug)]
pub struct Among {
    bus: Bus,
    /// There is something for the bus.
    news: Notify,
    post: Mutex<Vec<(ServerId, Packet)>>,
    asked: Mutex<HashMap<u64, oneshot::Sender<Option<RoomInfo>>>>,
    /// The proofs that rooms are ours.
    fences: Mutex<HashMap<RoomId, Fence>>,
    life: Mutex<Life>,
    /// It goes by another name from now on.
    renamed: watch::Sender<()>,
}

/// What the store has been told of our life.
#[derive(Debug, Default)]
struct Life {
    /// When it was told last, by its clock, and when we heard that and had asked for it, by ours.
    beat: Option<(StoreTime, Instant, Instant)>,
    resigned: bool,
    /// Since when the bus does not carry.
    cut_off: Option<Instant>,
}

/// How a server stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The bus carries.
    pub bus: bool,
    /// It is sure of its rooms, and lets people in.
    pub sure: bool,
    /// How many servers it has to do with.
    pub peers: usize,
}

/// Makes a name that no server has ever had.
#[allow(clippy::expect_used, reason = "hexadecimal digits are a name")]
pub fn id() -> ServerId {
    crate::random::hex(&crate::random::bytes::<8>())
        .parse()
        .expect("hexadecimal digits")
}

impl Among {
    /// Makes it for a bus.
    pub fn new(bus: Bus) -> Self {
        Self {
            bus,
            news: Notify::new(),
            post: Mutex::default(),
            asked: Mutex::default(),
            fences: Mutex::default(),
            life: Mutex::default(),
            renamed: watch::Sender::new(()),
        }
    }

    /// Says whether there may be others.
    pub fn is_shared(&self) -> bool {
        self.bus.is_shared()
    }

    /// Packets are to go over the bus.
    pub fn post(&self, packets: Vec<(ServerId, Packet)>) {
        if !packets.is_empty() {
            lock(&self.post).extend(packets);
            self.wake();
        }
    }

    /// There is something for the bus.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// Another server has answered.
    pub fn told(&self, ask: u64, info: Option<RoomInfo>) {
        if let Some(asked) = lock(&self.asked).remove(&ask) {
            // Whoever asked may have gone.
            let _ = asked.send(info);
        }
    }

    /// Returns the proof that a room is ours.
    pub fn fence(&self, room: &RoomId) -> Option<Fence> {
        if !self.is_shared() {
            return None;
        }
        lock(&self.fences).get(room).cloned()
    }

    /// Nobody is in a room any more: returns the proof that it was ours.
    pub fn forget(&self, room: &RoomId) -> Option<Fence> {
        lock(&self.fences).remove(room)
    }

    /// The store's time now, or a little less.
    fn store_time(&self) -> Option<StoreTime> {
        let (at, heard, _) = lock(&self.life).beat?;
        Some(at.after(heard.elapsed()))
    }

    /// The others believe that we live, and the bus carries.
    fn is_sure(&self) -> bool {
        let life = lock(&self.life);
        let believed = (life.beat).is_some_and(|(_, _, asked)| asked.elapsed() < LIFE - MARGIN);
        let reached = life.cut_off.is_none_or(|since| since.elapsed() < GAP);
        believed && !life.resigned && reached
    }
}

/// Finds out whose a room is, takes it if it is nobody's, and tells the rooms.
pub async fn take(hub: Hub, room: RoomId) {
    let until = Instant::now() + PATIENCE;
    loop {
        match claim(&hub, &room).await {
            Ok(Some(Claimed::Ours(fence))) => {
                lock(&hub.0.among.fences).insert(room.clone(), fence);
                return rules::load(hub, room).await;
            }
            Ok(Some(Claimed::Theirs(server, said)))
                if hub.hears(&server) || !hub.is_silent(&server) && hub.is_fresh(said) =>
            {
                return hub.input(Input::RoomElsewhere { room, server });
            }
            Ok(Some(Claimed::Lapsed(server))) if hub.hears(&server) => {
                return hub.input(Input::RoomElsewhere { room, server });
            }
            Ok(Some(Claimed::Lapsed(server))) => {
                if let Some(since) = hub.alive_since()
                    && let Err(error) = hub.store().give_up(&server, since).await
                {
                    tracing::warn!(%server, %error, "cannot give a server up");
                } else if Instant::now() < until {
                    continue;
                }
            }
            // Its server is silent, and has not been given up: that may change.
            Ok(Some(Claimed::Theirs(..)) | None) => {}
            Err(error) => tracing::warn!(%room, %error, "cannot find out whose the room is"),
        }
        if Instant::now() >= until || hub.is_stopping() {
            return hub.input(Input::RulesLoaded { room, rules: None });
        }
        sleep(LOOK).await;
    }
}

async fn claim(hub: &Hub, room: &RoomId) -> Result<Option<Claimed>, StoreError> {
    let Some(since) = hub.alive_since() else {
        return Ok(None);
    };
    let me = hub.lock().node.id().clone();
    let claimed = hub.store().claim(room, &me, since).await?;
    // Under a name that we have lost meanwhile it was taken for nobody.
    Ok((*hub.lock().node.id() == me).then_some(claimed))
}

impl Hub {
    /// Waits until the others know of this server, but not for longer than that.
    pub async fn settle(&self, limit: Duration) {
        let settled = async {
            while self
                .standing()
                .is_some_and(|standing| !standing.sure || !standing.bus)
            {
                sleep(Duration::from_millis(10)).await;
            }
        };
        if timeout(limit, settled).await.is_err() {
            tracing::warn!(
                "the other servers are out of reach for now; nobody new is let in until they are not"
            );
        }
    }

    /// Returns how this server stands among the others, if there are any.
    pub fn standing(&self) -> Option<Standing> {
        let among = &self.0.among;
        among.is_shared().then(|| Standing {
            bus: *among.bus.carries().borrow(),
            sure: among.is_sure(),
            peers: self.lock().node.peers().len(),
        })
    }

    pub(super) fn fence(&self, room: &RoomId) -> Option<Fence> {
        self.0.among.fence(room)
    }

    /// Another server has taken a room that was ours with this proof.
    pub(super) fn lose(&self, room: &RoomId, fence: Option<&Fence>) {
        let mut fences = lock(&self.0.among.fences);
        if fences.get(room) != fence {
            return;
        }
        fences.remove(room);
        drop(fences);
        metrics::counter!("tsukiyo_rooms_lost_total").increment(1);
        self.input(Input::RoomLost { room: room.clone() });
    }

    /// Lets anybody have a room in which nobody is.
    pub(super) async fn give_back(&self, room: &RoomId, fence: &Fence) {
        // If it fails, whoever wants the room asks us for it.
        if let Err(error) = self.store().release(room, fence).await {
            tracing::warn!(%room, %error, "cannot give the room up");
        }
    }

    /// Asks whoever has a room who is in it.
    pub(super) async fn room_elsewhere(&self, id: &RoomId) -> Option<RoomInfo> {
        let server = match self.store().owner(id).await {
            Ok(server) => server,
            Err(error) => {
                tracing::warn!(room = %id, %error, "cannot find out whose the room is");
                return None;
            }
        };
        let Some(server) = server.filter(|server| server != self.lock().node.id()) else {
            return Some(self.lock().node.presence(id));
        };
        let (sender, answer) = oneshot::channel();
        let ask = self.with(|node, now| {
            let ask = node.ask(now, &server, id);
            // Before the answer can come.
            lock(&self.0.among.asked).insert(ask, sender);
            ask
        });
        let told = timeout(ANSWER, answer).await;
        if told.is_err() {
            lock(&self.0.among.asked).remove(&ask);
            self.with(|node, _| node.forget_ask(ask));
        }
        told.ok()?.ok()?
    }

    /// Leaves the others before the end: our rooms are anybody's.
    pub(super) async fn resign(&self) {
        if !self.0.among.is_shared() {
            return;
        }
        lock(&self.0.among.life).resigned = true;
        let me = self.lock().node.id().clone();
        match timeout(GOODBYE, self.store().resign(&me)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "cannot leave the other servers"),
            Err(_) => tracing::warn!("cannot leave the other servers in time"),
        }
    }

    /// Waits until the other servers have what they were told last.
    pub(super) async fn say_goodbye(&self) {
        if !self.0.among.is_shared() {
            return;
        }
        let told = async {
            while !self.lock().node.is_quiet() {
                self.0.among.wake();
                sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = timeout(GOODBYE, told).await;
    }

    fn is_silent(&self, server: &ServerId) -> bool {
        self.lock().node.is_silent(self.0.clock.now(), server)
    }

    fn hears(&self, server: &ServerId) -> bool {
        self.lock().node.hears(self.0.clock.now(), server)
    }

    /// That was said a moment ago.
    fn is_fresh(&self, said: StoreTime) -> bool {
        let now = self.0.among.store_time();
        now.is_some_and(|now| said >= now.before(FRESH))
    }

    /// Whoever has not said since then that it lives is not believed to.
    fn alive_since(&self) -> Option<StoreTime> {
        Some(self.0.among.store_time()?.before(LIFE))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
