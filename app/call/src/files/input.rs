//! What can happen to a desk, and what it wants done.

use super::{Key, Line};

/// Everything that can happen to a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<'a> {
    /// The person offers a file over this line.
    Give {
        /// Which connection.
        line: Line,
        /// Its channel is open.
        open: bool,
        /// What the file is called here.
        name: &'a str,
        /// In bytes.
        size: u64,
    },
    /// The person wants what is offered.
    Take(Key),
    /// The person declines, withdraws or cancels it.
    Stop(Key),
    /// The person does not want to see it any more; only what is over can be forgotten.
    Forget(Key),
    /// A message came.
    Heard(Line, &'a [u8]),
    /// So much waits in the line's channel, now that something was sent.
    Buffered(Line, u64),
    /// What waited in the line's channel is down to [`super::LOW`].
    Drained(Line),
    /// What came of [`Output::Read`].
    Read(Key, Option<&'a [u8]>),
    /// What came of [`Output::Create`].
    Created(Key, bool),
    /// What came of [`Output::Write`].
    Written(Key, bool),
    /// What came of [`Output::Close`]: where the file is to be had.
    Closed(Key, Option<String>),
    /// The connection, or its channel, is gone.
    Gone(Line),
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this.
    Send(Line, Vec<u8>),
    /// Read the file from this byte to that one, and report [`Input::Read`].
    Read(Key, u64, u64),
    /// Make a place for a file, and report [`Input::Created`].
    Create(Key),
    /// Write these bytes behind those before, and report [`Input::Written`].
    Write(Key, Vec<u8>),
    /// Complete the file, and report [`Input::Closed`].
    Close(Key),
    /// Let go of the file: of one's own, or of the place of the other's.
    Drop(Key),
}
