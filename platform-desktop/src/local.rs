//! Futures that live on the session's thread, and what arrives there from other threads.
//!
//! A session's futures are `!Send`. Whatever Tokio does for it reports over channels, and this is where they end.

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{self, UnboundedSender},
    future::LocalBoxFuture,
    select_biased,
    stream::FuturesUnordered,
};

/// The way to the session's thread. Clones are the same.
#[derive(Debug, Clone)]
pub struct Local(UnboundedSender<Task>);

/// Something to run, or the word that nothing more will come.
type Task = Option<LocalBoxFuture<'static, ()>>;

impl Local {
    /// Makes one, and the future that runs everything; it is to be polled beside the session. It ends some time
    /// after [`Local::finish`].
    pub fn new() -> (Self, impl Future<Output = ()> + 'static) {
        let (sender, mut received) = mpsc::unbounded::<Task>();
        let run = async move {
            let mut running = FuturesUnordered::new();
            loop {
                select_biased! {
                    task = received.next() => match task.flatten() {
                        Some(task) => running.push(task),
                        None => break,
                    },
                    () = running.select_next_some() => {}
                }
            }
            // Whatever runs on other threads has a farewell to say.
            while running.next().await.is_some() {}
        };
        (Self(sender), run)
    }

    /// Runs a future beside everything else.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        // The other end is gone only when the program ends.
        let _ = self.0.unbounded_send(Some(task.boxed_local()));
    }

    /// Begins nothing any more. What runs goes on to its end: there may be last words on their way.
    pub fn finish(&self) {
        let _ = self.0.unbounded_send(None);
    }

    /// Makes a sender that any thread may hold; what it sends is taken on this one, in its order.
    pub fn relay<T: 'static>(&self, take: impl Fn(T) + 'static) -> UnboundedSender<T> {
        let (sender, mut received) = mpsc::unbounded();
        self.spawn(async move {
            while let Some(value) = received.next().await {
                take(value);
            }
        });
        sender
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, rc::Rc};

    #[test]
    fn what_another_thread_sends_arrives_here_in_its_order() {
        let (local, run) = Local::new();
        let seen = Rc::new(RefCell::new(Vec::new()));
        let (done, end) = futures::channel::oneshot::channel();
        let done = RefCell::new(Some(done));
        let relay = local.relay({
            let seen = seen.clone();
            move |number: u32| {
                seen.borrow_mut().push(number);
                if let (3, Some(done)) = (number, done.take()) {
                    let _ = done.send(());
                }
            }
        });
        std::thread::spawn(move || (1..=3).for_each(|number| relay.unbounded_send(number).unwrap()));
        futures::executor::block_on(futures::future::select(Box::pin(run), end));
        assert_eq!(*seen.borrow(), [1, 2, 3]);
    }
}
