//! A Firestore-compatible server: small, durable on disk, in one process or in yours.
//!
//! It speaks `google.firestore.v1` over gRPC, so that clients of Firestore cannot tell the difference; what it lacks
//! answers UNIMPLEMENTED with the feature's name. A write is acknowledged once it is on disk.
//!
//! ```no_run
//! # async fn run() -> Result<(), emulator::StartError> {
//! let emulator = emulator::Emulator::start(emulator::Config {
//!     data: Some("data/firestore.redb".into()),
//!     grpc: ([127, 0, 0, 1], 8080).into(),
//!     ..Default::default()
//! })
//! .await?;
//! println!("FIRESTORE_EMULATOR_HOST={}", emulator.grpc_addr());
//! emulator.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod engine;
mod error;
mod field_path;
mod listen;
mod locks;
mod mask;
mod page;
mod path;
mod precondition;
mod query;
mod rest;
mod rpc;
mod server;
mod storage;
mod time;
mod transaction;
mod transform;
mod value;

pub use server::{CACHE_BYTES, Config, Emulator, StartError};
pub use storage::OpenError;

/// The messages of `google.firestore.v1`.
pub(crate) use gcloud_sdk::google::firestore::v1 as proto;
