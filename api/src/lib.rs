//! The server: signaling, rooms, posts and the web app.

pub mod rest;
pub mod rooms;
pub mod store;
