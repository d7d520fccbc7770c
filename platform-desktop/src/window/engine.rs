//! What WebKitGTK is told before it starts: by the environment, which its processes inherit.

use std::path::Path;

/// Draws plainly, without compositing, which without a GPU costs four times as much.
const PLAIN: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
/// How many heaps glibc makes for the threads of a process. Of itself it makes eight for each core, and what was freed in one is of no use
/// to the others: in a call, that is 20 MB.
const HEAPS: &str = "MALLOC_ARENA_MAX";

/// To be called first of all: what is in the environment afterwards, anybody may read.
pub fn prepare() {
    if !Path::new("/dev/dri").exists() {
        set(PLAIN, "1");
    }
    set(HEAPS, "2");
}

/// Sets a variable that the person has not set.
#[allow(unsafe_code)]
fn set(name: &str, value: &str) {
    if std::env::var_os(name).is_none() {
        // SAFETY: nobody else reads or writes the environment as yet: what Tokio's threads do comes later.
        unsafe { std::env::set_var(name, value) };
    }
}
