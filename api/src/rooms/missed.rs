//! What is kept for a member within its grace time.
//!
//! Of a handshake only the candidates are: whoever has said its candidates does not say them again, and a connection whose
//! descriptions are both saved is kept when the member is back, though it may still wait for a way. An accept, an offer or an answer
//! is of a handshake that both begin anew then, and what somebody sends, sees or misses is said anew as well.

use std::sync::Arc;
use wire::{MemberId, ServerMessage};

/// How much is kept: some twenty candidates of each of fifteen others, and a few more. What is beyond is lost, and ICE is restarted.
const CANDIDATES: usize = 512;
const BYTES: usize = 256 * 1024;

/// What a member is to hear when it is back, in order.
#[derive(Debug, Default)]
pub struct Missed {
    messages: Vec<Arc<ServerMessage>>,
    bytes: usize,
}

impl Missed {
    /// Keeps a message, if it is one that nobody says again.
    pub fn keep(&mut self, message: ServerMessage) {
        let ServerMessage::Candidate { candidate, .. } = &message else {
            return;
        };
        let names = [&candidate.sdp_mid, &candidate.username_fragment]
            .into_iter()
            .flatten();
        let bytes = self.bytes + candidate.candidate.len() + names.map(String::len).sum::<usize>();
        if self.messages.len() < CANDIDATES && bytes <= BYTES {
            self.messages.push(Arc::new(message));
            self.bytes = bytes;
        }
    }

    /// Takes all that is of somebody who is still there.
    pub fn take(&mut self, is_there: impl Fn(&MemberId) -> bool) -> Vec<Arc<ServerMessage>> {
        let mut messages = std::mem::take(self).messages;
        messages.retain(
            |message| matches!(message.as_ref(), ServerMessage::Candidate { from, .. } if is_there(from)),
        );
        messages
    }
}
