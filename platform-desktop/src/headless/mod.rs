//! The program without a window: an ear in the room, a load generator, and a witness for tests.
//!
//! Every second it writes a line of JSON that says what it sees and hears ([`status`]). It reads requests, a line of JSON
//! each ([`request`]). It leaves when it is asked to, by a request or by a signal.

mod request;
mod status;
mod taker;
mod watcher;

use crate::{
    farewell,
    files::{Files, Picker, Shelf},
    local::Local,
    media::{playout, streams::Streams, studio::Studio},
    memory::Memory,
    native::{Native, Setup},
    options::{Options, USUAL_SERVER},
    recording::{Recorder, Whom},
};
use anyhow::{Context, anyhow};
use futures::{StreamExt, future::join};
use request::Request;
use session::{
    Command, Handle, View,
    view::{Local as Own, Phase, Source},
};
use status::Status;
use std::{
    cell::RefCell,
    io::Write,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};
use taker::Taker;
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
    time::{MissedTickBehavior, interval, timeout},
};
use watcher::Watchers;
use wire::{DisplayName, RoomId};

const INTERVAL: Duration = Duration::from_secs(1);
/// Camera and microphone may take as long as this before the room is entered without them.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs until it has left.
///
/// # Errors
/// The room lets nobody in.
pub fn run(background: &Runtime, options: &Options) -> anyhow::Result<()> {
    let room = options.room.clone().context("a room is needed")?;
    let name = options
        .name
        .clone()
        .map_or_else(|| DisplayName::try_from("Headless".to_owned()), Ok)?;
    let server = options.server.as_deref().unwrap_or(USUAL_SERVER);
    let streams = Streams::default();
    playout::run(streams.clone(), None)?;
    let (local, run) = Local::new();
    let (named, shelf) = (Rc::<RefCell<Vec<PathBuf>>>::default(), Shelf::default());
    let native = Native::new(Setup {
        background: background.handle().clone(),
        local: local.clone(),
        origin: server.to_owned(),
        client: reqwest::Client::new(),
        // Nothing of it outlives the program.
        memory: Rc::new(Memory::at(None)),
        studio: Studio {
            played: true,
            ..Studio::new(options)
        },
        streams: streams.clone(),
        questions: None,
        files: Files::new(
            background.handle().clone(),
            Picker::Named(named.clone()),
            shelf.clone(),
        ),
        speaker: None,
    });
    let recorder = options
        .record
        .as_ref()
        .map(|path| Recorder::start(background.handle().clone(), streams.clone(), Whom::Others, path));
    let recorder = recorder.transpose().context("nothing can be recorded there")?;
    let (handle, driver) = session::session(native, options.config(server));
    let stay = Stay {
        handle,
        room,
        name,
        watchers: Watchers::new(streams),
        recorder,
        taker: options
            .files
            .clone()
            .map(|folder| Taker::new(background.handle().clone(), folder, shelf)),
        named,
        told: false,
        joined: Instant::now(),
    };
    background.block_on(async {
        let (stayed, _) = join(
            stay.run(),
            farewell::finished(background.handle(), driver, local, run),
        )
        .await;
        stayed
    })
}

/// A stay in a room.
struct Stay {
    handle: Handle,
    room: RoomId,
    name: DisplayName,
    watchers: Watchers,
    recorder: Option<Recorder>,
    taker: Option<Taker>,
    /// The files that were asked to be given.
    named: Rc<RefCell<Vec<PathBuf>>>,
    /// The room knows that it is recorded.
    told: bool,
    /// When it asked to be let in.
    joined: Instant,
}

impl Stay {
    async fn run(mut self) -> anyhow::Result<()> {
        let stayed = self.stay().await;
        self.handle.send(Command::Shutdown);
        if let Some(trouble) = self.recorder.take().and_then(|recorder| recorder.stop().trouble) {
            anyhow::bail!("the recording has no end: {trouble}");
        }
        stayed
    }

    async fn stay(&mut self) -> anyhow::Result<()> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut requests = request::from_input()?;
        self.open_devices().await;
        self.joined = Instant::now();
        self.handle.send(Command::Join {
            room: self.room.clone(),
            name: self.name.clone(),
        });
        let mut views = self.handle.views();
        let mut tick = interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                view = views.next() => match view {
                    Some(view) => self.watch(&view)?,
                    None => return Ok(()),
                },
                _ = tick.tick() => if !self.tell() {
                    return Ok(());
                },
                Some(request) = requests.recv() => {
                    if let Request::Give(path) = &request {
                        self.named.borrow_mut().push(path.clone());
                    }
                    match request.command() {
                        Some(command) => self.handle.send(command),
                        None => return Ok(()),
                    }
                }
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
            }
        }
    }

    /// Waits until camera and microphone send, or cannot.
    async fn open_devices(&self) {
        self.handle.send(Command::Prepare);
        let mut views = self.handle.views();
        let settled = async {
            while let Some(view) = views.next().await {
                if is_settled(&view.local) {
                    return;
                }
            }
        };
        if timeout(PATIENCE, settled).await.is_err() {
            tracing::warn!("camera or microphone are not open; going in without");
        }
    }

    fn watch(&mut self, view: &View) -> anyhow::Result<()> {
        self.watchers.follow(view);
        if let Some(taker) = &mut self.taker {
            let commands = taker.look(view);
            commands.into_iter().for_each(|command| self.handle.send(command));
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.follow(view);
            self.tell_of_recording(view);
        }
        match &view.phase {
            Phase::Refused { why, .. } => Err(anyhow!("the room does not let us in: {why:?}")),
            Phase::Lobby | Phase::Joining { .. } | Phase::Waiting { .. } | Phase::Inside { .. } => Ok(()),
        }
    }

    /// Nobody is recorded without being told.
    fn tell_of_recording(&mut self, view: &View) {
        let is_inside = matches!(view.phase, Phase::Inside { .. });
        if is_inside && !std::mem::replace(&mut self.told, is_inside) {
            self.handle.send(Command::Recording(true));
        }
        self.told &= is_inside;
    }

    /// Writes the status, and tells whether anybody still reads it.
    fn tell(&self) -> bool {
        let view = self.handle.view();
        let recording = self.recorder.as_ref().map(Recorder::progress);
        let status = Status::new(&view, &self.watchers, self.joined, recording);
        let line = serde_json::to_string(&status).unwrap_or_default();
        let mut output = std::io::stdout().lock();
        writeln!(output, "{line}").and_then(|()| output.flush()).is_ok()
    }
}

fn is_settled(own: &Own) -> bool {
    let settled = |source: &Source| matches!(source, Source::On | Source::Trouble(_));
    settled(&own.microphone) && settled(&own.camera)
}
