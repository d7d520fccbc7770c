//! Carries frames into the page: over a socket on this computer's loopback, which only the page can open, because only it
//! knows the ticket. A ticket is good for one socket.

use super::raw;
use crate::media::{
    hub::{Chunk, Hub},
    streams::Streams,
};
use bytes::{BufMut, Bytes, BytesMut};
use futures::{SinkExt, StreamExt};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::StatusCode,
    },
};

/// Frames that are on their way to the screen. With more of them a slow page would show the past.
const ON_THE_WAY: usize = 3;

/// Hands out tickets. Clones are the same.
#[derive(Debug, Clone)]
pub struct Viewer {
    address: SocketAddr,
    tickets: Tickets,
    streams: Streams,
}

type Tickets = Arc<Mutex<BTreeMap<String, Arc<Hub>>>>;

/// The right to see a stream, once. It lapses when it is dropped.
#[derive(Debug)]
pub struct Ticket {
    viewer: Viewer,
    name: String,
}

impl Viewer {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system has no loopback.
    pub async fn start(streams: Streams) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let viewer = Self {
            address: listener.local_addr()?,
            tickets: Tickets::default(),
            streams,
        };
        tokio::spawn(accept(listener, viewer.tickets.clone()));
        Ok(viewer)
    }

    /// Makes a ticket for a stream; `None` where it has no pictures (any more).
    pub fn ticket(&self, stream: &str) -> Option<Ticket> {
        let shown = self.streams.get(stream)?;
        let pictures = shown.in_time.or(shown.pictures)?;
        let bytes: [u8; 16] = crate::native::random_bytes();
        let name = format!("{:032x}", u128::from_le_bytes(bytes));
        lock(&self.tickets).insert(name.clone(), pictures);
        Some(Ticket {
            viewer: self.clone(),
            name,
        })
    }

    /// Everything that can be seen and heard.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }
}

impl Ticket {
    /// Returns the address of the socket.
    pub fn url(&self) -> String {
        format!("ws://{}/{}", self.viewer.address, self.name)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.viewer.tickets).remove(&self.name);
    }
}

async fn accept(listener: TcpListener, tickets: Tickets) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, tickets.clone()));
            }
            Err(error) => {
                // Too many files are open, as a rule: the next may be better off.
                tracing::warn!(%error, "a picture is not shown");
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn serve(stream: TcpStream, tickets: Tickets) {
    let mut found = None;
    #[allow(
        clippy::result_large_err,
        reason = "the library wants the refusal as a whole response"
    )]
    let check = |request: &Request, response: Response| {
        let name = request.uri().path().trim_start_matches('/');
        let hub = lock(&tickets).remove(name);
        let raw = request.uri().query() == Some("raw");
        found = hub.map(|hub| (hub, raw));
        if found.is_some() {
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Err(refusal)
    };
    let Ok(socket) = accept_hdr_async(stream, check).await else {
        return;
    };
    if let Some((hub, raw)) = found {
        Show::new(socket, hub, raw).run().await;
    }
}

/// One canvas and its socket.
struct Show {
    socket: WebSocketStream<TcpStream>,
    hub: Arc<Hub>,
    raw: bool,
    /// `None` while nobody looks.
    frames: Option<mpsc::Receiver<Bytes>>,
    on_the_way: usize,
}

impl Show {
    fn new(socket: WebSocketStream<TcpStream>, hub: Arc<Hub>, raw: bool) -> Self {
        Self {
            frames: Some(frames(&hub, raw)),
            socket,
            hub,
            raw,
            on_the_way: 0,
        }
    }

    async fn run(mut self) {
        loop {
            let room = self.on_the_way < ON_THE_WAY;
            tokio::select! {
                frame = next(self.frames.as_mut()), if room => {
                    let Some(frame) = frame else { break };
                    self.on_the_way += 1;
                    if self.socket.send(Message::Binary(frame)).await.is_err() {
                        break;
                    }
                }
                message = self.socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.obey(&text),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break,
                },
            }
        }
        // The page may have closed it already.
        let _ = self.socket.close(None).await;
    }

    fn obey(&mut self, text: &str) {
        match text {
            "drawn" => self.on_the_way = self.on_the_way.saturating_sub(1),
            "hide" => self.frames = None,
            // Whoever begins to look gets a key frame first.
            "show" | "key" => {
                self.on_the_way = 0;
                self.frames = Some(frames(&self.hub, self.raw));
            }
            _ => {}
        }
    }
}

async fn next(frames: Option<&mut mpsc::Receiver<Bytes>>) -> Option<Bytes> {
    match frames {
        Some(frames) => frames.recv().await,
        None => std::future::pending().await,
    }
}

/// Returns the frames as the page wants them.
fn frames(hub: &Hub, raw: bool) -> mpsc::Receiver<Bytes> {
    let chunks = hub.listen(ON_THE_WAY, None);
    if raw {
        return raw::pictures(chunks);
    }
    let (sender, frames) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut chunks = chunks;
        loop {
            tokio::select! {
                chunk = chunks.recv() => match chunk {
                    Some(chunk) => if sender.send(labelled(&chunk)).await.is_err() {
                        return;
                    },
                    None => return,
                },
                () = sender.closed() => return,
            }
        }
    });
    frames
}

/// A frame, with 1 before it where it is a key frame.
fn labelled(chunk: &Chunk) -> Bytes {
    let mut message = BytesMut::with_capacity(chunk.data.len() + 1);
    message.put_u8(u8::from(chunk.key));
    message.extend_from_slice(&chunk.data);
    message.freeze()
}

fn lock(tickets: &Tickets) -> MutexGuard<'_, BTreeMap<String, Arc<Hub>>> {
    tickets.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{
        camera::{self},
        pattern::Pattern,
        streams::Shown,
        track::Source,
    };
    use session::platform::{MediaKind, VideoConstraints};
    use tokio_tungstenite::connect_async;

    fn source() -> Arc<Source> {
        let source = Source::new(MediaKind::Video);
        let shape = VideoConstraints {
            width: 160,
            height: 120,
            frame_rate: 60,
        };
        camera::run(Pattern::new(shape), source.clone()).unwrap();
        source
    }

    async fn message(
        socket: &mut (impl StreamExt<Item = Result<Message, impl std::fmt::Debug>> + Unpin),
    ) -> Bytes {
        loop {
            if let Message::Binary(data) = socket.next().await.unwrap().unwrap() {
                return data;
            }
        }
    }

    #[tokio::test]
    async fn a_ticket_shows_the_stream_once_and_nothing_else_does() {
        let (streams, source) = (Streams::default(), source());
        let shown = Shown {
            pictures: Some(source.hub.clone()),
            ..Shown::default()
        };
        let _entry = streams.add("a".to_owned(), shown);
        let viewer = Viewer::start(streams).await.unwrap();
        assert!(viewer.ticket("b").is_none());
        let ticket = viewer.ticket("a").unwrap();
        let (mut socket, _) = connect_async(ticket.url()).await.unwrap();
        assert_eq!(message(&mut socket).await[0], 1, "it begins with a key frame");
        assert!(connect_async(ticket.url()).await.is_err(), "it is used");
        let lapsed = viewer.ticket("a").unwrap().url();
        assert!(connect_async(lapsed).await.is_err(), "it has lapsed");
        source.stop();
    }

    #[tokio::test]
    async fn no_more_frames_come_than_are_drawn() {
        let (streams, source) = (Streams::default(), source());
        let shown = Shown {
            pictures: Some(source.hub.clone()),
            ..Shown::default()
        };
        let _entry = streams.add("a".to_owned(), shown);
        let viewer = Viewer::start(streams).await.unwrap();
        let ticket = viewer.ticket("a").unwrap();
        let (mut socket, _) = connect_async(ticket.url()).await.unwrap();
        for _ in 0..ON_THE_WAY {
            message(&mut socket).await;
        }
        let more = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(more, message(&mut socket)).await.is_err());
        socket.send(Message::text("drawn")).await.unwrap();
        message(&mut socket).await;
        socket.send(Message::text("key")).await.unwrap();
        while message(&mut socket).await[0] == 0 {}
        source.stop();
    }

    #[tokio::test]
    async fn whole_pictures_come_where_nothing_can_be_decoded() {
        let (streams, source) = (Streams::default(), source());
        let shown = Shown {
            pictures: Some(source.hub.clone()),
            ..Shown::default()
        };
        let _entry = streams.add("a".to_owned(), shown);
        let viewer = Viewer::start(streams).await.unwrap();
        let url = format!("{}?raw", viewer.ticket("a").unwrap().url());
        assert!(connect_async(&url).await.is_err(), "the ticket was dropped");
        let ticket = viewer.ticket("a").unwrap();
        let (mut socket, _) = connect_async(format!("{}?raw", ticket.url())).await.unwrap();
        assert_eq!(message(&mut socket).await.len(), 8 + 160 * 120 * 4);
        source.stop();
    }
}
