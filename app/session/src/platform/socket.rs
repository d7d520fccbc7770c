//! `WebSocket`, [WebSockets §3.1](https://websockets.spec.whatwg.org/#the-websocket-interface).

/// An open socket. It is closed when it is dropped.
pub trait Socket: 'static {
    /// Sends a text message. On a socket that is no longer open nothing happens.
    fn send(&self, text: String);
}

/// What happens on a socket after it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    /// The `message` event, of a text message.
    Message(String),
    /// The `close` event. Nothing follows.
    Close {
        /// Why, [RFC 6455 §7.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.4).
        code: u16,
    },
}
