//! How many heaps the C library makes for our threads.

/// Has two made, and not eight for each core: we have some twenty threads, and what was freed in the heap of one is of no use to the
/// others. In a call, that is 10 MB.
#[allow(unsafe_code)]
pub fn bound() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number of the allocator, which takes any (mallopt(3)).
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}
