//! `WebSocket`

use crate::local::Local;
use futures::{SinkExt, StreamExt, channel::mpsc::UnboundedSender};
use session::platform::{Events, Exception, SocketEvent};
use tokio::{net::TcpStream, runtime::Handle, sync::mpsc};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::HeaderValue,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    outbox: mpsc::UnboundedSender<String>,
}

/// Opens a socket.
pub async fn connect(
    background: &Handle,
    local: &Local,
    url: &str,
    protocol: &str,
    events: Events<SocketEvent>,
) -> Result<Socket, Exception> {
    let (url, protocol) = (url.to_owned(), protocol.to_owned());
    let opened = background.spawn(async move { open(&url, &protocol).await }).await;
    let stream = opened.map_err(|error| failed(&error))??;
    let (outbox, said) = mpsc::unbounded_channel();
    let heard = local.relay(move |event| events.send(event));
    background.spawn(carry(stream, said, heard));
    Ok(Socket { outbox })
}

async fn open(url: &str, protocol: &str) -> Result<Stream, Exception> {
    let mut request = url.into_client_request().map_err(|error| failed(&error))?;
    let protocol = HeaderValue::from_str(protocol).map_err(|error| failed(&error))?;
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (stream, _) = connect_async(request).await.map_err(|error| failed(&error))?;
    Ok(stream)
}

/// Carries messages both ways until the socket is closed by either side, or dropped by the session.
async fn carry(
    mut stream: Stream,
    mut said: mpsc::UnboundedReceiver<String>,
    heard: UnboundedSender<SocketEvent>,
) {
    let code = loop {
        tokio::select! {
            text = said.recv() => {
                let sent = match text {
                    Some(text) => stream.send(Message::text(text)).await,
                    None => return bid_farewell(stream).await,
                };
                if sent.is_err() {
                    break 1006;
                }
            }
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    // The session that would hear it may be over.
                    let _ = heard.unbounded_send(SocketEvent::Message(text.as_str().to_owned()));
                }
                Some(Ok(Message::Close(frame))) => {
                    break frame.map_or(1005, |CloseFrame { code, .. }| code.into());
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break 1006,
            },
        }
    };
    let _ = heard.unbounded_send(SocketEvent::Close { code });
}

/// Closes as a browser does; whether the other side still answers is of no consequence.
async fn bid_farewell(mut stream: Stream) {
    let frame = CloseFrame {
        code: CloseCode::Normal,
        reason: "".into(),
    };
    let _ = stream.close(Some(frame)).await;
}

fn failed(error: &dyn std::error::Error) -> Exception {
    Exception::new("NetworkError", error.to_string())
}

impl session::platform::Socket for Socket {
    fn send(&self, text: String) {
        // Nothing happens on a socket that is closed.
        let _ = self.outbox.send(text);
    }
}
