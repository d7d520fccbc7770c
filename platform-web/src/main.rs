//! The browser: web-sys behind the platform traits.
fn main() {}
