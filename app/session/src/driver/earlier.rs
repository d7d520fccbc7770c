//! Chat messages from before the first one shown, and those that are missing in between, over REST.

use super::{Driver, io::Happening};
use crate::{Platform, platform::Exception};
use serde::Deserialize;
use std::{fmt::Write, time::Duration};
use wire::{ChatMessage, ResumeToken, RoomId, limits::MESSAGES_PAGE, routes::API};

/// The most pages that are loaded without being asked for, after each time that the person was away.
pub(super) const MISSED_PAGES: u32 = 10;
/// Rests before it is tried again. The person has not asked for it, and would not know that it is to ask once more.
const RETRIES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

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
        if let Some(before) = self.chat.first() {
            self.load_before(before, &[]);
        }
    }

    /// The person asks for what is missing before a line.
    #[inline(never)]
    pub(super) fn load_missing(&mut self, key: &str) {
        if let Some(before) = self.chat.gap_before(key) {
            self.missed_pages = MISSED_PAGES;
            self.load_before(before, &[]);
        }
    }

    /// Loads what was said while the person was away and is more than a history holds, the newest first, until it meets what is
    /// known. It may end before that: the list says where.
    pub(super) fn load_missed(&mut self) {
        let Some(before) = self.chat.gap().filter(|_| self.missed_pages > 0) else {
            return;
        };
        if self.load_before(before, &RETRIES) {
            self.missed_pages -= 1;
        }
    }

    /// Loads a page from before a time, unless one is on its way.
    fn load_before(&mut self, before: u64, retries: &'static [Duration]) -> bool {
        let (Some(room), None) = (self.stay.room(), self.paging) else {
            return false;
        };
        self.paging = Some(before);
        let path = format!(
            "{API}/rooms/{}/messages?before={before}&limit={}",
            encoded(room),
            MESSAGES_PAGE.1
        );
        let (io, room, token) = (self.io.clone(), room.clone(), self.stay.token().cloned());
        self.io.spawn(async move {
            let bearer = token.as_ref().map(ResumeToken::as_str);
            let mut page = io.platform.get(&path, bearer).await;
            for rest in retries {
                if page.is_ok() {
                    break;
                }
                io.platform.sleep(*rest).await;
                page = io.platform.get(&path, bearer).await;
            }
            io.report(Happening::Earlier(room, before, page));
        });
        true
    }

    #[inline(never)]
    pub(super) fn take_earlier(&mut self, room: &RoomId, before: u64, page: Result<String, Exception>) {
        if self.stay.room() != Some(room) || self.paging != Some(before) {
            return;
        }
        self.paging = None;
        let page = page.map_err(|exception| exception.to_string());
        match page.and_then(|page| serde_json::from_str::<Page>(&page).map_err(|error| error.to_string())) {
            Ok(page) => {
                let stay = &self.stay;
                self.chat
                    .earlier(page.messages, page.more, before, |id| stay.is_me(id));
                self.load_missed();
            }
            // They can be asked for again: the chat still says that there are some.
            Err(error) => {
                tracing::warn!(error, "earlier messages are not loaded");
                if self.chat.gap() == Some(before) {
                    self.missed_pages = 0;
                }
                // There may be another gap by now.
                self.load_missed();
            }
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
