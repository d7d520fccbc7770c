//! What a server that is one of several does all the time.

use super::{BEAT, MARGIN, id, lock};
use crate::{
    cluster::{Packet, SETTLE},
    rooms::Input,
    signaling::{Hub, hub::Inner},
    store::{StoreError, StoreTime},
};
use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};
use tokio::time::{sleep, sleep_until, timeout};

/// The shortest time between two rounds of packets.
const GATHER: Duration = Duration::from_millis(1);

/// Starts what makes a server one of several. It ends with the last clone of the hub.
pub fn start(hub: &Hub) {
    let weak = Arc::downgrade(&hub.0);
    hub.input(Input::Reach { sure: false });
    tokio::spawn(send(weak.clone()));
    tokio::spawn(listen(weak.clone()));
    tokio::spawn(live(weak));
}

/// Sends what there is for the bus: everything that has come together since the last time. What comes alone goes at once; what comes
/// close behind it waits a moment for company, since a packet costs both servers and the bus more than what is in it.
async fn send(hub: Weak<Inner>) {
    let (sent, bytes) = (
        metrics::counter!("tsukiyo_bus_packets_total", "direction" => "out"),
        metrics::counter!("tsukiyo_bus_bytes_total", "direction" => "out"),
    );
    while let Some(hub) = hub.upgrade().map(Hub) {
        let among = &hub.0.among;
        let begun = Instant::now();
        let mut packets = std::mem::take(&mut *lock(&among.post));
        packets.extend(hub.with(|node, now| node.poll_packets(now)));
        for (to, packet) in packets {
            let packet = packet.encode();
            sent.increment(1);
            bytes.increment(packet.len() as u64);
            among.bus.send(&to, packet).await;
        }
        // Not for ever: it must be noticed that nobody needs this any more.
        let _ = timeout(BEAT, among.news.notified()).await;
        if begun.elapsed() < GATHER {
            sleep_until((begun + GATHER).into()).await;
        }
    }
}

/// Takes in what comes over the bus.
async fn listen(weak: Weak<Inner>) {
    let (came, bytes) = (
        metrics::counter!("tsukiyo_bus_packets_total", "direction" => "in"),
        metrics::counter!("tsukiyo_bus_bytes_total", "direction" => "in"),
    );
    while let Some(hub) = weak.upgrade().map(Hub) {
        let mut renamed = hub.0.among.renamed.subscribe();
        let me = hub.lock().node.id().clone();
        let bus = hub.0.among.bus.clone();
        drop(hub);
        let Some(mut inbox) = bus.listen(&me).await else {
            sleep(BEAT).await;
            continue;
        };
        loop {
            let packet = tokio::select! {
                packet = inbox.recv() => packet,
                _ = renamed.changed() => None,
            };
            let (Some(packet), Some(hub)) = (packet, weak.upgrade().map(Hub)) else {
                break;
            };
            came.increment(1);
            bytes.increment(packet.len() as u64);
            match Packet::decode(packet) {
                Some(packet) => hub.with(|node, now| node.handle_packet(now, packet)),
                None => tracing::warn!("what came over the bus is no packet"),
            }
        }
    }
}

/// Says again and again that this server lives, and finds out if nobody believes it.
async fn live(weak: Weak<Inner>) {
    let (mut number, mut beat_at, mut enlisted) = (0, Instant::now(), false);
    let mut carried = true;
    while let Some(hub) = weak.upgrade().map(Hub) {
        let among = &hub.0.among;
        let mut carries = among.bus.carries();
        let carries_now = *carries.borrow_and_update();
        if carries_now != carried {
            carried = carries_now;
            hub.with(|node, now| node.set_bus(now, carries_now));
        }
        let cut_off = {
            let mut life = lock(&among.life);
            if life.resigned {
                return;
            }
            life.cut_off = if carries_now {
                None
            } else {
                life.cut_off.or(Some(Instant::now()))
            };
            life.cut_off
        };
        if Instant::now() >= beat_at {
            beat_at = Instant::now() + BEAT;
            number += 1;
            let asked = Instant::now();
            match say_alive(&hub, enlisted, number, carries_now).await {
                Ok(at) => {
                    enlisted = true;
                    lock(&among.life).beat = Some((at, Instant::now(), asked));
                }
                Err(StoreError::NotFound) => {
                    rename(&hub);
                    (enlisted, beat_at) = (false, Instant::now());
                }
                Err(error) => tracing::warn!(%error, "cannot say that this server lives"),
            }
            if cut_off.is_some_and(|since| since.elapsed() > SETTLE) && others_carry(&hub).await {
                tracing::error!(
                    "the others reach the bus, and this server does not: leaving its rooms to them"
                );
                let me = hub.lock().node.id().clone();
                if hub.store().resign(&me).await.is_ok() {
                    rename(&hub);
                    enlisted = false;
                }
            }
        }
        let sure = among.is_sure();
        hub.input(Input::Reach { sure });
        drop(hub);
        let pause = beat_at.saturating_duration_since(Instant::now()).min(MARGIN / 2);
        tokio::select! {
            () = sleep(pause) => {}
            _ = carries.changed() => {}
        }
    }
}

async fn say_alive(hub: &Hub, enlisted: bool, number: i64, bus: bool) -> Result<StoreTime, StoreError> {
    let me = hub.lock().node.id().clone();
    if enlisted {
        return hub.store().beat(&me, number, bus).await;
    }
    match hub.store().enlist(&me).await {
        // The answer to an earlier try was lost.
        Err(StoreError::AlreadyExists) => hub.store().beat(&me, number, bus).await,
        outcome => outcome,
    }
}

async fn others_carry(hub: &Hub) -> bool {
    let me = hub.lock().node.id().clone();
    let Some(since) = hub.0.among.store_time() else {
        return false;
    };
    let others = hub.store().others_reach_bus(&me, since.before(BEAT * 2));
    others.await.unwrap_or_default()
}

/// Nobody believes in this server any more: it begins anew, as another.
fn rename(hub: &Hub) {
    lock(&hub.0.among.fences).clear();
    lock(&hub.0.among.life).beat = None;
    hub.input(Input::Reach { sure: false });
    hub.with(|node, now| node.forget(now, id()));
    hub.0.among.renamed.send_replace(());
}
