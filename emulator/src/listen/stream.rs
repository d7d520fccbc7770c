//! The shell of a stream: waits for requests, for changes, and for a client that reads.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio_stream::{Stream, StreamExt};
use tonic::Status;

use super::{
    core::Core,
    message::{self, Outgoing},
    outbox::{Answers, Backlog, Outbox},
    target::Target,
    token::Resume,
};
use crate::{
    error::{Error, Result},
    path::DatabaseName,
    proto::{self, ListenRequest, listen_request::TargetChange},
    storage::{Snapshot, State, Storage, Subscription},
};

/// How often a client whose targets did not change hears what time it is. Its token so stays within the history.
const BEAT: Duration = Duration::from_secs(30);
/// Targets that one stream may have.
const MAX_TARGETS: usize = 1_000;

/// Serves one stream until the client leaves or the server closes.
pub(crate) fn listen<R>(storage: &Arc<Storage>, backlog: &Arc<Backlog>, requests: R) -> Answers
where
    R: Stream<Item = Result<ListenRequest, Status>> + Send + 'static,
{
    let (outbox, answers) = backlog.open();
    let closed = storage.feed().closed();
    let storage = Arc::clone(storage);
    tokio::spawn(async move {
        let ended = tokio::select! {
            ended = serve(&storage, requests, &outbox) => ended,
            () = closed => Err(Error::Closing.into()),
            () = outbox.over() => Ok(()),
        };
        outbox.end(ended);
    });
    answers
}

async fn serve<R>(storage: &Arc<Storage>, requests: R, outbox: &Outbox) -> Result<(), Status>
where
    R: Stream<Item = Result<ListenRequest, Status>> + Send,
{
    let mut requests = pin!(requests);
    let Some(first) = requests.next().await else {
        return Ok(());
    };
    let first = first?;
    let database = DatabaseName::parse(&first.database)?;
    let mut listener = Listener {
        storage,
        outbox,
        subscription: storage.feed().subscribe(&database),
        core: Some(Core::new(storage.id(), database.clone(), storage.snapshot().time)),
        database,
        assigned: None,
    };
    listener.request(first).await?;
    let mut beat = tokio::time::interval(BEAT);
    beat.reset();
    loop {
        let inbox = Arc::clone(&listener.subscription.inbox);
        tokio::select! {
            request = requests.next() => match request {
                Some(request) => listener.request(request?).await?,
                None => return Ok(()),
            },
            () = inbox.filled() => drop(listener.advance().await?),
            _ = beat.tick() => listener.beat().await?,
        }
    }
}

struct Listener<'a> {
    storage: &'a Arc<Storage>,
    outbox: &'a Outbox,
    database: DatabaseName,
    subscription: Subscription,
    /// Away only while another thread works with it.
    core: Option<Core>,
    /// The last id that the server chose, once the client leaves that to it.
    assigned: Option<i32>,
}

impl Listener<'_> {
    async fn request(&mut self, request: ListenRequest) -> Result<(), Status> {
        if DatabaseName::parse(&request.database)? != self.database {
            return Err(Error::invalid("All requests of a stream must be about one database.").into());
        }
        match request.target_change {
            None => Err(Error::invalid("A request must add or remove a target.").into()),
            Some(TargetChange::RemoveTarget(id)) => {
                let core = self.core()?;
                let topics = core.target(id).map(Target::topics).unwrap_or_default();
                let removed = core.remove(id);
                self.subscription.remove(&topics);
                self.send(vec![removed]).await
            }
            Some(TargetChange::AddTarget(target)) => self.add(target).await,
        }
    }

    async fn add(&mut self, wanted: proto::Target) -> Result<(), Status> {
        let id = self.number(wanted.target_id)?;
        let target = match Target::parse(&wanted, &self.database) {
            Ok(target) => target,
            Err(error) => return self.send(vec![message::refused(id, &error)]).await,
        };
        let topics = target.topics();
        // Changes are collected from before the state is read on which the target begins.
        self.subscription.add(&topics);
        let snapshot = self.advance().await?;
        let resume = Resume::parse(wanted.resume_type.as_ref(), self.storage.id());
        let once = target.once;
        let long = target.may_be_long(snapshot.composites()) || resume != Resume::Anew;
        let out = self
            .with_core(long, move |core| core.add(id, target, resume, &snapshot))
            .await?;
        if once {
            self.subscription.remove(&topics);
        }
        self.send(out).await
    }

    /// Chooses or checks the id of a new target. What is wrong ends the stream: the id may be that of another target,
    /// which goes on.
    fn number(&mut self, wanted: i32) -> Result<i32> {
        let id = match (wanted, self.assigned) {
            (0, last) => *self.assigned.insert(last.unwrap_or(0).saturating_add(1)),
            (_, Some(_)) => {
                return Err(Error::invalid(
                    "A stream that was asked for an id cannot be given one.",
                ));
            }
            (id, None) if id < 0 => {
                return Err(Error::invalid(format!("Target id {id} must not be negative.")));
            }
            (id, None) => id,
        };
        let core = self.core()?;
        if core.target(id).is_some() {
            return Err(Error::invalid(format!("Target id {id} is in use already.")));
        }
        if core.len() >= MAX_TARGETS {
            return Err(Error::FailedPrecondition(format!(
                "A stream may have {MAX_TARGETS} targets at most."
            )));
        }
        Ok(id)
    }

    /// Brings all targets to the newest state and returns that.
    async fn advance(&mut self) -> Result<Arc<Snapshot>, Status> {
        let snapshot = self.storage.snapshot();
        let held = self.subscription.inbox.take(snapshot.time);
        let long = self.core()?.may_be_long(&held, &snapshot);
        let later = Arc::clone(&snapshot);
        let out = self
            .with_core(long, move |core| core.advance(held, &later))
            .await?;
        self.send(out).await?;
        Ok(snapshot)
    }

    async fn beat(&mut self) -> Result<(), Status> {
        self.advance().await?;
        let beat = self.core()?.beat();
        self.send(beat.into_iter().collect()).await
    }

    fn core(&mut self) -> Result<&mut Core> {
        self.core.as_mut().ok_or(Error::Closing)
    }

    /// Does work on the core; where it may be long, on a thread that holds up nobody.
    async fn with_core<F>(&mut self, long: bool, work: F) -> Result<Vec<Outgoing>, Status>
    where
        F: FnOnce(&mut Core) -> Result<Vec<Outgoing>> + Send + 'static,
    {
        if !long {
            return Ok(work(self.core()?)?);
        }
        let _turn = self.outbox.turn().await;
        let mut core = self.core.take().ok_or(Error::Closing)?;
        let (core, out) = tokio::task::spawn_blocking(move || {
            let out = work(&mut core);
            (core, out)
        })
        .await
        .map_err(|error| Error::Storage(format!("a listener broke off: {error}")))?;
        self.core = Some(core);
        Ok(out?)
    }

    async fn send(&self, out: Vec<Outgoing>) -> Result<(), Status> {
        Ok(self.outbox.send(out).await?)
    }
}
