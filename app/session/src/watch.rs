//! A value that one side sets and any number of others follow, on one thread.

use futures::Stream;
use std::{
    cell::{Cell, RefCell},
    fmt,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// The value and whoever waits for its next change. Clones share it.
pub(crate) struct Watch<T>(Rc<Shared<T>>);

struct Shared<T> {
    value: RefCell<T>,
    version: Cell<u64>,
    waiting: RefCell<Vec<Waker>>,
}

impl<T: Clone + PartialEq> Watch<T> {
    pub fn new(value: T) -> Self {
        Self(Rc::new(Shared {
            value: RefCell::new(value),
            version: Cell::new(1),
            waiting: RefCell::default(),
        }))
    }

    pub fn get(&self) -> T {
        self.0.value.borrow().clone()
    }

    /// Sets the value. Nobody is woken by one that equals the last.
    pub fn set(&self, value: T) {
        if *self.0.value.borrow() == value {
            return;
        }
        self.0.value.replace(value);
        self.0.version.set(self.0.version.get() + 1);
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }

    /// Follows the value: the present one at once, then the newest after every change.
    pub fn changes(&self) -> Changes<T> {
        Changes {
            watch: self.clone(),
            seen: 0,
        }
    }
}

impl<T> Clone for Watch<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("version", &self.0.version)
            .finish_non_exhaustive()
    }
}

/// See [`Watch::changes`].
pub(crate) struct Changes<T> {
    watch: Watch<T>,
    seen: u64,
}

impl<T: Clone + PartialEq> Stream for Changes<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let shared = self.watch.0.clone();
        if self.seen != shared.version.get() {
            self.seen = shared.version.get();
            return Poll::Ready(Some(shared.value.borrow().clone()));
        }
        let mut waiting = shared.waiting.borrow_mut();
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, StreamExt};

    #[test]
    fn a_follower_sees_the_newest_value_and_nothing_in_between() {
        let watch = Watch::new(1);
        let mut changes = watch.changes();
        assert_eq!(changes.next().now_or_never(), Some(Some(1)));
        watch.set(2);
        watch.set(3);
        assert_eq!(changes.next().now_or_never(), Some(Some(3)));
        assert_eq!(changes.next().now_or_never(), None);
    }

    #[test]
    fn a_value_that_did_not_change_wakes_nobody() {
        let watch = Watch::new(1);
        let mut changes = watch.changes();
        assert_eq!(changes.next().now_or_never(), Some(Some(1)));
        watch.set(1);
        assert_eq!(changes.next().now_or_never(), None);
    }
}
