//! `servers/{serverId}`: who lives, and `owners/{roomId}`: which of them has which room.
//!
//! A server writes its own document again and again (`beat`), and the time of that write is what the others see of its life;
//! all times are the database's. Who is given up has its document deleted, so that its next beat fails: it then knows.
//!
//! The document of a room is written by whoever takes the room and by nobody else. Its time of writing is the fence: what a
//! server stores of a room goes with a write that changes nothing and demands that time, so that nothing is stored by one that
//! has the room no more.

use super::{
    Store, StoreError,
    request::{self, create, delete_unchanged, merge, merge_unchanged},
};
use crate::rooms::ServerId;
use gcloud_sdk::{
    google::firestore::v1::{Document, Value, Write, value::ValueType},
    prost_types::Timestamp,
};
use std::{collections::HashMap, time::Duration};
use wire::RoomId;

const SERVERS: &str = "servers";
const OWNERS: &str = "owners";
const SERVER: &str = "server";
const REIGN: &str = "reign";
const BEAT: &str = "beat";
const BUS: &str = "bus";
/// How often a claim is tried again that met another.
const TRIES: usize = 8;

/// The proof that a room is this server's.
#[derive(Debug, Clone, PartialEq)]
pub struct Fence {
    server: ServerId,
    reign: i64,
    since: Timestamp,
}

/// A time of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreTime(Duration);

/// What came of a claim.
#[derive(Debug)]
pub enum Claimed {
    /// The room is ours.
    Ours(Fence),
    /// It is another's, which has said at this time that it lives.
    Theirs(ServerId, StoreTime),
    /// It is another's, which does not live any more by its own account, and has not been given up.
    Lapsed(ServerId),
}

impl StoreTime {
    /// Returns the time after a while.
    pub fn after(self, by: Duration) -> Self {
        Self(self.0 + by)
    }

    /// Returns the time a while before.
    pub fn before(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(by))
    }

    fn of(time: Option<Timestamp>) -> Option<Self> {
        let time = time?;
        let (seconds, nanos) = (u64::try_from(time.seconds), u32::try_from(time.nanos));
        Some(Self(Duration::new(seconds.ok()?, nanos.ok()?)))
    }
}

impl Store {
    /// Says for the first time that a server lives. Returns when that was.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if there is one of that name.
    pub async fn enlist(&self, server: &ServerId) -> Result<StoreTime, StoreError> {
        let write = create(self.server_path(server), beat(0, true));
        time_of(self.client.commit(vec![write]).await?.into_iter().next())
    }

    /// Says once more that a server lives, and whether it reaches the bus. Returns when that was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it was given up by the others.
    pub async fn beat(&self, server: &ServerId, number: i64, bus: bool) -> Result<StoreTime, StoreError> {
        let write = merge(self.server_path(server), beat(number, bus));
        time_of(self.client.commit(vec![write]).await?.into_iter().next())
    }

    /// Says that a server lives no more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach. The others find out by themselves.
    pub async fn resign(&self, server: &ServerId) -> Result<(), StoreError> {
        let path = self.server_path(server);
        match self.client.commit(vec![request::delete(path)]).await {
            Ok(_) | Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Tells whether another server has said after a time that it reaches the bus.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn others_reach_bus(&self, me: &ServerId, since: StoreTime) -> Result<bool, StoreError> {
        let query = request::all_of(SERVERS);
        let documents = self.client.query(self.client.path(&[]), query).await?;
        let mine = self.server_path(me);
        Ok(documents.into_iter().any(|document| {
            let reaches = matches!(field(&document, BUS), Some(ValueType::BooleanValue(true)));
            document.name != mine && reaches && StoreTime::of(document.update_time) > Some(since)
        }))
    }

    /// Takes a room for a server, unless another has it that has said after `since` that it lives.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if others want it at the same moment, again and again.
    pub async fn claim(&self, room: &RoomId, me: &ServerId, since: StoreTime) -> Result<Claimed, StoreError> {
        let path = self.owner_path(room);
        for _ in 0..TRIES {
            let write = match self.client.get(path.clone()).await {
                Err(StoreError::NotFound) => (create(path.clone(), owner(me, 1)), 1),
                Err(error) => return Err(error),
                Ok(document) => {
                    let (theirs, reign) = read(&document)?;
                    if theirs != *me {
                        match self.client.get(self.server_path(&theirs)).await {
                            Ok(other) => {
                                return Ok(match StoreTime::of(other.update_time) {
                                    Some(said) if said >= since => Claimed::Theirs(theirs, said),
                                    Some(_) | None => Claimed::Lapsed(theirs),
                                });
                            }
                            Err(StoreError::NotFound) => {}
                            Err(error) => return Err(error),
                        }
                    }
                    // Each reign has a number of its own: what an earlier one of ours left undone is void.
                    let reign = reign.saturating_add(1);
                    let fields = owner(me, reign);
                    (merge_unchanged(path.clone(), fields, document.update_time), reign)
                }
            };
            let (write, reign) = write;
            match self.client.commit_once(vec![write]).await {
                Ok(results) => {
                    let since = results.into_iter().next().and_then(|result| result.update_time);
                    let since = since.ok_or_else(no_time)?;
                    return Ok(Claimed::Ours(Fence {
                        server: me.clone(),
                        reign,
                        since,
                    }));
                }
                Err(
                    StoreError::Refused(_)
                    | StoreError::Contended
                    | StoreError::NotFound
                    | StoreError::AlreadyExists,
                ) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    /// Gives a server up that has not said since a time that it lives. Returns whether nobody is of its name any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn give_up(&self, server: &ServerId, since: StoreTime) -> Result<bool, StoreError> {
        let path = self.server_path(server);
        let document = match self.client.get(path.clone()).await {
            Ok(document) => document,
            Err(StoreError::NotFound) => return Ok(true),
            Err(error) => return Err(error),
        };
        if StoreTime::of(document.update_time) >= Some(since) {
            return Ok(false);
        }
        match self
            .client
            .commit_once(vec![delete_unchanged(path, document.update_time)])
            .await
        {
            Ok(_) | Err(StoreError::NotFound) => Ok(true),
            // It lives after all.
            Err(StoreError::Refused(_) | StoreError::Contended) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Tells who has a room, if anybody who lives does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn owner(&self, room: &RoomId) -> Result<Option<ServerId>, StoreError> {
        let owner = match self.client.get(self.owner_path(room)).await {
            Ok(document) => read(&document)?.0,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        match self.client.get(self.server_path(&owner)).await {
            Ok(_) => Ok(Some(owner)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives a room up, unless it is another's already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn release(&self, room: &RoomId, fence: &Fence) -> Result<(), StoreError> {
        let write = delete_unchanged(self.owner_path(room), Some(fence.since));
        match self.client.commit_once(vec![write]).await {
            Ok(_) | Err(StoreError::NotFound | StoreError::Refused(_) | StoreError::Contended) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Demands, together with other writes, that a room is still whose it was.
    pub(super) fn demand(&self, room: &RoomId, fence: &Fence) -> Write {
        merge_unchanged(
            self.owner_path(room),
            owner(&fence.server, fence.reign),
            Some(fence.since),
        )
    }

    /// Tells whether a room is still whose it was.
    pub(super) async fn holds(&self, room: &RoomId, fence: Option<&Fence>) -> Result<bool, StoreError> {
        let Some(fence) = fence else { return Ok(true) };
        match self.client.get(self.owner_path(room)).await {
            Ok(document) => Ok(document.update_time == Some(fence.since)),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn server_path(&self, server: &ServerId) -> String {
        self.client.path(&[SERVERS, server.as_str()])
    }

    fn owner_path(&self, room: &RoomId) -> String {
        self.client.path(&[OWNERS, room.as_str()])
    }
}

fn beat(number: i64, bus: bool) -> HashMap<String, Value> {
    HashMap::from([
        (BEAT.to_owned(), request::value(ValueType::IntegerValue(number))),
        (BUS.to_owned(), request::value(ValueType::BooleanValue(bus))),
    ])
}

fn owner(server: &ServerId, reign: i64) -> HashMap<String, Value> {
    HashMap::from([
        (SERVER.to_owned(), request::text(server.as_str())),
        (REIGN.to_owned(), request::value(ValueType::IntegerValue(reign))),
    ])
}

fn read(document: &Document) -> Result<(ServerId, i64), StoreError> {
    let bad = || StoreError::Internal(format!("{} names no server", document.name));
    let Some(ValueType::StringValue(server)) = field(document, SERVER) else {
        return Err(bad());
    };
    let Some(ValueType::IntegerValue(reign)) = field(document, REIGN) else {
        return Err(bad());
    };
    Ok((server.parse().map_err(|_| bad())?, *reign))
}

fn field<'a>(document: &'a Document, name: &str) -> Option<&'a ValueType> {
    document.fields.get(name)?.value_type.as_ref()
}

fn time_of(result: Option<gcloud_sdk::google::firestore::v1::WriteResult>) -> Result<StoreTime, StoreError> {
    StoreTime::of(result.and_then(|result| result.update_time)).ok_or_else(no_time)
}

fn no_time() -> StoreError {
    StoreError::Internal("a write without its time".to_owned())
}
