//! The window around the components.

mod beside;
pub mod dialog;
mod engine;
#[cfg(debug_assertions)]
mod hook;
pub mod picker;
mod raw;
pub mod recorder;
mod saved;
mod state;
mod surface;
mod talk;
mod viewer;

use crate::{
    farewell,
    files::{Files, Picker as FilePicker, Shelf},
    host,
    local::Local,
    media::{echo::FarEnd, playout, speaker::Speaker, streams::Streams, studio::Studio},
    memory::{Memory, preferences},
    native::{Native, Setup},
    options::Options,
};
use app::{Calls, Door, Keep, Root, styles::SHEETS};
use dioxus::{
    desktop::{
        Config, LogicalSize, WindowBuilder, WindowCloseBehaviour,
        tao::event::{Event, WindowEvent},
        use_wry_event_handler, window,
    },
    prelude::*,
};
use dioxus_history::{History, MemoryHistory};
use picker::{Picker, Questions};
use recorder::Films;
use saved::Saved;
use session::Command;
use state::Size;
use std::{cell::RefCell, rc::Rc};
use talk::Talk;
use tokio::runtime::Handle;
use viewer::Viewer;

const SCRIPT: &str = include_str!("frames.js");
const NAME: &str = "tsukiyo.name";
/// The room in which a window was before it was loaded anew: the app goes back there by itself.
const INSIDE: &str = "tsukiyo.inside";

/// What the window is made of.
#[derive(Debug, Clone)]
struct Parts {
    background: Handle,
    options: Options,
    server: String,
    viewer: Viewer,
    speaker: Speaker,
    far: FarEnd,
    questions: Questions,
    shelf: Shelf,
}

/// Opens the window. It never returns: the program ends when the window is closed.
///
/// # Errors
/// The system has no loopback, or no more threads.
pub fn open(background: &Handle, options: Options) -> anyhow::Result<()> {
    engine::prepare();
    let memory = Memory::at(preferences());
    let (server, size) = (
        state::server(&memory, options.server.as_deref()),
        state::size(&memory),
    );
    let streams = Streams::default();
    let speaker = Speaker::start()?;
    let far = FarEnd::default();
    let (questions, asked) = picker::questions();
    playout::run(streams.clone(), Some((speaker.clone(), far.clone())))?;
    let parts = Parts {
        background: background.clone(),
        options,
        server,
        viewer: background.block_on(Viewer::start(streams))?,
        speaker,
        far,
        questions,
        shelf: Shelf::default(),
    };
    let window = WindowBuilder::new()
        .with_title("Tsukiyo")
        .with_inner_size(LogicalSize::new(size.width, size.height))
        .with_maximized(size.maximized);
    let head = format!("<style>{}</style><script>{SCRIPT}</script>", SHEETS.concat());
    let config = Config::new()
        .with_window(window)
        .with_menu(None)
        // It goes at once; the program follows when the others have been told.
        .with_close_behaviour(WindowCloseBehaviour::WindowHides)
        .with_custom_head(head);
    LaunchBuilder::desktop()
        .with_cfg(config)
        .with_context(parts)
        .with_context(asked)
        .launch(window_root);
    Ok(())
}

/// Opens the door and puts the app behind it.
fn window_root() -> Element {
    let parts: Parts = use_context();
    use_context_provider(|| parts.viewer.clone());
    use_context_provider(|| parts.shelf.clone());
    use_context_provider(|| history(&parts.options));
    let memory = use_hook(|| Rc::new(Memory::at(preferences())));
    let door = use_context_provider(|| Rc::new(door(&parts, memory.clone())));
    #[cfg(debug_assertions)]
    use_hook(|| hook::open(&parts.background));

    let handle = door.handle.clone();
    use_wry_event_handler(move |event, _| {
        if let Event::WindowEvent {
            event: WindowEvent::CloseRequested,
            ..
        } = event
        {
            state::remember(&memory, now());
            handle.send(Command::Shutdown);
        }
    });

    rsx! {
        Root {}
        Picker {}
        Saved {}
        Talk {}
    }
}

/// How large the window is now.
fn now() -> Size {
    let window = window();
    let size = window.inner_size().to_logical(window.scale_factor());
    Size {
        width: size.width,
        height: size.height,
        maximized: window.is_maximized(),
    }
}

fn door(parts: &Parts, memory: Rc<Memory>) -> Door {
    let Parts {
        background,
        options,
        server,
        viewer,
        speaker,
        far,
        questions,
        shelf,
    } = parts;
    if let Some(name) = &options.name {
        memory.set(Keep::Always, NAME, Some(name.as_str()));
    }
    if let Some(room) = options.room().filter(|_| options.join) {
        memory.set(Keep::Tab, INSIDE, Some(room.as_str()));
    }
    let client = reqwest::Client::new();
    let (local, run) = Local::new();
    let studio = Studio {
        far: far.clone(),
        ..Studio::new(options)
    };
    let native = Native::new(Setup {
        background: background.clone(),
        local: local.clone(),
        origin: server.clone(),
        client: client.clone(),
        memory: memory.clone(),
        studio: studio.clone(),
        streams: viewer.streams().clone(),
        questions: Some(questions.clone()),
        files: Files::new(background.clone(), FilePicker::Person, shelf.clone()),
        speaker: Some(speaker.clone()),
    });
    let (handle, driver) = session::session(native, options.config(server));
    let films = Films::new(recorder::Setup {
        background: background.clone(),
        local: local.clone(),
        handle: handle.clone(),
        streams: viewer.streams().clone(),
        studio,
        questions: questions.clone(),
    });
    let (window, background) = (window(), background.clone());
    let unfinished = films.clone();
    let session = beside::spawn(async move {
        farewell::finished(&background, driver, local, run).await;
        unfinished.finish().await;
        window.set_close_behavior(WindowCloseBehaviour::WindowCloses);
        window.close();
    });
    Door {
        handle,
        driver: RefCell::new(session),
        surface: surface::surface,
        calls: Calls::Here,
        origin: server.clone(),
        host: Rc::new(host::Desktop::new(memory, client, speaker.clone(), films)),
    }
}

/// Begins in the lobby of the room that is asked for.
fn history(options: &Options) -> Rc<dyn History> {
    let path = options
        .room()
        .map_or_else(|| "/".to_owned(), |room| format!("/room/{room}"));
    Rc::new(MemoryHistory::with_initial_path(path))
}
