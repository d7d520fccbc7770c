//! Every bound that client and server agree on. Sizes are in bytes unless a name says otherwise.

/// Length of a room id, in characters.
pub const ROOM_ID_CHARS: usize = 64;
/// Length of a display name, in characters.
pub const NAME_CHARS: usize = 40;
/// Length of one chat message, in characters.
pub const CHAT_CHARS: usize = 4_000;
/// Length of the ids and tokens that the server makes, in characters.
pub const ID_CHARS: usize = 200;
/// Length of an access token, in characters: those of some issuers tell much of their bearer.
pub const ACCESS_TOKEN_CHARS: usize = 8_000;
/// Length of one ICE candidate line, in characters.
pub const CANDIDATE_CHARS: usize = 1_000;
/// Size of a session description.
pub const SDP_BYTES: usize = 48 * 1024;
/// Size of one text frame on the signaling socket: a session description and its envelope, JSON-escaped.
pub const FRAME_BYTES: usize = 64 * 1024;
/// Members of one room. A mesh carries no more; larger rooms want an SFU.
pub const ROOM_MEMBERS: usize = 16;
/// Length of a room's passcode, in characters: the least and the most.
pub const PASSCODE_CHARS: (usize, usize) = (4, 64);
/// People who wait to be let into one room.
pub const ROOM_WAITING: usize = 32;
/// Chat messages that a newcomer is sent at once; earlier ones are asked for over REST.
pub const HISTORY_MESSAGES: usize = 100;
/// A post's `photo`, as a data URL.
pub const PHOTO_BYTES: usize = 900 * 1024;
/// A post's body as a whole: the photo and a generous amount of text.
pub const POST_BYTES: usize = PHOTO_BYTES + 64 * 1024;
/// Depth to which a JSON body may nest.
pub const JSON_DEPTH: usize = 20;
/// Posts in one page: the default and the most.
pub const POSTS_PAGE: (usize, usize) = (10, 100);
/// Chat messages in one page: the default and the most.
pub const MESSAGES_PAGE: (usize, usize) = (50, 200);
/// Height of a picture, in pixels: more than any screen has.
pub const PICTURE_HEIGHT: u16 = 4_320;
/// A file that one person gives another, over the data channel of their connection.
pub const FILE_BYTES: u64 = 100_000_000;
/// Length of a file's name, in characters.
pub const FILE_NAME_CHARS: usize = 120;
/// How often something may have happened within one report of a call.
pub const REPORT_TALLY: u32 = 1_000;
/// What a report of a call may say of a duration, in milliseconds: ten minutes. One is sent every minute.
pub const REPORT_MILLISECONDS: u32 = 10 * 60 * 1_000;
/// How long a member whose socket is lost stays in the room, in seconds.
pub const GRACE_SECONDS: u64 = 10;
