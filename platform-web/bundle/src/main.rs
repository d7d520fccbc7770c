//! Turns the compiled web app into hashed, precompressed files.
fn main() {}
