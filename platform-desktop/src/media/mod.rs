//! Pictures and sound: where they come from, what they are compressed with, and where they go.
//!
//! ```text
//!   camera, microphone ──▶ encoder ──▶ Hub ──▶ every connection's senders, the preview
//!   connections' receivers ──▶ Hub, Voice ──▶ surfaces, decoder, playout
//! ```
//!
//! A track is compressed once, however many take it; what it may cost is what the weakest of them can take.

pub mod camera;
pub mod echo;
pub mod file;
pub mod gaps;
pub mod hub;
pub mod ivf;
pub mod jitter;
pub mod level;
pub mod microphone;
pub mod pattern;
pub mod picture;
pub mod pixels;
pub mod playout;
pub mod screen;
pub mod speaker;
pub mod streams;
pub mod studio;
pub mod system;
pub mod track;
pub mod voice;
pub mod vpx;
pub mod webcam;
