//! What a platform must do to record: put many pictures and sounds into one file on the person's own device.

use futures::{channel::mpsc, future::LocalBoxFuture};
use session::view::StreamId;
use std::{fmt, rc::Rc};

/// Records into files on this device. Files stay until they are removed, also when the page or the browser ends.
pub trait Recorder {
    /// The kinds of file it can write, by their extensions; the best first.
    fn formats(&self) -> Vec<String>;

    /// How many bytes may still be kept on this device; `None` where nobody knows.
    fn free(&self) -> LocalBoxFuture<'static, Option<u64>>;

    /// The folder of the person's own in which files are, for every program to see; `None` where only this app has them.
    fn folder(&self) -> Option<String> {
        None
    }

    /// Begins. How it goes is told to `told` until it is over.
    fn start(
        &self,
        plan: &Plan,
        told: mpsc::UnboundedSender<Progress>,
    ) -> LocalBoxFuture<'static, Result<Rc<dyn Recording>, Problem>>;

    /// What is on this device and complete, or was left behind by a page that is gone; the newest first. While one is
    /// being completed, it is waited for.
    fn kept(&self) -> LocalBoxFuture<'static, Vec<Kept>>;

    /// Shows a scene in a small window of its own, above everything else on the screen; `None` where that is not to be had.
    /// `told` hears what the person wants there, and when it is closed. A click of the person must be recent.
    fn apart(
        &self,
        scene: &Scene,
        tools: &[Tool],
        told: mpsc::UnboundedSender<Told>,
    ) -> LocalBoxFuture<'static, Option<Rc<dyn Apart>>>;

    /// Removes a file for good.
    fn remove(&self, name: &str) -> LocalBoxFuture<'static, ()>;
}

/// A recording that goes on.
pub trait Recording {
    /// Shows and plays this from now on.
    fn show(&self, scene: &Scene);

    /// Leaves out what happens, until it is resumed.
    fn pause(&self);

    /// Goes on.
    fn resume(&self);

    /// Ends it. The file is complete when [`Phase::Over`] is told.
    fn stop(&self);
}

/// A small window above everything else.
pub trait Apart {
    /// Shows this from now on.
    fn show(&self, scene: &Scene);

    /// Shows these buttons from now on, where the window can have any.
    fn equip(&self, tools: &[Tool]);

    /// Closes it.
    fn close(&self);
}

/// A button of the small window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tool {
    /// What the person wants who presses it.
    pub wish: Wish,
    /// Its name for people.
    pub label: &'static str,
    /// The icon's path.
    pub icon: &'static str,
    /// Whether what it switches is on; `None` where it is no switch.
    pub on: Option<bool>,
}

/// What a person can want in the small window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To mute or unmute.
    Microphone,
    /// To switch the camera.
    Camera,
    /// To leave the room.
    Leave,
}

impl Wish {
    /// All of them, in the order of their buttons.
    pub const ALL: [Wish; 3] = [Wish::Microphone, Wish::Camera, Wish::Leave];

    /// Names it for a script.
    pub fn name(self) -> &'static str {
        match self {
            Wish::Microphone => "microphone",
            Wish::Camera => "camera",
            Wish::Leave => "leave",
        }
    }
}

/// What the small window tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The person wants something.
    Wish(Wish),
    /// It is closed.
    Closed,
}

/// What to record, and into what.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What to record.
    pub what: What,
    /// The kind of file, one of [`Recorder::formats`].
    pub format: String,
    /// The file's name, with the extension.
    pub name: String,
    /// What is to be seen and heard at first.
    pub scene: Scene,
}

/// What to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The whole room: [`Scene::tiles`], [`Scene::sounds`] and [`Scene::voice`].
    Everyone,
    /// A screen, a window or a tab that the person chooses, with its sound and [`Scene::voice`].
    Screen,
}

/// What a recording of everyone shows and plays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    /// Everything there is to see, in the order of painting.
    pub tiles: Vec<SceneTile>,
    /// Everything there is to hear, but the person.
    pub sounds: Vec<StreamId>,
    /// The person's own voice.
    pub voice: Option<StreamId>,
}

/// One tile of a scene.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneTile {
    /// Where it is, in pixels of [`WIDTH`] × [`HEIGHT`].
    pub place: Place,
    /// Its picture; without one the initials are shown.
    pub stream: Option<StreamId>,
    /// The picture is shown whole instead of filling the tile.
    pub whole: bool,
    /// What stands on it.
    pub name: String,
    /// What stands for the person.
    pub initials: String,
    /// The path of an icon before the name; empty for none.
    pub mark: &'static str,
    /// The person speaks.
    pub speaking: bool,
}

/// How wide a recording of everyone is, in pixels.
pub const WIDTH: u32 = 1280;
/// How high a recording of everyone is, in pixels.
pub const HEIGHT: u32 = 720;

/// A rectangle, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// How a recording goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// How long it is, in seconds.
    pub seconds: u64,
    /// How large the file is, in bytes.
    pub bytes: u64,
    /// How many bytes may still be kept on this device; `None` where nobody knows.
    pub free: Option<u64>,
    /// Why it ended by itself.
    pub problem: Option<Problem>,
}

/// What a recording does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It records.
    Running,
    /// It leaves out what happens.
    Paused,
    /// The file is being completed.
    Ending,
    /// The file is complete.
    Over,
}

/// Why nothing is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The person thought better of it.
    Cancelled,
    /// There is no space left.
    Full,
    /// The browser cannot.
    Failed,
}

/// A recording on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file's name.
    pub name: String,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// When it ended, in milliseconds since 1970 UTC.
    pub at: u64,
    /// Where it can be played and saved from.
    pub url: String,
}

impl fmt::Debug for dyn Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Apart")
    }
}

impl fmt::Debug for dyn Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recording")
    }
}
