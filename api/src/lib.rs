//! The server: signaling, rooms, posts and the web app.
