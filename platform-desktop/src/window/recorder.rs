//! The recording button: what it asks for is done by [`crate::recording`], into a folder of the person's own.

use super::picker::Questions;
use crate::{
    folders,
    local::Local,
    media::{streams::Streams, studio::Studio, track::Source},
    native::pick,
    recording::{Recorder as Film, Whom},
};
use app::recorder::{
    Apart, Kept, Phase, Plan, Problem, Progress, Recorder, Recording, Scene, Told, Tool, What,
};
use futures::{
    channel::mpsc,
    future::{FutureExt, LocalBoxFuture},
};
use session::{Handle, view::Phase as Stay};
use std::{
    cell::{Cell, RefCell},
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

const FORMAT: &str = "webm";
/// How often it is told how it goes.
const INTERVAL: Duration = Duration::from_millis(500);
/// Pictures of a screen in a second.
const RATE: u32 = 15;

/// Records in this window. Clones are the same.
#[derive(Clone)]
pub struct Films {
    setup: Rc<Setup>,
    /// What goes on, or went on last.
    running: Rc<RefCell<Option<Rc<Running>>>>,
}

/// What a window's recordings are made with.
pub struct Setup {
    /// Where Tokio runs.
    pub background: tokio::runtime::Handle,
    /// The session's thread.
    pub local: Local,
    /// The session.
    pub handle: Handle,
    pub streams: Streams,
    pub studio: Studio,
    /// Who is asked which screen.
    pub questions: Questions,
}

struct Running {
    setup: Rc<Setup>,
    film: RefCell<Option<Film>>,
    path: PathBuf,
    /// The screen that is recorded, if it is one.
    screen: Option<Arc<Source>>,
    paused: Cell<bool>,
    /// The file is complete.
    over: Cell<bool>,
    told: mpsc::UnboundedSender<Progress>,
}

/// What the button holds while it goes on.
struct Goes(Rc<Running>);

impl Films {
    pub fn new(setup: Setup) -> Self {
        Self {
            setup: Rc::new(setup),
            running: Rc::default(),
        }
    }

    /// Completes what goes on: the program ends.
    pub async fn finish(&self) {
        let running = self.running.borrow().clone();
        if let Some(running) = running {
            running.end(None).await;
        }
    }

    async fn begin(
        self,
        plan: Plan,
        told: mpsc::UnboundedSender<Progress>,
    ) -> Result<Rc<dyn Recording>, Problem> {
        let setup = self.setup.clone();
        let screen = match plan.what {
            What::Everyone => None,
            What::Screen => Some(setup.open_screen().await?),
        };
        let whom = if screen.is_some() {
            Whom::OwnVoice
        } else {
            Whom::Everyone
        };
        let (folder, name) = (folders::recordings(), plan.name);
        let (background, streams) = (setup.background.clone(), setup.streams.clone());
        let started = setup.background.spawn_blocking(move || {
            fs::create_dir_all(&folder)?;
            let path = folder.join(name);
            Film::start(background, streams, whom, &path).map(|film| (film, path))
        });
        let (film, path) = started
            .await
            .map_err(|_| Problem::Failed)?
            .map_err(|error| problem(&error))?;
        let running = Rc::new(Running {
            setup,
            film: RefCell::new(Some(film)),
            path,
            screen,
            paused: Cell::new(false),
            over: Cell::new(false),
            told,
        });
        running.begin();
        self.running.replace(Some(running.clone()));
        Ok(Rc::new(Goes(running)))
    }
}

impl Setup {
    async fn open_screen(&self) -> Result<Arc<Source>, Problem> {
        let target = pick(&self.background, &self.questions).await;
        let target = target.map_err(|exception| match exception.name.as_str() {
            "NotAllowedError" => Problem::Cancelled,
            _ => Problem::Failed,
        })?;
        let studio = self.studio.clone();
        let opened = self
            .background
            .spawn_blocking(move || studio.open_screen(target, RATE));
        let opened = opened.await.map_err(|_| Problem::Failed)?;
        opened.map_err(|_| Problem::Failed)
    }
}

impl Recorder for Films {
    fn formats(&self) -> Vec<String> {
        vec![FORMAT.to_owned()]
    }

    fn free(&self) -> LocalBoxFuture<'static, Option<u64>> {
        let free = self
            .setup
            .background
            .spawn_blocking(|| free(&folders::recordings()));
        async move { free.await.ok().flatten() }.boxed_local()
    }

    fn folder(&self) -> Option<String> {
        Some(folders::recordings().display().to_string())
    }

    fn start(
        &self,
        plan: &Plan,
        told: mpsc::UnboundedSender<Progress>,
    ) -> LocalBoxFuture<'static, Result<Rc<dyn Recording>, Problem>> {
        self.clone().begin(plan.clone(), told).boxed_local()
    }

    fn kept(&self) -> LocalBoxFuture<'static, Vec<Kept>> {
        let (running, background) = (self.running.clone(), self.setup.background.clone());
        async move {
            // The last one is remembered, and is a recording like any other once it is over.
            let busy = (running.borrow().as_ref())
                .filter(|running| !running.over.get())
                .map(|running| running.path.clone());
            let kept = background.spawn_blocking(move || kept(&folders::recordings(), busy.as_deref()));
            kept.await.unwrap_or_default()
        }
        .boxed_local()
    }

    /// No window of ours stands above the others of every desktop.
    fn apart(
        &self,
        _: &Scene,
        _: &[Tool],
        _: mpsc::UnboundedSender<Told>,
    ) -> LocalBoxFuture<'static, Option<Rc<dyn Apart>>> {
        async { None }.boxed_local()
    }

    fn remove(&self, name: &str) -> LocalBoxFuture<'static, ()> {
        // A name, and no way out of the folder.
        let path = Path::new(name)
            .file_name()
            .map(|name| folders::recordings().join(name));
        let removed = path.map(|path| self.setup.background.spawn_blocking(|| fs::remove_file(path)));
        async move {
            if let Some(removed) = removed
                && !matches!(removed.await, Ok(Ok(())))
            {
                tracing::warn!("recording is not removed");
            }
        }
        .boxed_local()
    }
}

impl Running {
    /// Tells how it goes until it is over.
    fn begin(self: &Rc<Self>) {
        let view = self.setup.handle.view();
        if let (Some(screen), Stay::Inside { me, name, .. }) = (&self.screen, &view.phase) {
            self.with(|film| film.add_screen(me.clone(), name.to_string(), screen.hub.clone()));
        }
        self.with(|film| film.follow(&view));
        let running = self.clone();
        self.setup.local.spawn(async move {
            while let Some(goes) = running.progress() {
                let over = goes.problem;
                // Nobody listens any more when the room is left; the file is completed all the same.
                let _ = running.told.unbounded_send(goes);
                if over.is_some() {
                    running.end(over).await;
                    return;
                }
                let pause = {
                    let _on = running.setup.background.enter();
                    tokio::time::sleep(INTERVAL)
                };
                pause.await;
            }
        });
    }

    fn with<T>(&self, what: impl FnOnce(&mut Film) -> T) -> Option<T> {
        self.film.borrow_mut().as_mut().map(what)
    }

    /// How it goes; `None` when it is over.
    fn progress(&self) -> Option<Progress> {
        let goes = self.with(|film| film.progress())?;
        let ended = self.screen.as_ref().is_some_and(|screen| screen.is_ended());
        Some(Progress {
            phase: if self.paused.get() {
                Phase::Paused
            } else {
                Phase::Running
            },
            seconds: goes.seconds as u64,
            bytes: goes.bytes,
            free: free(&self.path),
            problem: match goes.trouble {
                Some(_) if goes.full => Some(Problem::Full),
                Some(_) => Some(Problem::Failed),
                // What was recorded is not there any more.
                None => ended.then_some(Problem::Cancelled),
            },
        })
    }

    /// Completes the file, and tells when it is complete.
    async fn end(&self, problem: Option<Problem>) {
        let Some(film) = self.film.take() else { return };
        if let Some(screen) = &self.screen {
            screen.stop();
        }
        let goes = film.progress();
        let tell = |phase, problem| {
            let _ = self.told.unbounded_send(Progress {
                phase,
                seconds: goes.seconds as u64,
                bytes: goes.bytes,
                free: None,
                problem,
            });
        };
        tell(Phase::Ending, None);
        let ended = self.setup.background.spawn_blocking(move || film.stop()).await;
        let full = ended.as_ref().is_ok_and(|goes| goes.full);
        let failed = ended.as_ref().is_ok_and(|goes| goes.trouble.is_some());
        let problem = match problem {
            Some(Problem::Cancelled) | None if full => Some(Problem::Full),
            Some(Problem::Cancelled) | None if failed => Some(Problem::Failed),
            other => other,
        };
        self.over.set(true);
        tell(Phase::Over, problem);
    }
}

impl Recording for Goes {
    fn show(&self, _: &Scene) {
        // Each is recorded as they come, and not as they are shown.
        let view = self.0.setup.handle.view();
        self.0.with(|film| film.follow(&view));
    }

    fn pause(&self) {
        self.0.paused.set(true);
        self.0.with(|film| film.pause(true));
    }

    fn resume(&self) {
        self.0.paused.set(false);
        self.0.with(|film| film.pause(false));
    }

    fn stop(&self) {
        let running = self.0.clone();
        self.0.setup.local.spawn(async move { running.end(None).await });
    }
}

fn problem(error: &io::Error) -> Problem {
    tracing::warn!(%error, "nothing can be recorded");
    if error.kind() == io::ErrorKind::StorageFull {
        Problem::Full
    } else {
        Problem::Failed
    }
}

/// The films in a folder, the newest first.
fn kept(folder: &Path, busy: Option<&Path>) -> Vec<Kept> {
    let film = |entry: fs::DirEntry| {
        let (path, about) = (entry.path(), entry.metadata().ok()?);
        let is_film = about.is_file() && path.extension().is_some_and(|ending| ending == FORMAT);
        if !is_film || busy == Some(path.as_path()) {
            return None;
        }
        let at = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Kept {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: about.len(),
            at: u64::try_from(at.as_millis()).ok()?,
            url: String::new(),
        })
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut kept: Vec<_> = entries.filter_map(film).collect();
    kept.sort_by_key(|film| std::cmp::Reverse(film.at));
    kept
}

/// How many bytes may still be written where this is, or will be.
fn free(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let there = path.ancestors().find(|path| path.exists())?;
        let about = rustix::fs::statvfs(there).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }
    #[cfg(not(unix))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn films_are_listed_the_newest_first_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        for (age, name) in [
            (3, "old.webm"),
            (1, "busy.webm"),
            (2, "new.webm"),
            (0, "letter.txt"),
        ] {
            let file = fs::File::create(place(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - Duration::from_secs(age * 60))
                .unwrap();
        }
        fs::create_dir(place("folder.webm")).unwrap();
        let kept = kept(folder.path(), Some(&place("busy.webm")));
        let names: Vec<_> = kept.iter().map(|film| film.name.as_str()).collect();
        assert_eq!(names, ["new.webm", "old.webm"]);
    }

    #[test]
    fn a_folder_that_is_still_to_be_made_has_the_room_of_the_one_it_will_be_in() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free(&folder.path().join("not/yet")).is_some_and(|bytes| bytes > 0));
    }
}
