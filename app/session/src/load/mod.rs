//! What a mesh costs, and how that is kept within what the line and the device can do.
//!
//! Everybody sends to everybody, so each picture that nobody looks at is paid for once more. Three things decide what is sent:
//!
//! - what the other wants to see ([`wish`]): nothing of a tile that is hidden, little of a small one;
//! - what the line and the device can carry ([`ladder`]): the others' pictures are lowered first, then the own, then the sound;
//! - what the person wants to pay for: the data saver.
//!
//! [`mod@encoding`] makes of them what a sender is set to.
//!
//! # Invariants
//! - No I/O, no clock: times and findings are arguments.
//! - A shared screen is never lowered for load: text that cannot be read is worth nothing. It is only not sent where it is not seen.
//! - A picture is never switched off for load, only made small. What does not come though it is said to be sent is a fault
//!   (`driver/checkup.rs`), and must remain one.

pub mod encoding;
pub mod ladder;
pub mod strain;
pub mod wish;

pub use encoding::encoding;
pub use ladder::{Ladder, Rung};
pub use strain::{Load, Strain};
pub use wish::{Seen, Wish};
