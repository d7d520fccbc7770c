//! Runs a future on the main thread, beside the component tree and not within it.
//!
//! The tree waits for the page to draw what it changed, and a page that nobody sees (another desktop, a minimised window) draws
//! nothing. A call must not wait for that.

/// Runs a future on the main loop, which is GTK's here. Elsewhere, whoever asked runs it within the tree instead.
#[cfg(target_os = "linux")]
pub fn spawn(
    task: impl Future<Output = ()> + 'static,
) -> Option<futures::future::LocalBoxFuture<'static, ()>> {
    glib::MainContext::default().spawn_local(task);
    None
}

/// Hands the future back: this system's main loop takes none.
#[cfg(not(target_os = "linux"))]
pub fn spawn(
    task: impl Future<Output = ()> + 'static,
) -> Option<futures::future::LocalBoxFuture<'static, ()>> {
    use futures::FutureExt;
    Some(task.boxed_local())
}
