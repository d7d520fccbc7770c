//! Inside a room: faces first, controls quietly below, the chat beside.

mod alone;
mod controls;
mod grid;
mod help;
pub mod house;
mod invite;
mod menu;
mod news;
mod people;
mod plugged;
mod quality;
mod react;
mod record;
mod settings;
mod share;
mod sight;
mod sounds;
mod stage;
mod strained;
mod tile;
mod turned;
mod volume;

pub use grid::layout;
pub use record::{Record, Stage};
pub use stage::{Spot, front};
pub use tile::initials;
pub use turned::Turned;

use crate::{
    chat::{ChatPanel, unread::use_unread},
    context::{App, use_app, use_part, use_title, use_words},
    i18n::{HOUSE, ROOM},
    icons::{self, Icon},
    links::invite,
    lobby::is_on,
    recording::RecordingBar,
    ui::{
        copy::CopyLink,
        dialog::{Return, use_return},
        header::Moon,
    },
};
use controls::Controls;
use dioxus::prelude::*;
use grid::Grid;
use help::Help;
use house::{House, Knocks, Ordered, Rest};
use invite::Invite;
use news::News;
use people::PeoplePanel;
use plugged::Plugged;
use quality::Connections;
use record::{RecordingIfWanted, WhoRecords, use_record};
use session::{Command, view::Link};
use settings::Settings;
use share::ShareTrouble;
use stage::{Pin, use_pin};
use strained::Strained;
use wire::{DisplayName, RoomId};

/// What is open beside and above the faces. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panels {
    chat: Signal<bool>,
    /// Who is here.
    people: Signal<bool>,
    help: Signal<bool>,
    invite: Signal<bool>,
    /// The connections in figures.
    stats: Signal<bool>,
    /// Signs to choose from.
    react: Signal<bool>,
    menu: Signal<bool>,
    settings: Signal<bool>,
    /// The recording.
    pub(crate) record: Record,
    house: Signal<bool>,
    pin: Pin,
    /// Whoever speaks stands in front.
    speaker: Signal<bool>,
    /// The person does not want to see itself.
    no_self: Signal<bool>,
    /// Space is held down to talk.
    talking: Signal<bool>,
    /// Where the focus goes when the chat closes.
    chat_button: Return,
    /// Where the focus goes when the list of people closes.
    people_button: Return,
    /// Where the focus goes when the signs close.
    react_button: Return,
    /// Where the focus goes when the menu closes.
    menu_button: Return,
    /// Where the focus goes when the help closes.
    stage: Return,
}

/// The room.
#[component]
pub fn Room(room: RoomId, name: DisplayName) -> Element {
    use_room_words();
    let app = use_app();
    let words = use_words();
    let panels = Panels {
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
    };
    use_context_provider(|| Rest(panels.stage));
    let unread = use_unread(panels.chat);
    let link = invite(&app.door().origin, &room);
    use_title(room.as_str());
    use_hook(|| app.host().keep_awake(true));
    use_drop(move || app.host().keep_awake(false));
    use_hook(|| app.send(Command::LookAfter));

    rsx! {
        div {
            class: "room",
            // `inert="false"` is inert as well.
            inert: ((panels.help)() || (panels.settings)() || (panels.invite)() || (panels.stats)() || (panels.house)() || panels.record.stage() != Stage::Closed).then_some("true"),
            // The keys work wherever the focus is in the room, so the room itself can hold it.
            tabindex: "-1",
            onmounted: move |event| {
                panels.stage.remember(&event);
                panels.stage.focus();
            },
            onkeydown: move |event| on_key(app, panels, &event),
            onkeyup: move |event| panels.stop_talking(app, &event),
            header { class: "room-bar", onkeydown: keep_space,
                h1 { Moon {} span { class: "room-name", "{room}" } }
                PeopleCount { panels }
                if panels.record.progress().is_some() {
                    RecordingBar { record: panels.record }
                }
                div { class: "room-tools",
                    CopyLink { link: link.clone(), class: "quiet", label: "copy-invite" }
                    button {
                        class: "quiet icon-only keys",
                        r#type: "button",
                        "aria-label": words.say("help-title"),
                        title: words.fill("help-button", &[("title", words.say("help-title"))]),
                        onclick: move |_| panels.toggle_help(),
                        Icon { d: icons::CIRCLE_HELP }
                    }
                }
            }
            main { class: "stage",
                ServerAway {}
                Knocks {}
                Ordered {}
                ShareTrouble {}
                Unheard {}
                Strained {}
                Plugged {}
                WhoRecords { record: panels.record }
                Grid { name: name.clone(), link: link.clone(), panels }
            }
            if (panels.chat)() {
                ChatPanel { unread, onclose: move |()| panels.toggle_chat() }
            } else if (panels.people)() {
                PeoplePanel { name: name.clone(), link: link.clone(), onclose: move |()| panels.toggle_people() }
            }
            Controls { panels, unread: unread.count }
            News { chat: panels.chat }
        }
        if (panels.help)() {
            Help { onclose: move |()| panels.toggle_help() }
        }
        RecordingIfWanted { room: room.clone(), name, panels }
        if (panels.settings)() {
            Settings { onclose: move |()| panels.toggle_settings() }
        }
        if (panels.stats)() {
            Connections { onclose: move |()| panels.toggle_stats() }
        }
        if (panels.invite)() {
            Invite { room: room.clone(), link: link.clone(), onclose: move |()| panels.toggle_invite() }
        }
        if (panels.house)() {
            House { onclose: move |()| panels.toggle_house() }
        }
    }
}

impl Panels {
    fn toggle_chat(mut self) {
        self.chat.toggle();
        self.people.set(false);
        if !*self.chat.peek() {
            self.chat_button.focus();
        }
    }

    fn toggle_people(mut self) {
        self.people.toggle();
        self.chat.set(false);
        if !*self.people.peek() {
            self.people_button.focus();
        }
    }

    fn toggle_invite(mut self) {
        self.invite.toggle();
        if !*self.invite.peek() {
            self.menu_button.focus();
        }
    }

    fn toggle_stats(mut self) {
        self.stats.toggle();
        if !*self.stats.peek() {
            self.menu_button.focus();
        }
    }

    fn toggle_settings(mut self) {
        self.settings.toggle();
        if !*self.settings.peek() {
            self.menu_button.focus();
        }
    }

    fn toggle_house(mut self) {
        self.house.toggle();
        if !*self.house.peek() {
            self.menu_button.focus();
        }
    }

    /// Whoever speaks stands in front.
    pub fn speaker_view(self) -> bool {
        (self.speaker)()
    }

    /// What the person has pinned.
    pub fn pinned(self) -> Option<Spot> {
        self.pin.spot()
    }

    fn toggle_speaker_view(mut self) {
        self.speaker.toggle();
    }

    /// The person does not want to see itself.
    pub fn hides_self(self) -> bool {
        (self.no_self)()
    }

    fn toggle_self(mut self) {
        self.no_self.toggle();
    }

    /// Talks for as long as the key is held. Who is not muted needs no key.
    fn talk(mut self, app: App) {
        if !is_on(&app.peek().local.microphone) {
            self.talking.set(true);
            app.send(Command::Microphone(true));
        }
    }

    fn stop_talking(mut self, app: App, event: &KeyboardEvent) {
        if event.key() == Key::Character(" ".to_owned()) && *self.talking.peek() {
            self.talking.set(false);
            app.send(Command::Microphone(false));
        }
    }

    fn toggle_help(mut self) {
        self.help.toggle();
        if !*self.help.peek() {
            self.stage.focus();
        }
    }
}

/// Adds the words of this chunk. Every component with which it begins calls it first.
fn use_room_words() {
    use_hook(add_words);
}

fn add_words() {
    ROOM.add([
        include_str!("../locales/room/en.ftl"),
        include_str!("../locales/room/ja.ftl"),
    ]);
    HOUSE.add([
        include_str!("../locales/house/en.ftl"),
        include_str!("../locales/house/ja.ftl"),
    ]);
}

/// Space presses the button that has the focus, and nothing else hears of it.
pub fn keep_space(event: KeyboardEvent) {
    if event.key() == Key::Character(" ".to_owned()) {
        event.stop_propagation();
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "there are some three hundred keys")]
fn on_key(app: App, panels: Panels, event: &KeyboardEvent) {
    let modifiers = event.modifiers();
    if event.is_composing() || modifiers.ctrl() || modifiers.alt() || modifiers.meta() {
        return;
    }
    let local = app.peek().local.clone();
    match event.key() {
        Key::Escape if *panels.chat.peek() => panels.toggle_chat(),
        Key::Escape if *panels.people.peek() => panels.toggle_people(),
        Key::Character(letter) if !event.is_auto_repeating() => match letter.as_str() {
            "m" | "M" => app.send(Command::Microphone(!is_on(&local.microphone))),
            "v" | "V" => app.send(Command::Camera(!is_on(&local.camera))),
            "s" | "S" if app.host().can_share() => {
                app.send(Command::Share(!is_on(&local.screen)));
            }
            "r" | "R" if app.host().can_record() => {
                event.prevent_default();
                panels.toggle_record();
            }
            "h" | "H" => app.send(Command::Hand(!local.hand)),
            "p" | "P" => panels.toggle_people(),
            "f" | "F" => app.host().toggle_full_screen(),
            "c" | "C" => {
                // Or the letter would be the first one in the message field, which takes the focus.
                event.prevent_default();
                panels.toggle_chat();
            }
            "?" => panels.toggle_help(),
            " " => {
                event.prevent_default();
                panels.talk(app);
            }
            _ => {}
        },
        _ => {}
    }
}

/// How many are here; it opens the list of them.
#[component]
fn PeopleCount(panels: Panels) -> Element {
    let words = use_words();
    let count = use_part(|view| view.people.len() + 1);
    let hands = use_part(|view| view.hands.len());

    rsx! {
        button {
            class: "people-count quiet",
            r#type: "button",
            "aria-expanded": (panels.people)(),
            "aria-keyshortcuts": "p",
            title: words.fill("people-button", &[("title", words.say("people-title"))]),
            onmounted: move |event| panels.people_button.remember(&event),
            onclick: move |_| panels.toggle_people(),
            Icon { d: icons::USERS }
            span { {words.count("room-people-one", "room-people-other", count())} }
            if hands() > 0 {
                span { class: "hand-mark", role: "img", "aria-label": words.count("hands-one", "hands-other", hands()),
                    Icon { d: icons::HAND }
                    "{hands}"
                }
            }
        }
    }
}

/// The person speaks, and is muted.
#[component]
fn Unheard() -> Element {
    let words = use_words();
    let unheard = use_part(|view| view.local.unheard);

    rsx! {
        div { class: "banner", role: "status",
            if unheard() {
                Icon { d: icons::MIC_OFF }
                span { {words.say("control-unheard")} }
            }
        }
    }
}

/// The server is away. The call goes on: pictures and voices do not pass through it.
#[component]
fn ServerAway() -> Element {
    let app = use_app();
    let words = use_words();
    let link = use_part(|view| view.link);

    rsx! {
        div { class: "banner", role: "status",
            if link() == Link::Lost {
                Icon { d: icons::WIFI_OFF }
                span { {words.say("server-away-room")} }
                button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::Reconnect),
                    {words.say("server-retry")}
                }
            }
        }
    }
}
