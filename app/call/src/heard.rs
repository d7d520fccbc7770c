//! What the server says, as far as it is for the call.

use crate::Input;
use wire::ServerMessage;

/// What is not about connections comes back as it was. [`ServerMessage::Joined`] does too: whether it still counts, and for
/// whom, is for whoever asked to know.
impl TryFrom<ServerMessage> for Input {
    type Error = ServerMessage;

    #[expect(clippy::wildcard_enum_match_arm, reason = "all others are for others")]
    #[allow(
        clippy::result_large_err,
        reason = "it moves on as it came; where addresses are short it is not large"
    )]
    fn try_from(message: ServerMessage) -> Result<Self, ServerMessage> {
        Ok(match message {
            ServerMessage::Join { member } => Self::Join { member },
            ServerMessage::Accept {
                from,
                handshake,
                keep,
                restart,
            } => Self::Accept {
                from,
                handshake,
                keep,
                restart,
            },
            ServerMessage::Offer {
                from,
                handshake,
                sdp,
                restart,
            } => Self::Offer {
                from,
                handshake,
                sdp,
                restart,
            },
            ServerMessage::Answer { from, handshake, sdp } => Self::Answer { from, handshake, sdp },
            ServerMessage::Candidate {
                from,
                handshake,
                candidate,
            } => Self::Candidate {
                from,
                handshake,
                candidate,
            },
            ServerMessage::Media { member, media } => Self::Media { member, media },
            ServerMessage::Away { member } => Self::Away { member },
            ServerMessage::Leave { member, .. } => Self::Leave { member },
            message => return Err(message),
        })
    }
}
