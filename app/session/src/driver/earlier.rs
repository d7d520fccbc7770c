//! Chat messages from before the first one shown, over REST.

use super::{Driver, io::Happening};
use crate::{Platform, platform::Exception};
use serde::Deserialize;
use std::fmt::Write;
use wire::{ChatMessage, ResumeToken, RoomId, routes::API};

/// The answer of `GET /rooms/:id/messages`.
#[derive(Deserialize)]
struct Page {
    messages: Vec<ChatMessage>,
    more: bool,
}

impl<P: Platform> Driver<P> {
    /// Like what comes of it, it begins a chunk of the web build (`dc.sh`), so it must stay a function.
    #[inline(never)]
    pub(super) fn load_earlier(&mut self) {
        let (Some(room), Some(before), false) = (self.stay.room(), self.chat.first(), self.paging) else {
            return;
        };
        self.paging = true;
        let path = format!("{API}/rooms/{}/messages?before={before}", encoded(room));
        let (io, room, token) = (self.io.clone(), room.clone(), self.stay.token().cloned());
        self.io.spawn(async move {
            let bearer = token.as_ref().map(ResumeToken::as_str);
            let page = io.platform.get(&path, bearer).await;
            io.report(Happening::Earlier(room, page));
        });
    }

    #[inline(never)]
    pub(super) fn take_earlier(&mut self, room: &RoomId, page: Result<String, Exception>) {
        if self.stay.room() != Some(room) {
            return;
        }
        self.paging = false;
        let page = page.map_err(|exception| exception.to_string());
        match page.and_then(|page| serde_json::from_str::<Page>(&page).map_err(|error| error.to_string())) {
            Ok(page) => {
                let stay = &self.stay;
                self.chat.earlier(page.messages, page.more, |id| stay.is_me(id));
            }
            // They can be asked for again: `Chat::more` still says that there are some.
            Err(error) => tracing::warn!(error, "earlier messages are not loaded"),
        }
    }
}

/// Writes a room's name as a part of a path, [RFC 3986 §2.1](https://www.rfc-editor.org/rfc/rfc3986#section-2.1).
fn encoded(room: &RoomId) -> String {
    let mut path = String::new();
    for byte in room.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            path.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_of_any_script_makes_a_path() {
        assert_eq!(encoded(&"月-a_1".parse().unwrap()), "%E6%9C%88-a_1");
    }
}
