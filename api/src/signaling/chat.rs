//! Writes down what is said: in order within a room, many messages at once when many come.

use super::{
    Hub,
    desks::{Desk, Desks},
};
use crate::{
    rooms::Input,
    store::{Fence, StoreError},
};
use tokio::sync::mpsc::error::TrySendError;
use wire::{ChatMessage, ChatText, DisplayName, MemberId, MessageId, Nonce, RoomId};

/// The most messages of one room that wait for the store. More are refused: the store is stuck.
const QUEUE: usize = 1_024;
/// The most messages in one commit. Firestore takes 500.
const BATCH: usize = 100;
/// A message that is said and not yet stored.
#[derive(Debug)]
pub(super) struct Pending {
    /// The proof that the room is ours, where there are several servers.
    pub fence: Option<Fence>,
    /// It is to be stored.
    pub keep: bool,
    pub id: MessageId,
    pub member: MemberId,
    pub name: DisplayName,
    pub text: ChatText,
    pub nonce: Nonce,
}

/// What a room's task does, one after another.
#[derive(Debug)]
enum Work {
    Say(Pending),
    /// Nobody is in the room any more, and all that was said before is stored by then.
    Release(Fence),
}

/// One task for each room in which somebody talks.
#[derive(Debug, Clone, Default)]
pub(super) struct Scribe(Desks<Work>);

impl Scribe {
    /// Stores a message behind all others of its room and reports to the hub; gives it back if too many wait.
    pub fn write(&self, hub: &Hub, room: &RoomId, pending: Pending) -> Result<(), Box<Pending>> {
        let work = |desk| keep_log(hub.clone(), room.clone(), desk);
        match self.0.give(room, QUEUE, Work::Say(pending), work) {
            Err(TrySendError::Full(Work::Say(pending)) | TrySendError::Closed(Work::Say(pending))) => {
                Err(Box::new(pending))
            }
            Ok(()) | Err(TrySendError::Full(Work::Release(_)) | TrySendError::Closed(Work::Release(_))) => {
                Ok(())
            }
        }
    }

    /// Ends every room's task once what was said is stored.
    pub fn close(&self) {
        self.0.close();
    }

    /// Gives a room up, behind all that was said in it.
    pub fn release(&self, hub: &Hub, room: RoomId, fence: Fence) {
        if let Some(queue) = self.0.find(&room) {
            // A full queue means that the store is stuck. Whoever wants the room asks us for it.
            drop(queue.try_send(Work::Release(fence)));
            return;
        }
        let hub = hub.clone();
        tokio::spawn(async move { hub.give_back(&room, &fence).await });
    }
}

/// When the last message of a room was sent, as far as that is known.
#[derive(Default)]
struct Last {
    time: Option<u64>,
    /// While the room was ours. Meanwhile another may have had it.
    fence: Option<Fence>,
}

async fn keep_log(hub: Hub, room: RoomId, mut desk: Desk<Work>) {
    let mut last = Last::default();
    while let Some(batch) = desk.next(BATCH).await {
        work(&hub, &room, &mut last, batch).await;
    }
}

async fn work(hub: &Hub, room: &RoomId, last: &mut Last, all: Vec<Work>) {
    let mut batch = Vec::new();
    for work in all {
        match work {
            Work::Say(pending) => batch.push(pending),
            Work::Release(fence) => {
                if !batch.is_empty() {
                    store(hub, room, last, std::mem::take(&mut batch)).await;
                }
                hub.give_back(room, &fence).await;
            }
        }
    }
    if !batch.is_empty() {
        store(hub, room, last, batch).await;
    }
}

/// Stores a batch, and reports each message in order.
async fn store(hub: &Hub, room: &RoomId, last: &mut Last, batch: Vec<Pending>) {
    match append(hub, room, last, &batch).await {
        Ok(stored) => {
            for (message, Pending { nonce, .. }) in stored.into_iter().zip(batch) {
                let room = room.clone();
                hub.input(Input::ChatStored { room, message, nonce });
            }
        }
        Err(StoreError::Deposed) => {
            for Pending { member, nonce, .. } in batch {
                let room = room.clone();
                hub.input(Input::ChatRefused { room, member, nonce });
            }
            hub.lose(room, last.fence.as_ref());
        }
        Err(error) => {
            tracing::error!(%room, messages = batch.len(), %error, "cannot store the chat");
            for Pending { member, nonce, .. } in batch {
                let room = room.clone();
                hub.input(Input::ChatRefused { room, member, nonce });
            }
        }
    }
}

async fn append(
    hub: &Hub,
    room: &RoomId,
    last: &mut Last,
    batch: &[Pending],
) -> Result<Vec<ChatMessage>, StoreError> {
    // Times rise within a room even if the clock was set back while the server was down.
    let fence = batch.last().and_then(|pending| pending.fence.clone());
    if last.fence != fence {
        *last = Last { time: None, fence };
    }
    let mut time = match last.time {
        Some(time) => time,
        None => hub.store().last_sent_at(room).await?.unwrap_or_default(),
    };
    let mut stamp = || {
        time = hub.unix_millis().max(time + 1);
        time
    };
    let mut messages: Vec<ChatMessage> = batch
        .iter()
        .map(|pending| ChatMessage {
            id: pending.id.clone(),
            member_id: pending.member.clone(),
            name: pending.name.clone(),
            text: pending.text.clone(),
            sent_at: stamp(),
        })
        .collect();
    // Whether or not the commit succeeds: these times are used.
    last.time = Some(time);
    let kept = messages.iter().zip(batch).filter(|(_, pending)| pending.keep);
    let kept: Vec<ChatMessage> = kept.map(|(message, _)| message.clone()).collect();
    if kept.is_empty() {
        return Ok(messages);
    }
    let stored = hub
        .store()
        .append_fenced(room, &kept, last.fence.as_ref())
        .await?;
    let mut stored = stored.into_iter();
    for (message, pending) in messages.iter_mut().zip(batch) {
        if let Some(as_stored) = pending.keep.then(|| stored.next()).flatten() {
            *message = as_stored;
        }
    }
    Ok(messages)
}
