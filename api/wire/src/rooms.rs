//! Who is in a room, and what was said there.

use crate::{ChatText, DisplayName, MediaState, MemberId, MessageId, RoomId};
use serde::{Deserialize, Serialize};

/// A member as the others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who it is.
    pub id: MemberId,
    /// The name it goes by.
    pub name: DisplayName,
    /// What it sends.
    pub media: MediaState,
    /// Its socket is lost, and it may still come back.
    #[serde(default)]
    pub away: bool,
}

/// A stored chat message, the same for everyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// Its id; equal ids are one message.
    pub id: MessageId,
    /// Who said it. That member may have left long ago.
    pub member_id: MemberId,
    /// The name that the author had then.
    pub name: DisplayName,
    /// What was said.
    pub text: ChatText,
    /// When the server took it, in milliseconds since 1970-01-01T00:00:00Z. Rises strictly within a room.
    pub sent_at: u64,
}

/// What anybody with the link may know of a room: the answer to `peek` and to `GET /api/rooms/:id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomInfo {
    /// Which room.
    pub id: RoomId,
    /// The names of those inside, in the order in which they came. Of a room that is not open to everybody, none.
    pub members: Vec<DisplayName>,
    /// How many may be inside at once.
    pub capacity: usize,
    /// Somebody is inside, and not everybody may come in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guarded: bool,
}
