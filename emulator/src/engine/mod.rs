//! The pure semantics of writes: a document before, a write, a time; a document after.

mod apply;
mod write;

pub use apply::apply;
pub use write::{Operation, Write};
