//! Paths of the server, written down once.

/// The signaling WebSocket.
pub const SIGNALING: &str = "/ws";
/// The ancestor's deployed socket: a plain broadcast.
pub const PROD: &str = "/Prod";
/// The REST API on the app's own port.
pub const API: &str = "/api";
/// Where a person signs in who may make rooms, if not everybody may. `?back=` is the path to come back to; what it comes back
/// with stands in the fragment, as [`ACCESS`].
pub const SIGN_IN: &str = "/sign-in";
/// Answers 204 where one can sign in, and 404 elsewhere.
pub const SIGN_IN_OFFER: &str = "/sign-in/offer";
/// The fragment's parameter that holds an access token. Nothing behind it: the sign-in has come to nothing.
pub const ACCESS: &str = "access";
/// The WebSocket subprotocol, which carries the version.
pub const SUBPROTOCOL: &str = "tsukiyo.v1";
