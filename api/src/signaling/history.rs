//! What was said in a room before somebody came.

use super::Hub;
use crate::{
    rooms::{Input, SocketId},
    store::StoreError,
};
use std::time::Duration;
use wire::{ChatMessage, RoomId, limits::HISTORY_MESSAGES};

/// Pauses before the store is asked again. It has tried several times by itself before it gives up.
const RETRIES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// Notes that a room is in use, and gives its history to a socket, if that is still there: what was said from that time
/// on, or nothing.
pub(super) async fn load(hub: Hub, room: RoomId, socket: SocketId, since: Option<u64>) {
    let mut pauses = RETRIES.into_iter();
    loop {
        match read(&hub, &room, since).await {
            Ok((messages, more)) => {
                return hub.input(Input::HistoryLoaded {
                    room,
                    socket,
                    messages,
                    more,
                });
            }
            Err(error) => tracing::warn!(%room, %socket, %error, "cannot load the history"),
        }
        match pauses.next() {
            Some(pause) if hub.knows(socket) => tokio::time::sleep(pause).await,
            _ => return,
        }
    }
}

async fn read(hub: &Hub, room: &RoomId, since: Option<u64>) -> Result<(Vec<ChatMessage>, bool), StoreError> {
    let store = hub.store();
    let history = async {
        match since {
            Some(since) => store.history(room, since, None, HISTORY_MESSAGES).await,
            None => Ok((Vec::new(), false)),
        }
    };
    let (opened, history) = tokio::join!(store.open_room(room), history);
    opened?;
    history
}
