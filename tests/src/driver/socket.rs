//! `WebSocket` over an in-memory stream.

use super::server::Server;
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use session::platform::{Events, Exception, SocketEvent};
use std::{cell::RefCell, rc::Rc};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, spawn_local},
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    outbox: mpsc::UnboundedSender<String>,
    book: Book,
}

/// What was said and heard over all sockets of a device. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Book(Rc<RefCell<[Vec<String>; 2]>>);

impl Book {
    /// What the page said, in its order.
    pub fn said(&self) -> Vec<Value> {
        read(&self.0.borrow()[0])
    }

    /// What it heard.
    pub fn heard(&self) -> Vec<Value> {
        read(&self.0.borrow()[1])
    }
}

fn read(lines: &[String]) -> Vec<Value> {
    let lines = lines.iter();
    lines
        .map(|line| serde_json::from_str(line).expect("messages are JSON"))
        .collect()
}

/// Breaks a socket as a lost network does: nothing comes through any more, and nobody is told.
#[derive(Debug, Clone)]
pub struct Cut(AbortHandle);

impl Cut {
    pub fn now(&self) {
        self.0.abort();
    }
}

/// Opens a socket.
pub async fn connect(
    server: &Server,
    protocol: &str,
    book: Book,
    events: Events<SocketEvent>,
) -> Result<(Socket, Cut), Exception> {
    let failed = |error: String| Exception::new("NetworkError", error);
    let io = server
        .connect()
        .ok_or_else(|| failed("connection refused".to_owned()))?;
    let mut request = "ws://localhost/ws"
        .into_client_request()
        .map_err(|error| failed(error.to_string()))?;
    let protocol = protocol
        .parse()
        .map_err(|_| failed("not a protocol".to_owned()))?;
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (socket, _) = client_async(request, io)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let (outbox, mut said) = mpsc::unbounded_channel::<String>();
    let (mut write, mut read) = socket.split();
    let notes = book.clone();
    let task = spawn_local(async move {
        let code = loop {
            tokio::select! {
                text = said.recv() => match text {
                    Some(text) => {
                        if write.send(Message::text(text)).await.is_err() {
                            break 1006;
                        }
                    }
                    // The page has dropped the socket.
                    None => {
                        let _ = write.close().await;
                        return;
                    }
                },
                message = read.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        notes.0.borrow_mut()[1].push(text.as_str().to_owned());
                        events.send(SocketEvent::Message(text.as_str().to_owned()));
                    }
                    Some(Ok(Message::Close(frame))) => {
                        break frame.map_or(1005, |CloseFrame { code, .. }| code.into());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break 1006,
                },
            }
        };
        events.send(SocketEvent::Close { code });
    });
    Ok((Socket { outbox, book }, Cut(task.abort_handle())))
}

impl session::platform::Socket for Socket {
    fn send(&self, text: String) {
        self.book.0.borrow_mut()[0].push(text.clone());
        // Nothing happens on a socket that is closed.
        let _ = self.outbox.send(text);
    }
}
