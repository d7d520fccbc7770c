//! This computer, as the platform of a session.

use crate::{
    files::Files,
    local::Local,
    media::{
        screen::{self, Target},
        speaker::Speaker,
        streams::{Shown, Streams},
        studio::{FILE, Studio},
        track::{Meter, Source, Stream, Track},
    },
    memory::Memory,
    rtc::Connection,
    socket::{self, Socket},
    window::picker::{Question, Questions},
};
use call::Route;
use futures::{
    channel::{mpsc::UnboundedSender, oneshot},
    future::LocalBoxFuture,
};
use reqwest::Client;
use session::{
    Platform,
    platform::{
        DisplayConstraints, Events, Exception, File, Keep, MediaConstraints, MediaKind, MediaStreamTrack,
        PeerConnectionEvent, PlatformEvent, SocketEvent, WritableFile,
    },
    view::Device,
};
use std::{
    cell::Cell,
    fmt,
    path::PathBuf,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::Handle;
use wire::IceServer;

/// Under which it is remembered which file was the camera.
const FILM: &str = "tsukiyo.film";

/// How often devices are counted; no system of sound tells of them by itself in the same way.
const LOOK_AROUND: Duration = Duration::from_secs(4);

/// How often the screen is looked at in a second, at most: each look copies all of it.
const MOST_SHOTS: u32 = 15;

/// This computer.
pub struct Native {
    setup: Setup,
    began: Instant,
    /// Which file is to be the camera was asked before.
    asked: Cell<bool>,
}

/// What a platform is made with.
#[derive(Debug)]
pub struct Setup {
    /// Where Tokio runs.
    pub background: Handle,
    /// The session's thread.
    pub local: Local,
    /// Scheme, host and port of the server.
    pub origin: String,
    pub client: Client,
    pub memory: Rc<Memory>,
    pub studio: Studio,
    pub streams: Streams,
    /// Who is asked what to share; without anybody it is the whole screen.
    pub questions: Option<Questions>,
    /// What is given away, and where it is kept what comes.
    pub files: Files,
    /// Where sound is heard, if anywhere.
    pub speaker: Option<Speaker>,
}

impl Native {
    pub fn new(setup: Setup) -> Self {
        Self {
            setup,
            began: Instant::now(),
            asked: Cell::new(false),
        }
    }

    /// Asks the person which file is to be the camera; the first time it is the one of the last time.
    async fn pick_film(&self) {
        let Setup {
            memory,
            studio,
            files,
            ..
        } = &self.setup;
        let last = memory.get(app::Keep::Always, FILM).map(PathBuf::from);
        let picked = match last.filter(|path| !self.asked.replace(true) && path.exists()) {
            Some(path) => Some(path),
            None => files.pick_film().await,
        };
        if let Some(path) = picked {
            memory.set(app::Keep::Always, FILM, path.to_str());
            studio.pick(path);
        }
    }

    fn track(&self, source: Arc<Source>) -> Track {
        Track::new(source, self.setup.local.clone())
    }
}

impl Platform for Native {
    type Socket = Socket;
    type PeerConnection = Connection;
    type Track = Track;
    type Stream = Stream;
    type Meter = Meter;

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn random(&self) -> u64 {
        random()
    }

    async fn sleep(&self, duration: Duration) {
        let sleep = {
            let _on = self.setup.background.enter();
            tokio::time::sleep(duration)
        };
        sleep.await;
    }

    fn watch(&self, events: Events<PlatformEvent>) {
        let Setup {
            background,
            local,
            studio,
            ..
        } = &self.setup;
        let changed = local.relay(move |()| events.send(PlatformEvent::DevicesChanged));
        background.spawn(watch_devices(background.clone(), studio.clone(), changed));
    }

    async fn connect(
        &self,
        url: &str,
        protocol: &str,
        events: Events<SocketEvent>,
    ) -> Result<Socket, Exception> {
        let Setup {
            background, local, ..
        } = &self.setup;
        socket::connect(background, local, url, protocol, events).await
    }

    async fn get(&self, path: &str, bearer: Option<&str>) -> Result<String, Exception> {
        let mut request = self.setup.client.get(format!("{}{path}", self.setup.origin));
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let answer = self.setup.background.spawn(async move {
            let answer = request.send().await?.error_for_status()?;
            answer.text().await
        });
        let failed = |error: &dyn std::error::Error| Exception::new("NetworkError", error.to_string());
        let answer = answer.await.map_err(|error| failed(&error))?;
        answer.map_err(|error| failed(&error))
    }

    fn peer_connection(
        &self,
        ice_servers: &[IceServer],
        route: Route,
        events: Events<PeerConnectionEvent>,
    ) -> Result<Connection, Exception> {
        let Setup {
            background,
            local,
            streams,
            ..
        } = &self.setup;
        Connection::new(
            background,
            local,
            streams.clone(),
            ice_servers,
            route,
            random,
            events,
        )
    }

    async fn get_user_media(&self, constraints: &MediaConstraints) -> Result<Vec<Track>, Exception> {
        let (studio, constraints) = (self.setup.studio.clone(), constraints.clone());
        if matches!(&constraints.video, Some(Some(device)) if device == FILE) {
            self.pick_film().await;
        }
        // Devices and disks may take their time.
        let opened = self
            .setup
            .background
            .spawn_blocking(move || studio.open(&constraints))
            .await;
        let sources = opened.map_err(ends)??;
        Ok(sources.into_iter().map(|source| self.track(source)).collect())
    }

    async fn get_display_media(&self, constraints: DisplayConstraints) -> Result<Vec<Track>, Exception> {
        let target = match &self.setup.questions {
            Some(questions) => pick(&self.setup.background, questions).await?,
            None => Target::Screen,
        };
        let (studio, rate) = (self.setup.studio.clone(), constraints.frame_rate.min(MOST_SHOTS));
        let opened = self
            .setup
            .background
            .spawn_blocking(move || studio.open_screen(target, rate))
            .await;
        Ok(vec![self.track(opened.map_err(ends)??)])
    }

    fn show_open_file_picker(&self) -> LocalBoxFuture<'static, Vec<Rc<dyn File>>> {
        self.setup.files.pick()
    }

    fn create_writable(&self) -> LocalBoxFuture<'static, Result<Rc<dyn WritableFile>, Exception>> {
        self.setup.files.create()
    }

    async fn enumerate_devices(&self) -> Vec<Device> {
        list(&self.setup.background, &self.setup.studio).await
    }

    fn set_sink_id(&self, device: &str) {
        if let Some(speaker) = &self.setup.speaker {
            speaker.choose(device);
        }
    }

    fn media_stream(&self, track: &Track) -> Option<Stream> {
        let frames = Some(track.source().hub.clone());
        let shown = match track.kind() {
            MediaKind::Video => Shown {
                pictures: frames,
                ..Shown::default()
            },
            // One does not hear oneself, but may want to keep what one said.
            MediaKind::Audio => Shown {
                packets: frames,
                ..Shown::default()
            },
        };
        let id = format!("local-{:016x}", self.random());
        Some(Stream::new(self.setup.streams.add(id, shown)))
    }

    fn meter(&self, track: &Track) -> Option<Meter> {
        (track.kind() == MediaKind::Audio).then(|| Meter(track.source().clone()))
    }

    fn recall(&self, keep: Keep, key: &str) -> Option<String> {
        self.setup.memory.get(kept(keep), key)
    }

    fn remember(&self, keep: Keep, key: &str, value: Option<&str>) {
        self.setup.memory.set(kept(keep), key, value);
    }
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Native").finish_non_exhaustive()
    }
}

/// Asks the person what to share.
pub async fn pick(background: &Handle, questions: &Questions) -> Result<Target, Exception> {
    let offers = background.spawn_blocking(screen::offers).await;
    let (answer, answered) = oneshot::channel();
    let question = Question {
        offers: offers.map_err(ends)??,
        answer,
    };
    let refused = |_| Exception::new("NotAllowedError", "the person thought better of it");
    questions
        .unbounded_send(question)
        .map_err(|_| Exception::new("AbortError", "there is no window"))?;
    answered.await.map_err(refused)
}

fn ends(_: tokio::task::JoinError) -> Exception {
    Exception::new("AbortError", "the program ends")
}

/// Lists all devices without holding anybody up.
async fn list(background: &Handle, studio: &Studio) -> Vec<Device> {
    let studio = studio.clone();
    let listed = background.spawn_blocking(move || studio.devices()).await;
    listed.unwrap_or_default()
}

/// Tells of devices that come and go, for as long as anybody wants to hear it.
async fn watch_devices(background: Handle, studio: Studio, changed: UnboundedSender<()>) {
    let mut before = list(&background, &studio).await;
    while !changed.is_closed() {
        tokio::time::sleep(LOOK_AROUND).await;
        let now = list(&background, &studio).await;
        if now != before {
            before = now;
            // Whoever wanted to hear it may have gone meanwhile.
            let _ = changed.unbounded_send(());
        }
    }
}

fn kept(keep: Keep) -> app::Keep {
    match keep {
        Keep::Always => app::Keep::Always,
        Keep::Tab => app::Keep::Tab,
    }
}

/// A number that nobody can guess.
pub fn random() -> u64 {
    u64::from_le_bytes(random_bytes())
}

/// Bytes that nobody can guess.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // A name that can be guessed must not pass for one that cannot.
        panic!("the system gives no random bytes: {error}");
    }
    bytes
}
