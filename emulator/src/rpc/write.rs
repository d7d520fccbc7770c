//! Write: a stream of commits, in order, each answered before the next is looked at.
//!
//! The first request names the database and writes nothing; its answer names the stream. Every answer holds a token,
//! which counts the answers. A request without writes ends the stream, as does a commit that is refused. A stream cannot
//! be resumed: tokens are of use to clients only as what they send back, as with Google's emulator.

use std::pin::pin;

use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};
use tonic::Status;

use super::Service;
use crate::{
    error::{Error, Result},
    proto::{CommitRequest, WriteRequest, WriteResponse},
};

/// The id of every stream: it tells one from another only where streams can be resumed.
const STREAM_ID: &str = "1";

impl Service {
    /// Serves one stream until the client or the server ends it.
    pub(crate) fn writing<R>(&self, requests: R) -> ReceiverStream<Result<WriteResponse, Status>>
    where
        R: Stream<Item = Result<WriteRequest, Status>> + Send + 'static,
    {
        // One answer waits at most, so that a client that does not read writes no more.
        let (outbox, answers) = mpsc::channel(1);
        let service = self.clone();
        tokio::spawn(async move {
            let closed = service.storage.feed().closed();
            let ended = tokio::select! {
                ended = service.serve_writes(requests, &outbox) => ended,
                () = closed => Err(Error::Closing.into()),
                () = outbox.closed() => Ok(()),
            };
            if let Err(status) = ended {
                // The client may be gone.
                drop(outbox.send(Err(status)).await);
            }
        });
        ReceiverStream::new(answers)
    }

    async fn serve_writes<R>(
        &self,
        requests: R,
        outbox: &mpsc::Sender<Result<WriteResponse, Status>>,
    ) -> Result<(), Status>
    where
        R: Stream<Item = Result<WriteRequest, Status>> + Send,
    {
        let mut requests = pin!(requests);
        let Some(first) = requests.next().await.transpose()? else {
            return Ok(());
        };
        let database = begin(first)?;
        let opened = WriteResponse {
            stream_id: STREAM_ID.to_owned(),
            stream_token: token(0),
            ..Default::default()
        };
        let mut next = Some(opened);
        let mut answered = 0_u64;
        while let Some(answer) = next.take() {
            if outbox.send(Ok(answer)).await.is_err() {
                return Ok(());
            }
            let Some(request) = requests.next().await.transpose()? else {
                return Ok(());
            };
            answered += 1;
            let is_last = request.writes.is_empty();
            let answer = self.write_next(&database, request, token(answered)).await?;
            if is_last {
                drop(outbox.send(Ok(answer)).await);
                return Ok(());
            }
            next = Some(answer);
        }
        Ok(())
    }

    async fn write_next(
        &self,
        database: &str,
        request: WriteRequest,
        stream_token: Vec<u8>,
    ) -> Result<WriteResponse> {
        let mut answer = WriteResponse {
            stream_token,
            ..Default::default()
        };
        if !request.writes.is_empty() {
            let commit = CommitRequest {
                database: database.to_owned(),
                writes: request.writes,
                ..Default::default()
            };
            let committed = self.commit_writes(commit).await?;
            answer.write_results = committed.write_results;
            answer.commit_time = committed.commit_time;
        }
        Ok(answer)
    }
}

/// Returns the database that the first request names.
fn begin(first: WriteRequest) -> Result<String> {
    if first.database.is_empty() {
        return Err(Error::invalid(
            "'database' must be set on an initial write request.",
        ));
    }
    if !first.stream_id.is_empty() {
        return Err(Error::invalid(
            "Resuming streams is not supported, do not set stream ID.",
        ));
    }
    if !first.writes.is_empty() {
        return Err(Error::invalid(
            "'writes' must not be set on an initial write request.",
        ));
    }
    crate::path::DatabaseName::parse(&first.database)?;
    Ok(first.database)
}

fn token(answered: u64) -> Vec<u8> {
    answered.to_string().into_bytes()
}
