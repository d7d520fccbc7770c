//! What a platform tells a session at its start.

use crate::platform::VideoConstraints;
use wire::ClientPlatform;

/// What a platform tells a session at its start. Everything else is remembered by [`crate::Platform::recall`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The signaling socket, as a `ws:` or `wss:` URL.
    pub server: String,
    /// What to ask of the camera; `None` is whatever the person chose.
    pub video: Option<VideoConstraints>,
    /// What the session runs on.
    pub platform: ClientPlatform,
}
