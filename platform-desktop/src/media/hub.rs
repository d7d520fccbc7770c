//! Encoded frames on their way from one track to everybody who wants them.

use bytes::Bytes;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Instant,
};
use tokio::sync::{Notify, mpsc};

/// One encoded frame of pictures (VP8) or of sound (Opus, 20 ms).
#[derive(Debug, Clone)]
pub struct Chunk {
    /// What the encoder made.
    pub data: Bytes,
    /// It can be decoded without those before it. Sound always can.
    pub key: bool,
    /// When it was captured, or received.
    pub at: Instant,
}

/// How many bits per second a listener can take; others may change it at any time.
pub type Budget = Arc<AtomicU32>;

/// Hands each frame of one track to all who listen. Whoever is slow loses frames, up to the next key frame.
#[derive(Debug, Default)]
pub struct Hub {
    listeners: Mutex<Vec<Listener>>,
    key: AtomicBool,
    key_wanted: Notify,
}

#[derive(Debug)]
struct Listener {
    to: mpsc::Sender<Chunk>,
    budget: Option<Budget>,
    /// It misses what comes next, until a key frame does.
    astray: bool,
}

impl Hub {
    /// Begins to listen, with a key frame. No more than `depth` frames wait to be taken.
    pub fn listen(&self, depth: usize, budget: Option<Budget>) -> mpsc::Receiver<Chunk> {
        let (to, chunks) = mpsc::channel(depth);
        self.listeners().push(Listener {
            to,
            budget,
            astray: true,
        });
        self.request_key();
        chunks
    }

    /// Hands out a frame.
    pub fn publish(&self, chunk: &Chunk) {
        let mut lost = false;
        self.listeners().retain_mut(|listener| {
            if listener.astray && !chunk.key {
                return !listener.to.is_closed();
            }
            match listener.to.try_send(chunk.clone()) {
                Ok(()) => listener.astray = false,
                Err(mpsc::error::TrySendError::Full(_)) => {
                    listener.astray = true;
                    lost = true;
                }
                Err(mpsc::error::TrySendError::Closed(_)) => return false,
            }
            true
        });
        if lost {
            self.request_key();
        }
    }

    /// Says that frames were lost: what comes next can be decoded by nobody, until a key frame does.
    pub fn lose(&self) {
        self.listeners()
            .iter_mut()
            .for_each(|listener| listener.astray = true);
    }

    /// Asks for a key frame: somebody cannot decode without.
    pub fn request_key(&self) {
        self.key.store(true, Ordering::Relaxed);
        self.key_wanted.notify_one();
    }

    /// Tells whether a key frame is wanted, and forgets it.
    pub fn take_key_request(&self) -> bool {
        self.key.swap(false, Ordering::Relaxed)
    }

    /// Completes when a key frame is wanted.
    pub async fn key_wanted(&self) {
        self.key_wanted.notified().await;
    }

    /// Tells whether anybody listens.
    pub fn is_heard(&self) -> bool {
        let mut listeners = self.listeners();
        listeners.retain(|listener| !listener.to.is_closed());
        !listeners.is_empty()
    }

    /// What the weakest of those who listen can take, in bits per second.
    pub fn budget(&self) -> Option<u32> {
        let listeners = self.listeners();
        let budgets = listeners.iter().filter_map(|listener| listener.budget.as_ref());
        budgets.map(|budget| budget.load(Ordering::Relaxed)).min()
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<Listener>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(key: bool) -> Chunk {
        Chunk {
            data: Bytes::new(),
            key,
            at: Instant::now(),
        }
    }

    #[test]
    fn whoever_begins_to_listen_gets_a_key_frame_first_and_it_is_asked_for() {
        let hub = Hub::default();
        let mut chunks = hub.listen(4, None);
        assert!(hub.take_key_request());
        hub.publish(&chunk(false));
        assert!(chunks.try_recv().is_err(), "nobody can decode that");
        hub.publish(&chunk(true));
        hub.publish(&chunk(false));
        assert!(chunks.try_recv().unwrap().key);
        assert!(!chunks.try_recv().unwrap().key);
    }

    #[test]
    fn whoever_is_slow_goes_on_with_a_key_frame_and_holds_nobody_up() {
        let hub = Hub::default();
        let (mut slow, mut quick) = (hub.listen(1, None), hub.listen(8, None));
        hub.publish(&chunk(true));
        hub.take_key_request();
        hub.publish(&chunk(false));
        assert!(hub.take_key_request());
        assert!(slow.try_recv().unwrap().key);
        hub.publish(&chunk(false));
        assert!(slow.try_recv().is_err());
        hub.publish(&chunk(true));
        assert!(slow.try_recv().unwrap().key);
        assert_eq!(std::iter::from_fn(|| quick.try_recv().ok()).count(), 4);
    }

    #[test]
    fn the_weakest_listener_sets_the_bit_rate_while_it_is_there() {
        let hub = Hub::default();
        assert_eq!(hub.budget(), None);
        let strong = hub.listen(1, Some(Arc::new(AtomicU32::new(2_000_000))));
        let weak = hub.listen(1, Some(Arc::new(AtomicU32::new(300_000))));
        assert_eq!(hub.budget(), Some(300_000));
        drop(weak);
        assert!(hub.is_heard());
        assert_eq!(hub.budget(), Some(2_000_000));
        drop(strong);
        assert!(!hub.is_heard());
    }
}
