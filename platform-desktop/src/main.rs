//! The desktop window around the same components.
fn main() {}
