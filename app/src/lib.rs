//! The components: one tree for every platform.
//!
//! # Invariants
//! - No renderer, no `cfg(target_arch)`, no web-sys: what a platform must do is in its [`Door`], and nothing else is.
//! - Components decide nothing about a call. They send [`session::Command`]s and draw [`session::View`]s.
//! - A component reads only the part of the view that it draws ([`context::use_part`]), so that a chat message does not
//!   redraw the faces, nor the voice's level the lobby.

// `rsx!` writes whole paths.
#![allow(unused_qualifications)]

mod access;
mod chat;
mod chunk;
mod clock;
pub mod context;
pub mod door;
pub mod fetch;
mod gate;
pub mod i18n;
mod icons;
mod links;
mod lobby;
mod posts;
mod prefs;
pub mod recorder;
mod recording;
mod room;
mod root;
pub mod route;
mod still;
pub mod styles;
mod surface;
mod ui;

pub use chunk::Chunk;
pub use door::{Calls, Door, Host, Keep};
pub use root::Root;
pub use still::Still;
pub use surface::SurfaceProps;
