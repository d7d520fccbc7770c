//! What the program says every second.

use super::watcher::{Seen, Watchers};
use crate::recording::Progress;
use serde::Serialize;
use session::{
    View,
    view::{Connection, Delivery, FileState, FileTransfer, Link, Phase, Source},
};
use std::time::Instant;

/// A line of JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status<'a> {
    /// `lobby`, `joining`, `inside` or `refused`
    phase: &'static str,
    /// `connecting`, `open` or `lost`
    link: &'static str,
    /// `off`, `starting`, `on` or `trouble`
    microphone: &'static str,
    /// As the microphone.
    camera: &'static str,
    people: Vec<Person<'a>>,
    chat: Vec<Line<'a>>,
    files: Vec<File<'a>>,
    /// How the recording goes, if there is one.
    recording: Option<Progress>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Person<'a> {
    name: &'a str,
    /// `connecting`, `connected`, `interrupted` or `failed`
    connection: &'static str,
    /// Its link to the server is lost.
    away: bool,
    /// It says that it can be heard.
    audio: bool,
    /// It says that it can be seen.
    video: bool,
    /// It says that it shares a screen.
    screen: bool,
    speaking: bool,
    /// Pictures that were decoded.
    frames: u64,
    /// Pictures that could not be.
    errors: u64,
    width: usize,
    height: usize,
    /// A fingerprint of the last picture.
    picture: String,
    /// The energy of all that was heard.
    energy: f64,
    /// Pictures of its screen that were decoded.
    screen_frames: u64,
    /// How often its picture stood still (`freezeCount`).
    freezes: u64,
    /// For how long in all, in seconds (`totalFreezesDuration`).
    frozen: f64,
    /// How long after joining its first picture was there, in milliseconds.
    first_frame: Option<u128>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    name: &'a str,
    text: &'a str,
    stored: bool,
}

#[derive(Debug, Serialize)]
struct File<'a> {
    name: &'a str,
    /// Who gives it, or to whom it is given.
    with: &'a str,
    mine: bool,
    /// `offered`, `running`, `done`, `stopped` or `failed`
    state: &'static str,
}

impl<'a> Status<'a> {
    /// Puts together what a view shows, and what comes in.
    pub fn new(view: &'a View, watchers: &Watchers, joined: Instant, recording: Option<Progress>) -> Self {
        let people = view.people.iter().map(|person| {
            let seen = watchers.seen(person.stream.as_ref());
            let screen = watchers.seen(person.screen.as_ref());
            Person::new(person, &seen, &screen, joined)
        });
        let chat = view.chat.lines.iter().map(|line| Line {
            name: line.name.as_str(),
            text: line.text.as_str(),
            stored: matches!(line.state, Delivery::Stored(_)),
        });
        let files = view.files.iter().map(File::new);
        Self {
            phase: match view.phase {
                Phase::Lobby => "lobby",
                Phase::Joining { .. } => "joining",
                Phase::Waiting { .. } => "waiting",
                Phase::Inside { .. } => "inside",
                Phase::Refused { .. } => "refused",
            },
            link: match view.link {
                Link::Connecting => "connecting",
                Link::Open => "open",
                Link::Lost => "lost",
            },
            microphone: source(&view.local.microphone),
            camera: source(&view.local.camera),
            people: people.collect(),
            chat: chat.collect(),
            files: files.collect(),
            recording,
        }
    }
}

impl<'a> Person<'a> {
    fn new(person: &'a session::view::Person, seen: &Seen, screen: &Seen, joined: Instant) -> Self {
        Self {
            name: person.name.as_str(),
            connection: match person.connection {
                Connection::Connecting => "connecting",
                Connection::Connected => "connected",
                Connection::Interrupted => "interrupted",
                Connection::Failed => "failed",
            },
            away: person.away,
            audio: person.media.audio,
            video: person.media.video,
            screen: person.media.screen,
            speaking: person.speaking,
            frames: seen.frames,
            errors: seen.errors,
            width: seen.width,
            height: seen.height,
            picture: format!("{:016x}", seen.picture),
            energy: seen.energy,
            screen_frames: screen.frames,
            freezes: seen.gaps.freezes(),
            frozen: seen.gaps.frozen().as_secs_f64(),
            first_frame: seen
                .first
                .map(|first| first.saturating_duration_since(joined).as_millis()),
        }
    }
}

impl<'a> File<'a> {
    fn new(file: &'a FileTransfer) -> Self {
        Self {
            name: &file.name,
            with: file.with.as_str(),
            mine: file.mine,
            state: match file.state {
                FileState::Offered => "offered",
                FileState::Running(_) => "running",
                FileState::Done(_) => "done",
                FileState::Stopped { .. } => "stopped",
                FileState::Failed(_) => "failed",
            },
        }
    }
}

fn source(source: &Source) -> &'static str {
    match source {
        Source::Off => "off",
        Source::Starting => "starting",
        Source::On => "on",
        Source::Trouble(_) => "trouble",
    }
}
