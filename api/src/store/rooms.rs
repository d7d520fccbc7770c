//! `rooms/{roomId}` and `rooms/{roomId}/messages/{messageId}`.

use super::{
    Fence, Store, StoreError,
    request::{self, after, create, merge, newest_first, stamped, up_to},
};
use gcloud_sdk::google::firestore::v1::{Document, MapValue, Value, Write, value::ValueType};
use std::collections::{BTreeMap, HashMap};
use wire::{ChatMessage, MessageId, RoomId};

pub(super) const ROOMS: &str = "rooms";
pub(super) const SETTINGS: &str = "settings";
const MESSAGES: &str = "messages";
const CREATED: &str = "created_at";
const LAST_ACTIVE: &str = "last_active_at";
const SENT: &str = "sent_at";

impl Store {
    /// Notes that somebody entered the room, which makes its document if there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn open_room(&self, room: &RoomId) -> Result<(), StoreError> {
        let path = self.client.path(&[ROOMS, room.as_str()]);
        let touch = || stamped(merge(path.clone(), HashMap::new()), &[LAST_ACTIVE]);
        match self.client.commit(vec![touch()]).await {
            Err(StoreError::NotFound) => {}
            outcome => return outcome.map(drop),
        }
        let nothing = request::value(ValueType::MapValue(MapValue::default()));
        match self.client.commit(vec![self.made(room, nothing)]).await {
            // Somebody else entered at the same moment.
            Err(StoreError::AlreadyExists) => self.client.commit(vec![touch()]).await.map(drop),
            outcome => outcome.map(drop),
        }
    }

    /// Makes the document of a room that there is not yet.
    pub(super) fn made(&self, room: &RoomId, settings: Value) -> Write {
        let fields = HashMap::from([
            ("name".to_owned(), request::text(room.as_str())),
            (SETTINGS.to_owned(), settings),
        ]);
        let path = self.client.path(&[ROOMS, room.as_str()]);
        stamped(create(path, fields), &[CREATED, LAST_ACTIVE])
    }

    /// Returns the last `limit` messages of a room, the oldest first, and whether there are earlier ones.
    ///
    /// Only those sent at `since` or later, in milliseconds since 1970, and with `before`, before that time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn history(
        &self,
        room: &RoomId,
        since: u64,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<ChatMessage>, bool), StoreError> {
        // One more than asked for shows whether there is more.
        let mut query = newest_first(MESSAGES, SENT, limit.saturating_add(1));
        if let Some(before) = before {
            query = after(query, vec![request::time(before)]);
        }
        if since > 0 {
            query = up_to(query, vec![request::time(since)]);
        }
        let parent = self.client.path(&[ROOMS, room.as_str()]);
        let mut documents = self.client.query(parent, query).await?;
        let more = documents.len() > limit;
        documents.truncate(limit);
        documents.reverse();
        Ok((documents.into_iter().filter_map(message).collect(), more))
    }

    /// Stores messages of a room, all in one commit, and returns them as they are stored, in the order given.
    ///
    /// A message whose id is there already keeps what it held: the client repeated it because the first answer was
    /// lost. The others are stored.
    ///
    /// # Errors
    /// If it fails, nobody may be told that any of them was stored; the same call may be made again.
    pub async fn append_messages(
        &self,
        room: &RoomId,
        messages: &[ChatMessage],
    ) -> Result<Vec<ChatMessage>, StoreError> {
        self.append_fenced(room, messages, None).await
    }

    /// The same, by a server that must have the room.
    ///
    /// # Errors
    /// [`StoreError::Deposed`] if there is a fence and the room is another server's by now.
    pub async fn append_fenced(
        &self,
        room: &RoomId,
        messages: &[ChatMessage],
        fence: Option<&Fence>,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let mut stored: BTreeMap<MessageId, ChatMessage> = BTreeMap::new();
        loop {
            let mut missing: BTreeMap<&MessageId, &ChatMessage> = BTreeMap::new();
            for message in messages
                .iter()
                .filter(|message| !stored.contains_key(&message.id))
            {
                missing.entry(&message.id).or_insert(message);
            }
            if missing.is_empty() {
                break;
            }
            let mut writes: Vec<Write> = fence.map(|fence| self.demand(room, fence)).into_iter().collect();
            writes.extend(missing.values().map(|message| self.said(room, message)));
            match self.client.commit(writes).await {
                Err(StoreError::Refused(_) | StoreError::NotFound) if fence.is_some() => {
                    return Err(StoreError::Deposed);
                }
                Ok(_) => stored.extend(
                    missing
                        .into_iter()
                        .map(|(id, message)| (id.clone(), message.clone())),
                ),
                Err(StoreError::AlreadyExists) => {
                    let paths = missing.keys().map(|id| self.message_path(room, id)).collect();
                    let found = self.client.get_all(paths).await?;
                    if found.is_empty() {
                        // It was there and is not any more: somebody deletes what is being said.
                        return Err(StoreError::Contended);
                    }
                    for document in found {
                        let name = document.name.clone();
                        let message = message(document)
                            .ok_or_else(|| StoreError::Internal(format!("{name} holds no message")))?;
                        stored.insert(message.id.clone(), message);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(messages
            .iter()
            .filter_map(|message| stored.get(&message.id).cloned())
            .collect())
    }

    /// Returns when the last message of a room was sent, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database is out of reach.
    pub async fn last_sent_at(&self, room: &RoomId) -> Result<Option<u64>, StoreError> {
        let query = newest_first(MESSAGES, SENT, 1);
        let parent = self.client.path(&[ROOMS, room.as_str()]);
        let documents = self.client.query(parent, query).await?;
        Ok(documents
            .first()
            .and_then(|document| millis(document.fields.get(SENT)?)))
    }

    fn said(&self, room: &RoomId, message: &ChatMessage) -> Write {
        let fields = HashMap::from([
            ("member_id".to_owned(), request::text(message.member_id.as_str())),
            ("name".to_owned(), request::text(message.name.as_str())),
            ("text".to_owned(), request::text(message.text.as_str())),
            (SENT.to_owned(), request::time(message.sent_at)),
        ]);
        create(self.message_path(room, &message.id), fields)
    }

    fn message_path(&self, room: &RoomId, id: &MessageId) -> String {
        self.client.path(&[ROOMS, room.as_str(), MESSAGES, id.as_str()])
    }
}

/// Reads a message; says in the log if somebody else wrote a document here that is none.
fn message(document: Document) -> Option<ChatMessage> {
    let name = document.name.clone();
    let message = read(document);
    if message.is_none() {
        tracing::warn!(document = name, "is not a chat message; passing over it");
    }
    message
}

fn read(document: Document) -> Option<ChatMessage> {
    let Document { name, mut fields, .. } = document;
    let sent_at = millis(fields.get(SENT)?)?;
    let mut text = |field: &str| {
        let Some(ValueType::StringValue(text)) = fields.remove(field)?.value_type else {
            return None;
        };
        Some(text)
    };
    Some(ChatMessage {
        id: name.rsplit('/').next()?.parse().ok()?,
        member_id: text("member_id")?.try_into().ok()?,
        name: text("name")?.try_into().ok()?,
        text: text("text")?.try_into().ok()?,
        sent_at,
    })
}

fn millis(value: &Value) -> Option<u64> {
    let Some(ValueType::TimestampValue(time)) = &value.value_type else {
        return None;
    };
    let seconds = u64::try_from(time.seconds).ok()?;
    let nanos = u64::try_from(time.nanos).ok()?;
    seconds.checked_mul(1_000)?.checked_add(nanos / 1_000_000)
}
