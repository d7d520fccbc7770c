//! What waits to be sent over one socket.

use super::close;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::{
    Utf8Bytes,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

/// The most messages that wait for a reader.
const MESSAGES: usize = 256;
/// The most bytes that wait for a reader.
const BYTES: usize = 1024 * 1024;

/// A bounded queue with one reader, the socket's task. An empty one holds no memory.
#[derive(Debug, Default)]
pub struct Outbox {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Utf8Bytes>,
    bytes: usize,
    close: Option<CloseFrame>,
    overflowed: bool,
}

/// What the socket's task is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Send(Utf8Bytes),
    Close(CloseFrame),
    Wait,
}

impl Outbox {
    /// Adds a message behind the others. A reader that is too slow for it loses what waits, and the socket.
    pub fn push(&self, text: Utf8Bytes) {
        let mut state = self.lock();
        if state.close.is_some() {
            return;
        }
        if state.queue.len() >= MESSAGES || state.bytes + text.len() > BYTES {
            state.queue = VecDeque::new();
            state.close = Some(frame(close::TRY_AGAIN_LATER, "you do not read what you are sent"));
            state.overflowed = true;
            metrics::counter!("tsukiyo_slow_consumers_total").increment(1);
        } else {
            state.bytes += text.len();
            state.queue.push_back(text);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Closes the socket once everything before is sent. Only the first call counts.
    pub fn close(&self, code: u16, reason: &'static str) {
        self.lock().close.get_or_insert_with(|| frame(code, reason));
        self.changed.notify_one();
    }

    /// Waits until there is something to do. To be called by one task only.
    pub(super) async fn changed(&self) {
        while self.is_idle() {
            self.changed.notified().await;
        }
    }

    /// Waits until the queue has run over.
    pub(super) async fn overflowed(&self) {
        while !self.lock().overflowed {
            self.changed.notified().await;
        }
    }

    pub(super) fn next(&self) -> Next {
        let mut state = self.lock();
        let Some(text) = state.queue.pop_front() else {
            return state.close.clone().map_or(Next::Wait, Next::Close);
        };
        state.bytes -= text.len();
        if state.queue.is_empty() {
            state.queue = VecDeque::new();
        }
        Next::Send(text)
    }

    fn is_idle(&self) -> bool {
        let state = self.lock();
        state.queue.is_empty() && state.close.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn frame(code: u16, reason: &'static str) -> CloseFrame {
    CloseFrame {
        code: CloseCode::from(code),
        reason: Utf8Bytes::from_static(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn messages_come_out_in_order_and_the_close_after_them() {
        let outbox = Outbox::default();
        outbox.push("a".into());
        outbox.close(1012, "going away");
        outbox.push("too late".into());
        assert_eq!(outbox.next(), Next::Send("a".into()));
        assert_eq!(outbox.next(), Next::Close(frame(1012, "going away")));
    }

    #[test]
    fn who_does_not_read_loses_what_waits_and_the_socket() {
        let outbox = Outbox::default();
        for _ in 0..MESSAGES {
            outbox.push("a".into());
        }
        assert!(outbox.overflowed().now_or_never().is_none());
        outbox.push("a".into());
        assert!(outbox.overflowed().now_or_never().is_some());
        assert!(matches!(outbox.next(), Next::Close(frame) if u16::from(frame.code) == 1013));
    }

    #[test]
    fn a_few_large_messages_are_as_many_as_many_small_ones() {
        let outbox = Outbox::default();
        let large = Utf8Bytes::from("a".repeat(BYTES / 2));
        outbox.push(large.clone());
        outbox.push(large.clone());
        assert!(matches!(outbox.next(), Next::Send(_)));
        outbox.push(large.clone());
        assert!(outbox.overflowed().now_or_never().is_none());
        outbox.push(large);
        assert!(outbox.overflowed().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_push_wakes_the_reader() {
        let outbox = Outbox::default();
        assert!(outbox.changed().now_or_never().is_none());
        tokio::join!(outbox.changed(), async { outbox.push("a".into()) });
        assert_eq!(outbox.next(), Next::Send("a".into()));
        assert_eq!(outbox.next(), Next::Wait);
    }
}
