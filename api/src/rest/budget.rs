//! Bounds the memory that answers take, so that pages of large photos, asked for by many or read slowly, cannot use
//! up the machine.

use bytes::Bytes;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// What one permit of the semaphore stands for, in bytes.
const UNIT: usize = 1024;

/// An amount of memory that several answers share.
#[derive(Clone)]
pub(super) struct Budget {
    free: Arc<Semaphore>,
    patience: Duration,
}

/// A part of it, given back when the answer has been sent.
pub(super) struct Reserved(OwnedSemaphorePermit);

impl Budget {
    pub(super) fn new(bytes: usize, patience: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(bytes / UNIT)),
            patience,
        }
    }

    /// Waits until so many bytes are free; returns nothing if that takes too long.
    pub(super) async fn reserve(&self, bytes: usize) -> Option<Reserved> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).ok()?;
        let permit = timeout(self.patience, self.free.clone().acquire_many_owned(units)).await;
        permit.ok()?.ok().map(Reserved)
    }
}

impl Reserved {
    /// Gives back what the text does not need, and the rest once nobody holds the text any more.
    pub(super) fn hold(mut self, text: Vec<u8>) -> Bytes {
        let unneeded = self.0.num_permits().saturating_sub(text.len().div_ceil(UNIT));
        drop(self.0.split(unneeded));
        Bytes::from_owner(Held {
            text,
            _reserved: self,
        })
    }
}

struct Held {
    text: Vec<u8>,
    _reserved: Reserved,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_is_free_again_once_the_last_reader_is_done() {
        let budget = Budget::new(10 * UNIT, Duration::ZERO);
        let text = budget.reserve(10 * UNIT).await.unwrap().hold(vec![0; 4 * UNIT]);
        let reader = text.clone();
        assert!(budget.reserve(7 * UNIT).await.is_none(), "four of ten are held");
        drop(budget.reserve(6 * UNIT).await.unwrap());
        drop(text);
        assert!(budget.reserve(7 * UNIT).await.is_none(), "somebody still reads");
        drop(reader);
        assert!(budget.reserve(10 * UNIT).await.is_some());
        assert!(budget.reserve(11 * UNIT).await.is_none(), "more than there is");
    }
}
