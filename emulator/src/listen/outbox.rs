//! Messages on their way to one client, and how much waits for all clients together.
//!
//! A stream hands over what its client takes, and keeps the rest. What all streams keep has a bound: beyond it, new results
//! are read later, and clients that took nothing for a while are let go, those first that have been still for longest. What
//! waited for them is forgotten at once; when they read on, they find RESOURCE_EXHAUSTED, and may come back with their token.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio_stream::Stream;
use tonic::Status;

use super::message::Outgoing;
use crate::{error::Result, proto::ListenResponse};

/// Bytes that wait for all clients together at most, but for the results that are being read.
const MAX_WAITING: usize = 128 * 1024 * 1024;
/// Results that are read at a time.
const MAX_READING: usize = 8;
/// How long a client may take nothing while too much waits.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of messages that are ready for one client.
const READY: usize = 64 * 1024;

/// What waits for the clients of all streams.
#[derive(Debug)]
pub(crate) struct Backlog {
    streams: Mutex<BTreeMap<u64, Arc<Line>>>,
    next: AtomicU64,
    waiting: AtomicUsize,
    less: Notify,
    reading: Semaphore,
}

/// What waits for one client.
#[derive(Debug)]
struct Line {
    state: Mutex<State>,
    /// Tells the stream that its client took something.
    taken: Notify,
    /// Tells the stream that nobody waits for it any more.
    over: Notify,
}

#[derive(Debug)]
struct State {
    ready: VecDeque<(ListenResponse, usize)>,
    ready_bytes: usize,
    /// Bytes that wait, those that are ready among them.
    waiting: usize,
    /// When the client took something last, or something began to wait.
    moved: Instant,
    /// How the stream ends, after what is ready.
    end: Option<Result<(), Status>>,
    is_over: bool,
    waker: Option<Waker>,
}

/// The stream's side.
#[derive(Debug)]
pub(super) struct Outbox {
    backlog: Arc<Backlog>,
    line: Arc<Line>,
    id: u64,
}

/// The client's side.
#[derive(Debug)]
pub(crate) struct Answers {
    backlog: Arc<Backlog>,
    line: Arc<Line>,
}

impl Default for Backlog {
    fn default() -> Self {
        Self {
            streams: Mutex::default(),
            next: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            less: Notify::new(),
            reading: Semaphore::new(MAX_READING),
        }
    }
}

impl Backlog {
    /// Opens a line to one client.
    pub(super) fn open(self: &Arc<Self>) -> (Outbox, Answers) {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let line = Arc::new(Line {
            state: Mutex::new(State {
                ready: VecDeque::new(),
                ready_bytes: 0,
                waiting: 0,
                moved: Instant::now(),
                end: None,
                is_over: false,
                waker: None,
            }),
            taken: Notify::new(),
            over: Notify::new(),
        });
        self.streams().insert(id, Arc::clone(&line));
        let outbox = Outbox {
            backlog: Arc::clone(self),
            line: Arc::clone(&line),
            id,
        };
        let backlog = Arc::clone(self);
        (outbox, Answers { backlog, line })
    }

    /// Waits for one's turn to read a result that may be large.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let turn = self.reading.acquire().await.ok();
        while self.waiting.load(Ordering::Acquire) > MAX_WAITING {
            let less = self.less.notified();
            self.let_go();
            if self.waiting.load(Ordering::Acquire) <= MAX_WAITING {
                break;
            }
            // A client that is still becomes one that was still for long without anything happening.
            drop(tokio::time::timeout(PATIENCE / 4, less).await);
        }
        turn
    }

    /// Lets clients go until what waits is within the bound, or no client was still for long.
    fn let_go(&self) {
        let mut still: Vec<(Instant, Arc<Line>)> = Vec::new();
        for line in self.streams().values() {
            let state = line.lock();
            if state.waiting > 0 && state.moved.elapsed() >= PATIENCE {
                still.push((state.moved, Arc::clone(line)));
            }
        }
        still.sort_by_key(|(moved, _)| *moved);
        for (_, line) in still {
            if self.waiting.load(Ordering::Acquire) <= MAX_WAITING {
                return;
            }
            let mut state = line.lock();
            state.end = Some(Err(Status::resource_exhausted(
                "The client reads too slowly, and too much waits for it and others: come back with the resume token.",
            )));
            tracing::info!(
                bytes = state.waiting,
                "a listener that reads too slowly was let go"
            );
            self.finish(&line, state);
        }
    }

    /// Forgets what waits in a line and tells both sides.
    fn finish(&self, line: &Line, mut state: MutexGuard<'_, State>) {
        state.is_over = true;
        state.ready = VecDeque::new();
        state.ready_bytes = 0;
        self.subtract(std::mem::take(&mut state.waiting));
        let waker = state.waker.take();
        drop(state);
        line.over.notify_one();
        line.taken.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn add(&self, bytes: usize) {
        if self.waiting.fetch_add(bytes, Ordering::AcqRel) + bytes > MAX_WAITING {
            self.let_go();
        }
    }

    fn subtract(&self, bytes: usize) {
        let before = self.waiting.fetch_sub(bytes, Ordering::AcqRel);
        if before > MAX_WAITING && before - bytes <= MAX_WAITING {
            self.less.notify_waiters();
        }
    }

    fn streams(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Line>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Waits for one's turn to read a result that may be large.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.backlog.turn().await
    }

    /// Sends messages as fast as the client takes them. Where nobody waits for them any more they are dropped.
    pub(super) async fn send(&self, out: Vec<Outgoing>) -> Result<()> {
        if out.is_empty() {
            return Ok(());
        }
        let bytes = out.iter().map(Outgoing::weight).sum();
        {
            let mut state = self.line.lock();
            if state.is_over {
                return Ok(());
            }
            if state.waiting == 0 {
                state.moved = Instant::now();
            }
            state.waiting += bytes;
        }
        self.backlog.add(bytes);
        for message in out {
            let weight = message.weight();
            let message = message.into_message()?;
            if !self.make_ready(message, weight).await {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Puts a message where the client takes it, once there is room. Returns whether anybody waits for it.
    async fn make_ready(&self, message: ListenResponse, weight: usize) -> bool {
        loop {
            {
                let mut state = self.line.lock();
                if state.is_over {
                    return false;
                }
                if state.ready.is_empty() || state.ready_bytes + weight <= READY {
                    state.ready.push_back((message, weight));
                    state.ready_bytes += weight;
                    if let Some(waker) = state.waker.take() {
                        waker.wake();
                    }
                    return true;
                }
            }
            self.line.taken.notified().await;
        }
    }

    /// Waits until nobody waits for messages any more.
    pub(super) async fn over(&self) {
        self.line.over.notified().await;
    }

    /// Ends the stream after what is ready.
    pub(super) fn end(self, end: Result<(), Status>) {
        let mut state = self.line.lock();
        state.end.get_or_insert(end);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.backlog.streams().remove(&self.id);
        let mut state = self.line.lock();
        // What did not become ready never will.
        let rest = state.waiting - state.ready_bytes;
        state.waiting = state.ready_bytes;
        state.end.get_or_insert(Ok(()));
        let waker = state.waker.take();
        drop(state);
        self.backlog.subtract(rest);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Stream for Answers {
    type Item = Result<ListenResponse, Status>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.line.lock();
        if let Some((message, weight)) = state.ready.pop_front() {
            state.ready_bytes -= weight;
            state.waiting -= weight;
            state.moved = Instant::now();
            drop(state);
            self.backlog.subtract(weight);
            self.line.taken.notify_one();
            return Poll::Ready(Some(Ok(message)));
        }
        match state.end.take() {
            Some(end) => {
                // Whoever asks once more hears that this was all.
                state.end = Some(Ok(()));
                Poll::Ready(end.err().map(Err))
            }
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.backlog.finish(&self.line, self.line.lock());
    }
}
