//! What the page's address says.

use crate::js::window;
use session::{Config, platform::VideoConstraints};
use wire::{ClientPlatform, routes::SIGNALING};

/// Scheme, host and port that the page came from.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// What the session is told: the server is where the page came from.
pub fn config() -> Config {
    Config {
        // http becomes ws, and https becomes wss.
        server: format!("{}{SIGNALING}", origin().replacen("http", "ws", 1)),
        video: video(),
        platform: ClientPlatform::Web,
    }
}

/// The camera's shape, for who wants another: `?video=640x360@15`, in place of what was chosen.
fn video() -> Option<VideoConstraints> {
    let query = window().location().search().unwrap_or_default();
    let asked = query
        .trim_start_matches('?')
        .split('&')
        .find_map(|part| part.strip_prefix("video="));
    asked?.replace("%40", "@").parse().ok()
}
