//! `WebSocket`

use crate::{exception::exception, js::Listener};
use futures::{StreamExt, channel::mpsc};
use session::platform::{Events, Exception, SocketEvent};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// An open socket.
pub struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 2],
}

/// Opens a socket.
pub async fn connect(url: &str, protocol: &str, events: Events<SocketEvent>) -> Result<Socket, Exception> {
    let socket = WebSocket::new_with_str(url, protocol).map_err(exception)?;
    // Listening from the beginning: the first message may come with the handshake's last packet.
    let (opened, mut open) = mpsc::unbounded();
    let closed = opened.clone();
    let _opening = Listener::new(socket.clone(), "open", move |_| {
        let _ = opened.unbounded_send(true);
    });
    let on_message = {
        let events = events.clone();
        Listener::new(socket.clone(), "message", move |event| {
            let message = event.unchecked_into::<MessageEvent>();
            // The server's messages are all text.
            if let Some(text) = message.data().as_string() {
                events.send(SocketEvent::Message(text));
            }
        })
    };
    let on_close = Listener::new(socket.clone(), "close", move |event| {
        let _ = closed.unbounded_send(false);
        let code = event.unchecked_into::<CloseEvent>().code();
        events.send(SocketEvent::Close { code });
    });
    let socket = Socket {
        socket,
        _listeners: [on_message, on_close],
    };
    match open.next().await {
        Some(true) => Ok(socket),
        Some(false) | None => Err(Exception::new(
            "NetworkError",
            "the socket closed before it opened",
        )),
    }
}

impl session::platform::Socket for Socket {
    fn send(&self, text: String) {
        // It throws while the socket connects, which this one no longer does; on a closed socket nothing happens.
        let _ = self.socket.send_with_str(&text);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}
