//! `settings` of `rooms/{roomId}`: the room's rules.

use super::{
    Fence, Store, StoreError,
    request::{self, merge_unchanged},
    rooms::{ROOMS, SETTINGS},
};
use crate::rooms::Rules;
use gcloud_sdk::google::firestore::v1::{Document, MapValue, Value, value::ValueType};
use std::collections::{BTreeMap, HashMap};
use wire::{HistoryPolicy, RoomId};

/// How often a change is tried again that met another change of the document (somebody has entered).
const TRIES: usize = 8;

impl Store {
    /// Returns a room's rules. A room that there is not yet has none, and is open to all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach; [`StoreError::Internal`] if what is there cannot be
    /// understood, since it might keep people out.
    pub async fn rules(&self, room: &RoomId) -> Result<Rules, StoreError> {
        match self.client.get(self.room_path(room)).await {
            Ok(document) => read(&document),
            Err(StoreError::NotFound) => Ok(Rules::default()),
            Err(error) => Err(error),
        }
    }

    /// Stores a room's rules, unless others of the same version or a later one are there: these are returned.
    ///
    /// # Errors
    /// If it fails, the same call may be made again.
    pub async fn save_rules(&self, room: &RoomId, rules: &Rules) -> Result<Option<Rules>, StoreError> {
        self.save_rules_fenced(room, rules, None).await
    }

    /// The same, by a server that must have the room.
    ///
    /// # Errors
    /// [`StoreError::Deposed`] if there is a fence and the room is another server's by now.
    pub async fn save_rules_fenced(
        &self,
        room: &RoomId,
        rules: &Rules,
        fence: Option<&Fence>,
    ) -> Result<Option<Rules>, StoreError> {
        let path = self.room_path(room);
        for _ in 0..TRIES {
            let write = match self.client.get(path.clone()).await {
                Err(StoreError::NotFound) => self.made(room, written(rules)),
                Err(error) => return Err(error),
                Ok(document) => {
                    let there = read(&document)?;
                    if there == *rules {
                        return Ok(None);
                    }
                    if there.version >= rules.version {
                        return Ok(Some(there));
                    }
                    let fields = HashMap::from([(SETTINGS.to_owned(), written(rules))]);
                    merge_unchanged(path.clone(), fields, document.update_time)
                }
            };
            let fence_first = fence.map(|fence| self.demand(room, fence));
            match self
                .client
                .commit_once(fence_first.into_iter().chain([write]).collect())
                .await
            {
                // Either of the two documents was written by somebody else.
                Err(StoreError::Refused(_) | StoreError::NotFound)
                    if fence.is_some() && !self.holds(room, fence).await? =>
                {
                    return Err(StoreError::Deposed);
                }
                // Somebody has written the document meanwhile, or made it, or deleted it.
                Err(
                    StoreError::Refused(_)
                    | StoreError::Contended
                    | StoreError::NotFound
                    | StoreError::AlreadyExists,
                ) => {}
                outcome => return outcome.map(|_| None),
            }
        }
        Err(StoreError::Contended)
    }

    fn room_path(&self, room: &RoomId) -> String {
        self.client.path(&[ROOMS, room.as_str()])
    }
}

fn written(rules: &Rules) -> Value {
    let number =
        |number: u64| request::value(ValueType::IntegerValue(i64::try_from(number).unwrap_or(i64::MAX)));
    let yes = || request::value(ValueType::BooleanValue(true));
    let mut fields = HashMap::from([("version".to_owned(), number(rules.version))]);
    for (name, text) in [("host", &rules.host), ("passcode", &rules.passcode)] {
        if let Some(text) = text {
            fields.insert(name.to_owned(), request::text(text));
        }
    }
    for (name, on) in [
        ("locked", rules.locked),
        ("waiting", rules.waiting),
        ("closed", rules.closed),
    ] {
        if on {
            fields.insert(name.to_owned(), yes());
        }
    }
    let history = match rules.history {
        HistoryPolicy::All => "all",
        HistoryPolicy::Joined => "joined",
        HistoryPolicy::None => "none",
    };
    fields.insert("history".to_owned(), request::text(history));
    if rules.ended_at > 0 {
        fields.insert("ended_at".to_owned(), number(rules.ended_at));
    }
    if !rules.removed.is_empty() {
        let removed = rules.removed.iter();
        let removed = removed.map(|(lineage, until)| (lineage.as_str().to_owned(), number(*until)));
        let fields_of_map = MapValue {
            fields: removed.collect(),
        };
        fields.insert(
            "removed".to_owned(),
            request::value(ValueType::MapValue(fields_of_map)),
        );
    }
    request::value(ValueType::MapValue(MapValue { fields }))
}

/// Reads the rules; what is not there is as in a room that nobody has changed.
fn read(document: &Document) -> Result<Rules, StoreError> {
    let bad =
        |field: &str| StoreError::Internal(format!("{}: {SETTINGS}.{field} cannot be read", document.name));
    let empty = HashMap::new();
    let fields = match document.fields.get(SETTINGS).map(|value| &value.value_type) {
        None | Some(None | Some(ValueType::NullValue(_))) => &empty,
        Some(Some(ValueType::MapValue(map))) => &map.fields,
        Some(Some(_)) => return Err(bad("*")),
    };
    let of = |field: &str| fields.get(field).and_then(|value| value.value_type.as_ref());
    let text = |field| match of(field) {
        None => Ok(None),
        Some(ValueType::StringValue(text)) => Ok(Some(text.clone())),
        Some(_) => Err(bad(field)),
    };
    let flag = |field| match of(field) {
        None => Ok(false),
        Some(ValueType::BooleanValue(on)) => Ok(*on),
        Some(_) => Err(bad(field)),
    };
    let number = |field| match of(field) {
        None => Ok(0),
        Some(ValueType::IntegerValue(number)) => u64::try_from(*number).map_err(|_| bad(field)),
        Some(_) => Err(bad(field)),
    };
    let history = match text("history")?.as_deref() {
        None | Some("all") => HistoryPolicy::All,
        Some("joined") => HistoryPolicy::Joined,
        Some("none") => HistoryPolicy::None,
        Some(_) => return Err(bad("history")),
    };
    let mut removed = BTreeMap::new();
    match of("removed") {
        None => {}
        Some(ValueType::MapValue(map)) => {
            for (lineage, until) in &map.fields {
                let Some(ValueType::IntegerValue(until)) = until.value_type else {
                    return Err(bad("removed"));
                };
                let until = u64::try_from(until).map_err(|_| bad("removed"))?;
                removed.insert(lineage.parse().map_err(|_| bad("removed"))?, until);
            }
        }
        Some(_) => return Err(bad("removed")),
    }
    Ok(Rules {
        version: number("version")?,
        host: text("host")?,
        passcode: text("passcode")?,
        locked: flag("locked")?,
        waiting: flag("waiting")?,
        closed: flag("closed")?,
        history,
        ended_at: number("ended_at")?,
        removed,
    })
}
