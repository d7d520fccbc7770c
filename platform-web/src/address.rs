//! What the page's address says.

use crate::js::window;
use session::{
    Config,
    platform::{Keep, VideoConstraints},
};
use wire::routes::SIGNALING;

/// Scheme, host and port that the page came from.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// What the session is told: the server is where the page came from.
pub fn config() -> Config {
    Config {
        // http becomes ws, and https becomes wss.
        server: format!("{}{SIGNALING}", origin().replacen("http", "ws", 1)),
        video: video().unwrap_or_default(),
    }
}

/// The camera's shape, for who wants another: `?video=640x360@15`, or the same under `tsukiyo.video` in the storage.
fn video() -> Option<VideoConstraints> {
    let query = window().location().search().unwrap_or_default();
    let asked = query
        .trim_start_matches('?')
        .split('&')
        .find_map(|part| part.strip_prefix("video="));
    let asked = asked.map(|asked| asked.replace("%40", "@"));
    asked
        .or_else(|| crate::storage::recall(Keep::Always, "tsukiyo.video"))?
        .parse()
        .ok()
}
