//! What the page's address says.

use crate::{js::window, storage};
use session::{
    Config,
    platform::{Keep, VideoConstraints},
};
use wasm_bindgen::JsValue;
use wire::{
    ClientPlatform,
    routes::{ACCESS, SIGNALING},
};

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

/// Takes what a sign-in has brought out of the address, before that is shown to anybody or copied.
pub fn take_access() {
    let location = window().location();
    let hash = location.hash().unwrap_or_default();
    let Some((ACCESS, token)) = hash.trim_start_matches('#').split_once('=') else {
        return;
    };
    storage::remember(Keep::Tab, session::ACCESS, Some(token));
    let (Ok(history), Ok(path), Ok(query)) = (window().history(), location.pathname(), location.search())
    else {
        return;
    };
    // What fails leaves the address as it is.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{query}")));
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
