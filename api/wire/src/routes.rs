//! Paths of the server, written down once.

/// The signaling WebSocket.
pub const SIGNALING: &str = "/ws";
/// The ancestor's deployed socket: a plain broadcast.
pub const PROD: &str = "/Prod";
/// The REST API on the app's own port.
pub const API: &str = "/api";
/// The WebSocket subprotocol, which carries the version.
pub const SUBPROTOCOL: &str = "tsukiyo.v1";
