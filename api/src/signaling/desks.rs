//! One task for each room in which there is something to do: one thing after another, and many at once when many come.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::timeout,
};
use wire::RoomId;

/// How long a room's task waits for the next thing to do before it ends.
pub(super) const IDLE: Duration = Duration::from_secs(60);

/// Where the tasks are found. Clones are the same.
#[derive(Debug)]
pub(super) struct Desks<W> {
    rooms: Arc<Mutex<HashMap<RoomId, mpsc::Sender<W>>>>,
}

/// What a room's task works off.
#[derive(Debug)]
pub(super) struct Desk<W> {
    room: RoomId,
    queue: mpsc::Receiver<W>,
    all: Desks<W>,
}

impl<W: Send + 'static> Desks<W> {
    /// Gives a room something to do, behind what it has already, and starts its task with `work` if there is none.
    ///
    /// # Errors
    /// [`TrySendError::Full`] if `depth` things wait already.
    pub fn give<T: Future<Output = ()> + Send + 'static>(
        &self,
        room: &RoomId,
        depth: usize,
        task: W,
        work: impl FnOnce(Desk<W>) -> T,
    ) -> Result<(), TrySendError<W>> {
        let mut rooms = self.lock();
        let queue = rooms.entry(room.clone()).or_insert_with(|| {
            let (sender, queue) = mpsc::channel(depth);
            tokio::spawn(work(Desk {
                room: room.clone(),
                queue,
                all: self.clone(),
            }));
            sender
        });
        queue.try_send(task)
    }

    /// Returns the queue of a room that has a task.
    pub fn find(&self, room: &RoomId) -> Option<mpsc::Sender<W>> {
        self.lock().get(room).cloned()
    }

    /// Ends every task once it has done what it was given.
    pub fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomId, mpsc::Sender<W>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W> Desk<W> {
    /// Waits for what there is to do, and returns all of it, `most` things at most; nothing if there was nothing for a while
    /// and the task has to end.
    pub async fn next(&mut self, most: usize) -> Option<Vec<W>> {
        let mut batch = Vec::new();
        loop {
            match timeout(IDLE, self.queue.recv_many(&mut batch, most)).await {
                Ok(0) => return None,
                Ok(_) => return Some(batch),
                Err(_) if self.retire() => return None,
                Err(_) => {}
            }
        }
    }

    /// Takes everything that waits by now.
    pub fn rest(&mut self) -> impl Iterator<Item = W> {
        std::iter::from_fn(|| self.queue.try_recv().ok())
    }

    /// Forgets the room's task, unless something came in the meantime.
    fn retire(&self) -> bool {
        let mut rooms = self.all.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock nobody adds anything.
        let retired = self.queue.is_empty();
        if retired {
            rooms.remove(&self.room);
        }
        retired
    }
}

impl<W> Clone for Desks<W> {
    fn clone(&self) -> Self {
        Self {
            rooms: Arc::clone(&self.rooms),
        }
    }
}

impl<W> Default for Desks<W> {
    fn default() -> Self {
        Self {
            rooms: Arc::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{sync::mpsc::unbounded_channel, time::advance};

    fn room() -> RoomId {
        "moon".parse().expect("a room")
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_while_there_is_work_is_done_at_once_after_it() {
        let (said, mut done) = unbounded_channel();
        let desks = Desks::default();
        let give = |number: u32| {
            let said = said.clone();
            desks.give(&room(), 8, number, |mut desk| async move {
                while let Some(batch) = desk.next(8).await {
                    said.send(batch).expect("the test listens");
                }
            })
        };
        give(1).expect("there is room");
        assert_eq!(done.recv().await, Some(vec![1]));
        give(2).expect("there is room");
        give(3).expect("there is room");
        assert_eq!(done.recv().await, Some(vec![2, 3]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_without_work_ends_and_another_begins() {
        let (said, mut done) = unbounded_channel();
        let desks = Desks::default();
        for round in 0..2 {
            let said = said.clone();
            let given = desks.give(&room(), 1, round, |mut desk| async move {
                let mut worked = 0;
                while let Some(batch) = desk.next(8).await {
                    worked += batch.len();
                }
                said.send(worked).expect("the test listens");
            });
            given.expect("there is room");
            advance(IDLE * 2).await;
            assert_eq!(done.recv().await, Some(1), "round {round}");
            assert!(desks.find(&room()).is_none());
        }
    }

    #[tokio::test]
    async fn too_much_work_is_given_back() {
        let desks = Desks::default();
        let idle = |desk| async move {
            let _kept: Desk<u32> = desk;
            std::future::pending::<()>().await;
        };
        let give = |number: u32| desks.give(&room(), 1, number, idle);
        give(1).expect("there is room");
        assert!(matches!(give(2), Err(TrySendError::Full(2))));
    }
}
