//! Everything that client and server say to each other: messages, REST bodies, ids, limits and paths.
//!
//! # Invariants
//! - No I/O and no runtime: this crate compiles for every platform and is the bottom of the house.
//! - A value of these types is valid: names, texts and ids are checked where they are made, which includes
//!   deserialization. Code above this crate does not check again.
//! - The *server* stamps sender, id and time. No [`ClientMessage`] has a field in which a client could say who it is.

#![warn(missing_docs)]

pub mod gestures;
pub mod ids;
pub mod limits;
pub mod media;
pub mod posts;
pub mod report;
pub mod rooms;
pub mod routes;
pub mod rules;
pub mod signal;
mod tagged;
pub mod text;
pub mod want;

pub use gestures::Reaction;
pub use ids::{AccessToken, BadId, HandshakeId, HostToken, MemberId, MessageId, Nonce, ResumeToken, RoomId};
pub use media::{IceCandidate, IceServer, MediaState, Missing, Sdp, SdpTooLarge};
pub use report::{CallReport, ClientPlatform, Failures, Milliseconds, ReportVersion, Tally};
pub use rooms::{ChatMessage, Member, RoomInfo};
pub use rules::{Action, BadPasscode, HistoryPolicy, Passcode, RoomRules};
pub use signal::{ClientMessage, ErrorCode, LeaveReason, ServerMessage};
pub use text::{BadText, ChatText, DisplayName};
pub use want::{Height, TooHigh, Want};
