//! Several servers in one process.

use super::{INBOX, Inbox};
use crate::rooms::ServerId;
use bytes::Bytes;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{mpsc, watch};

/// A bus within this process. Clones are the same.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    inboxes: Mutex<HashMap<ServerId, mpsc::Sender<Bytes>>>,
    carries: watch::Sender<bool>,
}

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Inner {
            inboxes: Mutex::default(),
            carries: watch::Sender::new(true),
        }))
    }
}

impl Memory {
    /// Lets it carry or not, for all servers at once.
    pub fn set_carries(&self, carries: bool) {
        self.0.carries.send_replace(carries);
    }

    pub(super) fn send(&self, to: &ServerId, packet: Bytes) {
        if !*self.0.carries.borrow() {
            return;
        }
        let mut inboxes = self.lock();
        if let Some(inbox) = inboxes.get(to)
            && let Err(mpsc::error::TrySendError::Closed(_)) = inbox.try_send(packet)
        {
            inboxes.remove(to);
        }
    }

    pub(super) fn listen(&self, me: &ServerId) -> Inbox {
        let (sender, receiver) = mpsc::channel(INBOX);
        self.lock().insert(me.clone(), sender);
        receiver
    }

    pub(super) fn carries(&self) -> watch::Receiver<bool> {
        self.0.carries.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ServerId, mpsc::Sender<Bytes>>> {
        self.0.inboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
