//! One socket's task: reads, writes, looks whether the other side lives, and says goodbye.

use super::{
    close,
    outbox::{Next, Outbox, frame},
};
use crate::rooms::{Rate, Throttle};
use futures::{SinkExt, StreamExt};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Error, Message, Utf8Bytes,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                Frame,
                coding::{Data, OpCode},
            },
        },
    },
};
use wire::limits::FRAME_BYTES;

/// How often the other side is asked whether it lives.
const PING: Duration = Duration::from_secs(5);
/// After which silence it is taken for dead: two pings went unanswered.
const SILENCE: Duration = Duration::from_secs(12);
/// What one socket may ask by pings of its own, each of which is answered and none of which is a message.
const PINGS: Rate = Rate {
    burst: 60,
    every: Duration::from_secs(1),
};
/// How long a write may wait for a reader.
const WRITE: Duration = Duration::from_secs(8);
/// How long a closed socket stays, so that the close frame is read and not overtaken by a TCP reset.
const LINGER: Duration = Duration::from_secs(2);
/// What every socket holds for as long as it lives, once for reading and once for writing. The buffer for writing keeps the size of
/// the largest frame that it ever held, so what is longer goes in several.
const BUFFER_BYTES: usize = 4 * 1024;

/// Hears what a client says.
pub trait Listener {
    /// A text frame came.
    fn text(&mut self, text: &str);
    /// A binary frame came; the socket is closed after what this says about it.
    fn binary(&mut self);
    /// The socket is gone, or about to be closed. The last call.
    fn gone(&mut self);
}

/// How a conversation ends.
enum End {
    /// The other side closed it or is dead.
    Gone,
    /// We close it.
    Close(CloseFrame),
}

/// Serves a socket until it ends.
pub async fn serve(
    io: impl AsyncRead + AsyncWrite + Unpin,
    outbox: Arc<Outbox>,
    mut listener: impl Listener,
) {
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(Some(FRAME_BYTES))
        .max_frame_size(Some(FRAME_BYTES));
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let end = converse(&mut socket, &outbox, &mut listener).await;
    listener.gone();
    // Whoever still has the outbox is not to fill it.
    outbox.close(close::PROTOCOL, "closed");
    // However it goes: the socket is dropped after that.
    let _ = timeout(LINGER, say_goodbye(&mut socket, end)).await;
}

async fn converse<S>(socket: &mut WebSocketStream<S>, outbox: &Outbox, listener: &mut impl Listener) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut heard_at = Instant::now();
    let (started, mut pings) = (heard_at, Throttle::default());
    let mut ping_at = heard_at + PING;
    let mut alarm = pin!(sleep_until(ping_at));
    loop {
        // One timer for all rounds: to set one is dearer than to read a message.
        let due = ping_at.min(heard_at + SILENCE);
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        let outcome = tokio::select! {
            // A flood of frames must not keep what is to be sent from going out.
            biased;
            () = outbox.changed() => send_all(socket, outbox).await,
            next = socket.next() => {
                heard_at = Instant::now();
                if matches!(next, Some(Ok(Message::Ping(_)))) && !pings.take(started.elapsed(), PINGS) {
                    return End::Close(frame(close::POLICY, "too many pings"));
                }
                hear(next, outbox, listener)
            }
            () = &mut alarm => {
                if heard_at.elapsed() >= SILENCE {
                    tracing::debug!("the other side is silent");
                    return End::Gone;
                }
                ping_at = Instant::now() + PING;
                within(WRITE, socket.send(Message::Ping(Bytes::new()))).await
            }
        };
        if let Err(end) = outcome {
            return end;
        }
    }
}

async fn send_all<S>(socket: &mut WebSocketStream<S>, outbox: &Outbox) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let text = match outbox.next() {
            Next::Send(text) => text,
            Next::Close(frame) => return Err(End::Close(frame)),
            Next::Wait => break,
        };
        for piece in pieces(text) {
            tokio::select! {
                // Most writes are done at once: nobody need be asked to tell of the other.
                biased;
                outcome = within(WRITE, socket.feed(piece)) => outcome?,
                // The reader has stopped. `next` says how it is told.
                () = outbox.overflowed() => break,
            }
        }
    }
    tokio::select! {
        biased;
        outcome = within(WRITE, socket.flush()) => outcome,
        () = outbox.overflowed() => Ok(()),
    }
}

/// Returns a message as frames of which none is long, [RFC 6455 §5.4](https://www.rfc-editor.org/rfc/rfc6455#section-5.4).
fn pieces(text: Utf8Bytes) -> impl Iterator<Item = Message> {
    let bytes = Bytes::from(text);
    let count = bytes.len().div_ceil(BUFFER_BYTES).max(1);
    (0..count).map(move |number| {
        let (from, to) = (number * BUFFER_BYTES, (number + 1) * BUFFER_BYTES);
        let kind = if number == 0 { Data::Text } else { Data::Continue };
        let piece = bytes.slice(from..to.min(bytes.len()));
        Message::Frame(Frame::message(piece, OpCode::Data(kind), number + 1 == count))
    })
}

async fn within(limit: Duration, write: impl Future<Output = Result<(), Error>>) -> Result<(), End> {
    match timeout(limit, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::debug!(%error, "cannot write");
            Err(End::Gone)
        }
        Err(_) => Err(End::Close(frame(
            close::TRY_AGAIN_LATER,
            "you do not read what you are sent",
        ))),
    }
}

fn hear(
    frame_or_end: Option<Result<Message, Error>>,
    outbox: &Outbox,
    listener: &mut impl Listener,
) -> Result<(), End> {
    match frame_or_end {
        Some(Ok(Message::Text(text))) => listener.text(&text),
        Some(Ok(Message::Binary(_))) => {
            listener.binary();
            outbox.close(close::UNSUPPORTED, "text frames only");
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
        Some(Ok(Message::Close(_))) | None => return Err(End::Gone),
        Some(Err(error)) => return Err(end_of(&error)),
    }
    Ok(())
}

fn end_of(error: &Error) -> End {
    tracing::debug!(%error, "cannot read");
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "of many errors three are the client's to know"
    )]
    match error {
        Error::Capacity(_) => End::Close(frame(close::TOO_LARGE, "a frame may have at most 64 KiB")),
        Error::Utf8(_) => End::Close(frame(close::INVALID_TEXT, "a text frame must be UTF-8")),
        Error::Protocol(error) if !is_end(error) => {
            End::Close(frame(close::PROTOCOL, "this is not the WebSocket protocol"))
        }
        _ => End::Gone,
    }
}

fn is_end(error: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    matches!(
        error,
        tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake
    )
}

async fn say_goodbye<S>(socket: &mut WebSocketStream<S>, end: End)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let outcome = match end {
        // Sends the answer to the other side's close frame, if there was one.
        End::Gone => socket.flush().await,
        End::Close(frame) => socket.close(Some(frame)).await,
    };
    if outcome.is_err() {
        return;
    }
    while let Some(Ok(_)) = socket.next().await {}
    // Of a frame that was too large the rest is still coming; a reset in the middle would hide why.
    let _ = tokio::io::copy(socket.get_mut(), &mut tokio::io::sink()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::{io::DuplexStream, task::JoinHandle};

    #[derive(Clone, Default)]
    struct Ears(Arc<AtomicU32>);

    impl Listener for Ears {
        fn text(&mut self, _: &str) {}
        fn binary(&mut self) {}
        fn gone(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A served socket: the client's end, the outbox, how often it is gone, and its task.
    fn socket() -> (DuplexStream, Arc<Outbox>, Ears, JoinHandle<()>) {
        let (near, far) = tokio::io::duplex(1024);
        let (outbox, ears) = (Arc::new(Outbox::default()), Ears::default());
        let task = tokio::spawn(serve(far, Arc::clone(&outbox), ears.clone()));
        (near, outbox, ears, task)
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_answers_pings_stays_for_as_long_as_it_likes() {
        let (near, _, ears, task) = socket();
        let mut client = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
        // Reading is what answers.
        let hour = timeout(Duration::from_secs(3_600), async {
            while client.next().await.is_some() {}
        });
        assert!(hour.await.is_err(), "the socket has ended");
        assert_eq!(ears.0.load(Ordering::SeqCst), 0);
        drop(client);
        task.await.unwrap();
        assert_eq!(ears.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_message_arrives_whole_in_short_frames() {
        let said = ["月".repeat(BUFFER_BYTES), String::new(), "x".repeat(BUFFER_BYTES)];
        for text in &said {
            let frames: Vec<_> = pieces(text.clone().into()).collect();
            assert_eq!(frames.len(), text.len().div_ceil(BUFFER_BYTES).max(1));
            // With its head, which takes up to four bytes.
            assert!(frames.iter().all(|frame| frame.len() <= BUFFER_BYTES + 4));
        }
        let (near, outbox, _ears, _task) = socket();
        let mut client = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
        for text in said {
            outbox.push(text.clone().into());
            assert_eq!(client.next().await.unwrap().unwrap(), Message::text(text));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_is_silent_is_given_up_after_two_pings() {
        let (near, _, ears, task) = socket();
        let started = Instant::now();
        task.await.unwrap();
        assert_eq!(ears.0.load(Ordering::SeqCst), 1);
        assert!(started.elapsed() >= SILENCE && started.elapsed() <= SILENCE + LINGER);
        drop(near);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_waits_for_its_reader_no_longer_than_permitted() {
        let (near, outbox, ears, task) = socket();
        let started = Instant::now();
        outbox.push("x".repeat(64 * 1024).into());
        task.await.unwrap();
        assert_eq!(ears.0.load(Ordering::SeqCst), 1);
        assert!(started.elapsed() >= WRITE && started.elapsed() <= WRITE + LINGER);
        drop(near);
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_runs_over_does_not_wait_for_the_write_under_way() {
        let (near, outbox, ears, task) = socket();
        let started = Instant::now();
        for _ in 0..64 {
            outbox.push("x".repeat(64 * 1024).into());
            tokio::task::yield_now().await;
        }
        task.await.unwrap();
        assert_eq!(ears.0.load(Ordering::SeqCst), 1);
        assert!(started.elapsed() <= LINGER, "{:?}", started.elapsed());
        drop(near);
    }
}
