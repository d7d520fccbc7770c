//! Listen: documents and queries that are watched.
//!
//! `core::Core` is the state machine of one stream: its targets, all at one time, and what each document means to them. It
//! does nothing by itself; handed a later state and what changed in between, it says what the client must hear. The shell
//! in `stream` waits for changes, for requests and for a client that reads.
//!
//! - A target without a limit remembers nothing: whether a document belongs to it is decided by the document alone, before
//!   and after. A target with a limit remembers its window.
//! - All targets of a stream are always at the same time, so that each round ends in one consistent snapshot.
//! - Who was away, and who was too slow to hear of every change, is told the difference between two times, from the history.
//!   A time that lies further back than the history begins the target anew (RESET).

mod core;
mod message;
mod outbox;
mod round;
mod stream;
mod target;
mod token;

pub(crate) use self::{outbox::Backlog, stream::listen};

#[cfg(test)]
mod tests;
