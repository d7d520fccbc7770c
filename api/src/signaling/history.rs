//! What was said in a room before somebody came, and that somebody came.
//!
//! Many may come at once, after a restart for example. Whoever comes while the store is being asked waits until it has
//! answered, and is then answered together with all who came meanwhile: what was said before that question may not be all
//! that was said before they came.

use super::{
    Hub,
    desks::{Desk, Desks},
};
use crate::{
    rooms::{Input, SocketId},
    store::StoreError,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use wire::{RoomId, limits::HISTORY_MESSAGES};

/// The most who wait for the history of one room. A room holds fewer.
const QUEUE: usize = 4_096;
/// Pauses before the store is asked again. It has tried several times by itself before it gives up.
const RETRIES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
/// For how long it need not be noted again that a room is in use.
const NOTED: Duration = Duration::from_secs(60);

/// Whoever wants to know what was said from a time on, or nothing.
#[derive(Debug)]
pub(super) struct Asked {
    socket: SocketId,
    since: Option<u64>,
}

/// The tasks that answer.
pub(super) type Histories = Desks<Asked>;

/// Notes that a room is in use, and gives its history to a socket, if that is still there: what was said from that time
/// on, or nothing.
pub(super) fn load(hub: &Hub, room: &RoomId, socket: SocketId, since: Option<u64>) {
    let asked = Asked { socket, since };
    let work = |desk| answer_all(hub.clone(), room.clone(), desk);
    if hub.histories().give(room, QUEUE, asked, work).is_err() {
        tracing::error!(%room, %socket, "too many wait for the history of this room");
    }
}

async fn answer_all(hub: Hub, room: RoomId, mut desk: Desk<Asked>) {
    let mut noted: Option<Instant> = None;
    while let Some(mut asked) = desk.next(QUEUE).await {
        let mut pauses = RETRIES.into_iter();
        while let Err(error) = attend(&hub, &room, &mut asked, &mut noted).await {
            tracing::warn!(%room, %error, "cannot load the history");
            let Some(pause) = pauses.next() else { break };
            tokio::time::sleep(pause).await;
            asked.extend(desk.rest());
            asked.retain(|asked| hub.knows(asked.socket));
        }
    }
}

/// Answers everybody who has asked, and notes that the room is in use.
async fn attend(
    hub: &Hub,
    room: &RoomId,
    asked: &mut Vec<Asked>,
    noted: &mut Option<Instant>,
) -> Result<(), StoreError> {
    let mut answers = BTreeMap::new();
    for Asked { since, .. } in asked.iter() {
        if !answers.contains_key(since) {
            let answer = match since {
                Some(since) => hub.store().history(room, *since, None, HISTORY_MESSAGES).await?,
                None => (Vec::new(), false),
            };
            answers.insert(*since, answer);
        }
    }
    for Asked { socket, since } in asked.drain(..) {
        let (messages, more) = answers.get(&since).cloned().unwrap_or_default();
        hub.input(Input::HistoryLoaded {
            room: room.clone(),
            socket,
            messages,
            more,
        });
    }
    if noted.is_none_or(|noted| noted.elapsed() > NOTED) {
        hub.store().open_room(room).await?;
        *noted = Some(Instant::now());
    }
    Ok(())
}
