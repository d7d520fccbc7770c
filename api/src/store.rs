//! Everything that outlives the process: rooms, what was said in them, and posts.
//!
//! # Invariants
//! - There is one implementation, a Firestore client. What varies is the [`Endpoint`]: the embedded emulator, another
//!   emulator, or Google Cloud. No trait stands between, so no test can pass against something that is not Firestore.
//! - No module but this one and its children names the `firestore` or `gcloud_sdk` crates.
//! - Whatever answers `Ok` to a write has been committed by Firestore: nothing is cached or written later.
//! - The endpoint is what the configuration says. The process environment is not asked behind its back.

mod client;
mod document;
mod error;
mod fields;
mod ids;
mod owners;
mod posts;
mod request;
mod rooms;
mod rules;
mod size;

pub use client::{Endpoint, StoreConfig};
pub use error::StoreError;
pub use fields::{BadFields, Field, Fields};
pub use owners::{Claimed, Fence, StoreTime};
pub use posts::{BadPostId, PostId, StoredPost};

/// The Firestore database of one project. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    client: client::Client,
}

impl Store {
    /// Connects to the database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if nothing answers at the endpoint, or if there are no credentials for it.
    pub async fn connect(config: StoreConfig) -> Result<Self, StoreError> {
        let client = client::Client::connect(config).await?;
        Ok(Self { client })
    }

    /// Asks the database for a document that is never there, which proves that it answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match self.client.get(self.client.path(&["-ping-", "-ping-"])).await {
            Ok(_) | Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("database", &self.client.database())
            .finish_non_exhaustive()
    }
}
