//! Clients that come over TCP, since their network lets no UDP out.

use super::{
    framing::{self, Next},
    relay::Relay,
};
use crate::{
    guards::{Guards, Ticket},
    tls::Tls,
};
use bytes::{Buf, Bytes, BytesMut};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::timeout,
};
use turn_server::service::{Transport, session::Identifier};

/// Packets that wait for a client that does not read.
const QUEUE: usize = 256;
/// How long a stranger may take to show credentials.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a client may be silent.
const SILENCE: Duration = Duration::from_secs(600);
/// How long a write may wait for its reader.
const WRITE: Duration = Duration::from_secs(8);
/// The pause after the operating system gave no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves everybody who connects. What it has begun ends with it.
pub(super) async fn accept(relay: Arc<Relay>, listener: TcpListener, guards: Guards, tls: Option<Tls>) {
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = clients.join_next() => continue,
        };
        match accepted {
            Ok((stream, source)) => {
                let Some(ticket) = guards.connection(source.ip()) else {
                    continue;
                };
                // Pictures are wanted at once.
                let _ = stream.set_nodelay(true);
                let id = relay.id(source, Transport::Tcp);
                clients.spawn(open(Arc::clone(&relay), stream, tls.clone(), id, ticket));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn open(relay: Arc<Relay>, stream: TcpStream, tls: Option<Tls>, id: Identifier, _ticket: Ticket) {
    let Some(tls) = tls else {
        return serve(relay, stream, id).await;
    };
    match timeout(PATIENCE, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => serve(relay, stream, id).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
        Err(_) => tracing::debug!("TLS took too long"),
    }
}

async fn serve(relay: Arc<Relay>, stream: impl AsyncRead + AsyncWrite + Send + 'static, id: Identifier) {
    let (read, write) = tokio::io::split(stream);
    let (queue, waiting) = mpsc::channel(QUEUE);
    relay.attach(id.source, queue.clone());
    tokio::select! {
        outcome = listen(&relay, read, id, &queue) => {
            if let Err(error) = outcome {
                tracing::debug!(%error, "a stream ended");
            }
        }
        () = speak(write, waiting) => {}
    }
    relay.detach(&id);
}

async fn listen(
    relay: &Relay,
    mut read: impl AsyncRead + Unpin,
    id: Identifier,
    queue: &mpsc::Sender<Bytes>,
) -> io::Result<()> {
    let mut buffer = BytesMut::with_capacity(4 * 1024);
    loop {
        match framing::next(&buffer) {
            Next::Nonsense => return Err(io::ErrorKind::InvalidData.into()),
            Next::Message { bytes, filling } => {
                let packet = buffer.split_to(bytes);
                buffer.advance(filling);
                if let Some(answer) = relay.take(id, &packet).await {
                    // Who asks and does not read is told nothing.
                    let _ = queue.try_send(answer);
                }
            }
            Next::More => {
                let patience = if relay.knows(&id) { SILENCE } else { PATIENCE };
                let read = timeout(patience, read.read_buf(&mut buffer));
                if read.await?? == 0 {
                    return Ok(());
                }
            }
        }
    }
}

async fn speak(mut write: impl AsyncWrite + Unpin, mut waiting: mpsc::Receiver<Bytes>) {
    while let Some(packet) = waiting.recv().await {
        let write = async {
            write.write_all(&packet).await?;
            // What TLS holds back is wanted now.
            write.flush().await
        };
        if !matches!(timeout(WRITE, write).await, Ok(Ok(()))) {
            return;
        }
    }
}
