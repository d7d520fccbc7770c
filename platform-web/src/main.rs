//! The browser: web-sys behind the platform traits.
//!
//! # Invariants
//! - Nothing here decides anything about the protocol: every function is the operation whose name it bears.
//! - The session runs on the page's own task queue, not within the component tree: a handshake never waits for a paint.
//! - Whatever listens to an event stops listening when it is dropped.

mod address;
mod awake;
mod browser;
mod chunk;
mod clock;
mod data_channel;
mod devices;
mod display;
mod exception;
mod fetch;
mod files;
mod history;
mod host;
mod js;
mod log;
mod meter;
mod peer_connection;
mod recorder;
mod sender;
mod socket;
mod stats;
mod storage;
mod streams;
mod surface;
mod tone;

use app::{Calls, Door};
use dioxus::prelude::VirtualDom;
use std::{cell::RefCell, rc::Rc};

/// Allocates in constant time, and takes less of a download than the standard library's allocator.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    log::install();
    address::take_access();
    let (handle, driver) = session::session(browser::Browser, address::config());
    wasm_bindgen_futures::spawn_local(driver);
    let door = Door {
        handle,
        // It runs already.
        driver: RefCell::new(None),
        surface: surface::surface,
        calls: Calls::Here,
        origin: address::origin(),
        host: Rc::new(host::Host),
    };
    let dom = VirtualDom::new(app::Root)
        .with_root_context(Rc::new(door))
        .with_root_context(history::history());
    dioxus::web::launch::launch_virtual_dom(dom, dioxus::web::Config::new());
}
