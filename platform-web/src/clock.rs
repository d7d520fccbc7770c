//! Time and chance.

use crate::js::window;
use futures::{channel::oneshot, future::select};
use std::{pin::pin, time::Duration};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Performance;

thread_local! {
    /// It is asked for the time all the time.
    static PERFORMANCE: Option<Performance> = window().performance();
}

/// How long a frame is waited for.
const UNSEEN: Duration = Duration::from_millis(100);

/// The time since the page began, which no setting of the clock changes (`performance.now`).
pub fn now() -> Duration {
    let milliseconds = PERFORMANCE.with(|performance| match performance {
        Some(performance) => performance.now(),
        None => js_sys::Date::now(),
    });
    Duration::from_secs_f64(milliseconds.max(0.0) / 1000.0)
}

/// Completes after a while (`setTimeout`). Dropping it gives up the timer.
pub async fn sleep(duration: Duration) {
    let (done, wait) = oneshot::channel();
    let call = Closure::once(move || {
        // Nobody waits any more if it is not taken.
        let _ = done.send(());
    });
    // Rounded up: a timer that is early by a fraction would only start another.
    let milliseconds = i32::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    let id = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(call.as_ref().unchecked_ref(), milliseconds);
    let _timer = Timer(id.ok());
    // It ends when the timer fires, or when there can be no timers any more.
    let _ = wait.await;
}

/// Completes when the next frame is drawn (`requestAnimationFrame`), and in a page that nobody sees, and that so draws none, soon.
pub async fn painted() {
    let (begins, frame) = oneshot::channel();
    let call = Closure::once(move || {
        // Nobody waits any more if it is not taken.
        let _ = begins.send(());
    });
    // A window that can draw takes it.
    let id = window().request_animation_frame(call.as_ref().unchecked_ref());
    let hidden = sleep(UNSEEN);
    select(frame, pin!(hidden)).await;
    if let Ok(id) = id {
        // The call must not outlive this; one that was made is nothing to cancel.
        let _ = window().cancel_animation_frame(id);
    }
    // Style, layout and paint follow the call.
    sleep(Duration::ZERO).await;
}

struct Timer(Option<i32>);

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            window().clear_timeout_with_handle(id);
        }
    }
}

/// Bytes that nobody can guess (`crypto.getRandomValues`).
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Every browser that has WebAssembly has this.
    let _ = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    bytes
}
