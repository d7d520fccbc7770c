//! What the room knows of a recording: that there is one, and how it goes. The rest is a chunk of its own.

use super::Panels;
use crate::{
    chunk::{Chunk, Loading, use_loading},
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
    recorder::{Apart, Phase, Progress, Recording as Running},
    recording::Recording,
    ui::dialog::Dialog,
};
use dioxus::prelude::*;
use std::rc::Rc;
use wire::{DisplayName, RoomId};

/// A recording, or none. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    stage: Signal<Stage>,
    /// Somebody has wanted to record: the chunk is to be here.
    wanted: Signal<bool>,
    running: Signal<Option<Rc<dyn Running>>>,
    progress: Signal<Option<Progress>>,
    apart: Signal<Option<Rc<dyn Apart>>>,
    /// A small window is to be opened.
    apart_wanted: Signal<bool>,
}

/// Which dialogue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// None.
    Closed,
    /// What is to be recorded?
    Asking,
    /// Here it is.
    Done,
}

/// Makes a place for a recording.
pub fn use_record() -> Record {
    Record {
        stage: use_signal(|| Stage::Closed),
        wanted: use_signal(|| false),
        running: use_signal(|| None),
        progress: use_signal(|| None),
        apart: use_signal(|| None),
        apart_wanted: use_signal(|| false),
    }
}

impl Record {
    /// Which dialogue is open.
    pub fn stage(self) -> Stage {
        (self.stage)()
    }

    /// The recording that goes on.
    pub fn running(self) -> Option<Rc<dyn Running>> {
        self.running.read().clone()
    }

    /// How it goes.
    pub fn progress(self) -> Option<Progress> {
        self.progress.read().clone()
    }

    /// It goes on, or did until a moment ago.
    pub fn is_on(self) -> bool {
        self.running.read().is_some()
    }

    /// The small window.
    pub fn apart(self) -> Option<Rc<dyn Apart>> {
        self.apart.read().clone()
    }

    /// A small window is open.
    pub fn is_apart(self) -> bool {
        self.apart.read().is_some()
    }

    /// A small window is to be opened, and is not yet.
    pub fn wants_apart(self) -> bool {
        (self.apart_wanted)()
    }

    pub(crate) fn set_apart(&mut self, window: Option<Rc<dyn Apart>>) {
        self.apart_wanted.set(false);
        self.apart.set(window);
    }

    /// Opens the small window, or closes it.
    pub(super) fn toggle_apart(mut self) {
        if let Some(window) = &*self.apart.peek() {
            return window.close();
        }
        self.wanted.set(true);
        self.apart_wanted.set(true);
    }

    pub(crate) fn begin(&mut self, recording: Rc<dyn Running>) {
        self.running.set(Some(recording));
    }

    pub(crate) fn goes(&mut self, progress: Progress) {
        if self.progress.peek().as_ref() != Some(&progress) {
            self.progress.set(Some(progress));
        }
    }

    pub(crate) fn end(&mut self) {
        self.running.set(None);
        self.progress.set(None);
    }

    pub(crate) fn stop(self) {
        if let Some(recording) = &*self.running.peek() {
            recording.stop();
        }
    }

    pub(crate) fn toggle_pause(self) {
        let paused = self.progress.peek().as_ref().map(|progress| progress.phase);
        let recording = self.running.peek();
        match (&*recording, paused) {
            (Some(recording), Some(Phase::Running)) => recording.pause(),
            (Some(recording), Some(Phase::Paused)) => recording.resume(),
            (_, Some(Phase::Ending | Phase::Over) | None) | (None, _) => {}
        }
    }
}

impl Panels {
    /// Asks what to record, or ends the recording.
    pub(super) fn toggle_record(mut self) {
        if self.record.running.peek().is_some() {
            return self.record.stop();
        }
        match *self.record.stage.peek() {
            Stage::Closed => {}
            Stage::Asking | Stage::Done => return self.close_record(),
        }
        self.record.wanted.set(true);
        self.show_record(Stage::Asking);
    }

    pub(crate) fn show_record(mut self, stage: Stage) {
        self.record.stage.set(stage);
    }

    pub(crate) fn close_record(mut self) {
        self.record.stage.set(Stage::Closed);
        self.stage.focus();
    }
}

/// The chunk, once it is wanted. It stays until the room is left.
#[component]
pub fn RecordingIfWanted(room: RoomId, name: DisplayName, panels: Panels) -> Element {
    rsx! {
        if (panels.record.wanted)() {
            OnceHere { room, name, panels }
        }
    }
}

#[component]
fn OnceHere(room: RoomId, name: DisplayName, panels: Panels) -> Element {
    let app = use_app();
    let words = use_words();
    let loading = use_loading(Chunk::Recording);
    if loading == Loading::Here {
        return rsx! {
            Recording { room, name, panels }
        };
    }
    rsx! {
        if panels.record.stage() != Stage::Closed {
            Dialog { title: words.say("menu-record"), onclose: move |()| panels.close_record(),
                if loading == Loading::Coming {
                    p { role: "status", {words.say("page-loading")} }
                } else {
                    p { role: "alert", {words.say("page-incomplete-hint")} }
                    div { class: "actions",
                        button { class: "primary", r#type: "button", onclick: move |_| app.host().reload(), {words.say("page-reload")} }
                    }
                }
            }
        }
    }
}

/// Who records, oneself or others: nobody is recorded without being told.
#[component]
pub fn WhoRecords(record: Record) -> Element {
    let words = use_words();
    let names = use_part(|view| {
        let people = view.people.iter().filter(|person| person.media.recording);
        people.map(|person| person.name.to_string()).collect::<Vec<_>>()
    });
    let mine = record.progress().is_some();

    rsx! {
        div { class: "banner recorded", role: "status",
            for name in names.read().iter() {
                span { key: "{name}", class: "recorded-by",
                    Icon { d: icons::RECORD }
                    {words.fill("room-recorded-by", &[("name", name)])}
                }
            }
        }
        p { class: "visually-hidden", role: "status",
            if mine {
                {words.say("room-recording")}
            }
        }
    }
}
