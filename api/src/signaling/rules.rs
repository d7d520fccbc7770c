//! A room's rules: read before anybody comes in, stored when they change; and passcodes, which take their time.

use super::Hub;
use crate::{
    rooms::{Input, Rules, Saved, SocketId},
    store::StoreError,
};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use wire::{AccessToken, Passcode, RoomId};

/// How long somebody waits at the door before it is said that the store is out of reach.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pauses before rules are stored once more. The store has tried several times by itself before it gives up.
const RETRIES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
];

pub(super) async fn load(hub: Hub, room: RoomId) {
    let rules = match timeout(PATIENCE, hub.store().rules(&room)).await {
        Ok(Ok(rules)) => Some(Box::new(rules)),
        Ok(Err(error)) => {
            tracing::warn!(%room, %error, "cannot read the room's rules");
            None
        }
        Err(_) => {
            tracing::warn!(%room, "the room's rules do not come");
            None
        }
    };
    hub.input(Input::RulesLoaded { room, rules });
}

pub(super) async fn save(hub: Hub, room: RoomId, rules: Box<Rules>) {
    let mut pauses = RETRIES.into_iter();
    let outcome = loop {
        let fence = hub.fence(&room);
        match hub.store().save_rules_fenced(&room, &rules, fence.as_ref()).await {
            Ok(None) => break Saved::Stored,
            Ok(Some(theirs)) => break Saved::Overtaken(Box::new(theirs)),
            Err(StoreError::Deposed) => return hub.lose(&room, fence.as_ref()),
            Err(error) => tracing::warn!(%room, %error, "cannot store the room's rules"),
        }
        match pauses.next() {
            Some(pause) => sleep(pause).await,
            None => break Saved::Failed,
        }
    };
    hub.input(Input::RulesSaved { room, outcome });
}

pub(super) async fn check_passcode(hub: Hub, socket: SocketId, passcode: Passcode, hash: String) {
    let right = hub.passcodes().check(passcode, hash.clone()).await;
    hub.input(Input::PasscodeChecked { socket, hash, right });
}

pub(super) async fn check_access(hub: Hub, socket: SocketId, access: AccessToken) {
    let outcome = hub.access().check(Some(access.as_str())).await;
    hub.input(Input::AccessChecked { socket, outcome });
}

pub(super) async fn hash_passcode(hub: Hub, socket: SocketId, passcode: Passcode) {
    let hash = hub.passcodes().hash(passcode).await;
    hub.input(Input::PasscodeHashed { socket, hash });
}
