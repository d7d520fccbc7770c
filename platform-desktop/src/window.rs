//! The window around the components.

use crate::{host, options::Options};
use app::{Calls, Door, Root, styles::SHEETS};
use dioxus::{
    desktop::{Config, LogicalSize, WindowBuilder},
    prelude::*,
};
use session::{Handle, View};
use std::{cell::RefCell, rc::Rc};

/// Opens the window, and returns when it is closed.
pub fn open(options: Options) {
    without_gpu();
    let window = WindowBuilder::new()
        .with_title("Tsukiyo")
        .with_inner_size(LogicalSize::new(1180, 760));
    let config = Config::new()
        .with_window(window)
        .with_menu(None)
        .with_custom_head(format!("<style>{}</style>", SHEETS.concat()));
    LaunchBuilder::desktop()
        .with_cfg(config)
        .with_context(options)
        .launch(window_root);
}

/// Opens the door and puts the app behind it.
fn window_root() -> Element {
    let options: Options = use_context();
    use_context_provider(|| Rc::new(door(&options)));
    rsx! {
        Root {}
    }
}

fn door(options: &Options) -> Door {
    Door {
        handle: Handle::still(View::default()),
        driver: RefCell::new(None),
        surface: |_| VNode::empty(),
        calls: Calls::Later,
        origin: options.server.clone(),
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
