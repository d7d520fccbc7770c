//! A stream whose other end must take what it is sent.
//!
//! An answer that is not taken holds its connection, its place among those of its address, and its body in memory. Reading has
//! times of its own (of heads, of bodies); this is for writing.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// What a client must take in a second on average, in bytes: who takes a little now and then only wants to hold on.
const SLOWEST: u32 = 4 * 1024;

/// A stream that ends with an error when it has waited for too long to be written to.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    limit: Duration,
    /// How long it has waited in all, less what it was paid for that by progress.
    waited: Duration,
    /// It waits: since when, and what wakes it when that was too long. An idle stream holds no timer.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<S> Patient<S> {
    /// Waits no longer than that.
    pub fn new(stream: S, limit: Duration) -> Self {
        Self {
            stream,
            limit,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// Returns the stream itself.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Takes note of what came of a write.
    fn note(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = written {
            let bytes = *outcome.as_ref().unwrap_or(&0);
            self.moved(bytes);
            return Poll::Ready(outcome);
        }
        let left = self.limit.saturating_sub(self.waited);
        let (_, alarm) = self.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(tokio::time::sleep_until(now + left)))
        });
        ready!(alarm.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn moved(&mut self, bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        if !self.waited.is_zero() {
            let paid = Duration::from_secs_f64(bytes as f64 / f64::from(SLOWEST));
            self.waited = self.waited.saturating_sub(paid);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.note(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_loses_the_stream() {
        let (near, far) = duplex(64);
        let mut stream = Patient::new(near, LIMIT);
        let started = Instant::now();
        let error = stream.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), LIMIT.as_secs());
        drop(far);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_little_now_and_then_loses_it_too() {
        let (near, mut far) = duplex(64);
        let mut stream = Patient::new(near, LIMIT);
        let reader = tokio::spawn(async move {
            while far.read_u8().await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let error = stream.write_all(&[0; 1_000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(stream);
        reader.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_is_waited_for_and_rest_costs_nothing() {
        let (near, mut far) = duplex(8 * 1024);
        let mut stream = Patient::new(near, LIMIT);
        let reader = tokio::spawn(async move {
            let mut buffer = vec![0; 8 * 1024];
            while far.read_exact(&mut buffer).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        for _ in 0..3 {
            stream.write_all(&[0; 400 * 1024]).await.unwrap();
            tokio::time::sleep(2 * LIMIT).await;
        }
        drop(stream);
        reader.await.unwrap();
    }
}
