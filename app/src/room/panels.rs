//! What is open beside and above the faces.

use super::{
    record::{Record, use_record},
    stage::{Pin, Spot, use_pin},
};
use crate::{
    context::App,
    lobby::is_on,
    ui::dialog::{Return, use_return},
};
use dioxus::prelude::*;
use session::Command;

/// What is open beside and above the faces. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panels {
    pub(super) chat: Signal<bool>,
    /// Who is here.
    pub(super) people: Signal<bool>,
    pub(super) help: Signal<bool>,
    pub(super) invite: Signal<bool>,
    /// The connections in figures.
    pub(super) stats: Signal<bool>,
    /// Signs to choose from.
    pub(super) react: Signal<bool>,
    pub(super) menu: Signal<bool>,
    pub(super) settings: Signal<bool>,
    /// The recording.
    pub(crate) record: Record,
    pub(super) house: Signal<bool>,
    pub(super) pin: Pin,
    /// Whoever speaks stands in front.
    pub(super) speaker: Signal<bool>,
    /// The person does not want to see itself.
    pub(super) no_self: Signal<bool>,
    /// Space is held down to talk.
    pub(super) talking: Signal<bool>,
    /// Where the focus goes when the chat closes.
    pub(super) chat_button: Return,
    /// Where the focus goes when the list of people closes.
    pub(super) people_button: Return,
    /// Where the focus goes when the signs close.
    pub(super) react_button: Return,
    /// Where the focus goes when the menu closes.
    pub(super) menu_button: Return,
    /// Where the focus goes when the help closes.
    pub(super) stage: Return,
}

/// Nothing is open.
pub fn use_panels() -> Panels {
    Panels {
        chat: use_signal(|| false),
        people: use_signal(|| false),
        help: use_signal(|| false),
        invite: use_signal(|| false),
        stats: use_signal(|| false),
        react: use_signal(|| false),
        menu: use_signal(|| false),
        settings: use_signal(|| false),
        record: use_record(),
        house: use_signal(|| false),
        pin: use_pin(),
        speaker: use_signal(|| false),
        no_self: use_signal(|| false),
        talking: use_signal(|| false),
        menu_button: use_return(),
        people_button: use_return(),
        react_button: use_return(),
        chat_button: use_return(),
        stage: use_return(),
    }
}

impl Panels {
    pub(super) fn toggle_chat(mut self) {
        self.people.set(false);
        toggle(self.chat, self.chat_button);
    }

    pub(super) fn toggle_people(mut self) {
        self.chat.set(false);
        toggle(self.people, self.people_button);
    }

    pub(super) fn toggle_invite(self) {
        toggle(self.invite, self.menu_button);
    }

    pub(super) fn toggle_stats(self) {
        toggle(self.stats, self.menu_button);
    }

    pub(super) fn toggle_settings(self) {
        toggle(self.settings, self.menu_button);
    }

    pub(super) fn toggle_house(self) {
        toggle(self.house, self.menu_button);
    }

    /// Whoever speaks stands in front.
    pub fn speaker_view(self) -> bool {
        (self.speaker)()
    }

    /// What the person has pinned.
    pub fn pinned(self) -> Option<Spot> {
        self.pin.spot()
    }

    pub(super) fn toggle_speaker_view(mut self) {
        self.speaker.toggle();
    }

    /// The person does not want to see itself.
    pub fn hides_self(self) -> bool {
        (self.no_self)()
    }

    pub(super) fn toggle_self(mut self) {
        self.no_self.toggle();
    }

    /// Talks for as long as the key is held. Who is not muted needs no key.
    pub(super) fn talk(mut self, app: App) {
        if !is_on(&app.peek().local.microphone) {
            self.talking.set(true);
            app.send(Command::Microphone(true));
        }
    }

    pub(super) fn stop_talking(mut self, app: App, event: &KeyboardEvent) {
        if event.key() == Key::Character(" ".to_owned()) && *self.talking.peek() {
            self.talking.set(false);
            app.send(Command::Microphone(false));
        }
    }

    pub(super) fn toggle_help(self) {
        toggle(self.help, self.stage);
    }
}

/// Opens what is closed. What closes gives the focus back.
fn toggle(mut open: Signal<bool>, back: Return) {
    open.toggle();
    if !*open.peek() {
        back.focus();
    }
}
