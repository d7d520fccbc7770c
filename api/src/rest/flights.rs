//! Equal reads that are asked for at the same time become one.
//!
//! # Invariant
//! A read is never older than the question: whoever asks while one is in the air boards the next, which starts after
//! that. So nothing is ever answered from memory, and it makes no difference who else writes to the database.

use std::{
    collections::BTreeMap,
    future::Future,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Reads under way, by what they read.
pub(super) struct Flights<K, V>(Arc<Board<K, V>>);

/// Who waits for the flight after the one in the air. A key is there for as long as one is.
type Board<K, V> = Mutex<BTreeMap<K, Vec<oneshot::Sender<V>>>>;

impl<K, V> Flights<K, V>
where
    K: Ord + Clone + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Returns what a read gives that starts no earlier than now; nothing if it panicked.
    pub(super) async fn join<F>(&self, key: K, read: impl Fn() -> F + Send + 'static) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (ticket, landing) = oneshot::channel();
        let first = {
            let mut board = lock(&self.0);
            match board.get_mut(&key) {
                Some(waiting) => {
                    waiting.push(ticket);
                    None
                }
                None => {
                    board.insert(key.clone(), Vec::new());
                    Some(ticket)
                }
            }
        };
        if let Some(first) = first {
            let route = Route {
                board: self.0.clone(),
                key,
            };
            // A task of its own: the others' answers must not depend on the first one's patience.
            tokio::spawn(route.serve(first, read));
        }
        landing.await.ok()
    }
}

/// Flights with one key, one after the other, until nobody waits.
struct Route<K: Ord, V> {
    board: Arc<Board<K, V>>,
    key: K,
}

impl<K: Ord, V: Clone> Route<K, V> {
    async fn serve<F: Future<Output = V>>(self, first: oneshot::Sender<V>, read: impl Fn() -> F) {
        let mut passengers = vec![first];
        while !passengers.is_empty() {
            let value = read().await;
            for passenger in passengers {
                // Who hung up is not missed.
                passenger.send(value.clone()).ok();
            }
            passengers = self.next();
        }
    }

    /// Takes those who wait; if nobody does, the key goes in the same moment, so that the next to come starts anew.
    fn next(&self) -> Vec<oneshot::Sender<V>> {
        let mut board = lock(&self.board);
        let waiting = board.get_mut(&self.key).map(mem::take).unwrap_or_default();
        if waiting.is_empty() {
            board.remove(&self.key);
        }
        waiting
    }
}

/// After a panic in a read nobody would clear the key. After an orderly end there is nothing left to clear, or it is
/// another's: then the key is back, and with it somebody who serves it.
impl<K: Ord, V> Drop for Route<K, V> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.board).remove(&self.key);
        }
    }
}

impl<K, V> Clone for Flights<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds the lock, and every state of a map is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Semaphore;

    /// Reads a counter that is raised only when the test says so.
    struct Sky {
        flights: Flights<&'static str, usize>,
        started: Arc<AtomicUsize>,
        clearance: Arc<Semaphore>,
    }

    impl Sky {
        fn new() -> Self {
            Self {
                flights: Flights::default(),
                started: Arc::default(),
                clearance: Arc::new(Semaphore::new(0)),
            }
        }

        fn ask(&self) -> tokio::task::JoinHandle<Option<usize>> {
            let (flights, started, clearance) =
                (self.flights.clone(), self.started.clone(), self.clearance.clone());
            tokio::spawn(async move {
                let read = move || {
                    let (number, clearance) = (started.fetch_add(1, Ordering::SeqCst) + 1, clearance.clone());
                    async move {
                        clearance.acquire().await.unwrap().forget();
                        number
                    }
                };
                flights.join("posts", read).await
            })
        }

        async fn waiting(&self, people: usize) {
            while lock(&self.flights.0).get("posts").map(Vec::len) != Some(people)
                || self.started.load(Ordering::SeqCst) == 0
            {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn who_asks_while_one_is_in_the_air_boards_the_next() {
        let sky = Sky::new();
        let first = sky.ask();
        sky.waiting(0).await;
        let late: Vec<_> = (0..10).map(|_| sky.ask()).collect();
        sky.waiting(10).await;
        sky.clearance.add_permits(1);
        assert_eq!(first.await.unwrap(), Some(1));
        sky.clearance.add_permits(1);
        for one in late {
            assert_eq!(one.await.unwrap(), Some(2), "one flight for all that waited");
        }
    }

    #[tokio::test]
    async fn once_all_have_landed_the_next_starts_anew() {
        let sky = Sky::new();
        sky.clearance.add_permits(2);
        assert_eq!(sky.ask().await.unwrap(), Some(1));
        assert_eq!(sky.ask().await.unwrap(), Some(2));
        while !lock(&sky.flights.0).is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_first_one_may_hang_up() {
        let sky = Sky::new();
        let first = sky.ask();
        sky.waiting(0).await;
        let second = sky.ask();
        sky.waiting(1).await;
        first.abort();
        sky.clearance.add_permits(2);
        assert_eq!(second.await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn a_read_that_panics_leaves_nobody_waiting() {
        let flights: Flights<&str, usize> = Flights::default();
        let crash = || async { panic!("as the test wants it") };
        assert_eq!(flights.join("posts", crash).await, None);
        assert_eq!(flights.join("posts", || async { 7 }).await, Some(7));
    }
}
