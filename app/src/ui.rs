//! Pieces that several pages share.

pub mod copy;
pub mod dialog;
pub mod header;
pub mod notice;
