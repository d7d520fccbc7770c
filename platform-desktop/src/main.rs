//! The desktop window around the same components.
//!
//! It holds no calls yet: its session is still, and the lobby says so. The posts are all there.

mod host;
mod memory;

use app::{Calls, Door, Root, styles::SHEETS};
use dioxus::{
    desktop::{Config, LogicalSize, WindowBuilder},
    prelude::*,
};
use session::{Handle, View};
use std::{cell::RefCell, rc::Rc};

/// The environment variable that names the server: scheme, host and port.
const SERVER: &str = "TSUKIYO_SERVER";

fn main() {
    without_gpu();
    let window = WindowBuilder::new()
        .with_title("Tsukiyo")
        .with_inner_size(LogicalSize::new(1180, 760));
    let config = Config::new()
        .with_window(window)
        .with_menu(None)
        .with_custom_head(format!("<style>{}</style>", SHEETS.concat()));
    LaunchBuilder::desktop().with_cfg(config).launch(window_root);
}

/// Opens the door and puts the app behind it.
fn window_root() -> Element {
    use_context_provider(|| Rc::new(door()));
    rsx! {
        Root {}
    }
}

fn door() -> Door {
    let origin = std::env::var(SERVER).unwrap_or_else(|_| "http://localhost:3000".into());
    Door {
        handle: Handle::still(View::default()),
        driver: RefCell::new(None),
        surface: |_| VNode::empty(),
        calls: Calls::Later,
        origin: origin.trim_end_matches('/').to_owned(),
        host: Rc::new(host::Desktop::default()),
    }
}

/// Without a GPU, WebKitGTK's compositing costs four times what plain drawing does.
#[allow(unsafe_code)]
fn without_gpu() {
    const PLAIN: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
    if !std::path::Path::new("/dev/dri").exists() && std::env::var_os(PLAIN).is_none() {
        // SAFETY: the process has one thread as yet.
        unsafe { std::env::set_var(PLAIN, "1") };
    }
}
