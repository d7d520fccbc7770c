//! The REST API over HTTP, on an embedded emulator: what a client sees, byte by byte.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

#[path = "posts/bad_input.rs"]
mod bad_input;
#[path = "posts/contract.rs"]
mod contract;
#[path = "posts/http.rs"]
mod http;
#[path = "posts/openapi.rs"]
mod openapi;
#[path = "posts/paging.rs"]
mod paging;
#[path = "posts/photos.rs"]
mod photos;
#[path = "posts/rooms.rs"]
mod rooms;
#[path = "posts/server.rs"]
mod server;
#[path = "store/world.rs"]
mod world;
