//! Inside a room: faces first, controls quietly below, the chat beside.

mod alone;
mod controls;
mod grid;
mod help;
pub mod house;
mod menu;
mod settings;
mod share;
mod stage;
mod tile;
mod turned;
mod volume;

pub use turned::Turned;

use crate::{
    chat::{ChatPanel, unread::use_unread},
    context::{App, use_app, use_part, use_title, use_words},
    icons::{self, Icon},
    links::invite,
    lobby::is_on,
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
use session::{Command, view::Link};
use settings::Settings;
use share::ShareTrouble;
use stage::{Pin, use_pin};
use wire::{DisplayName, RoomId};

/// What is open beside and above the faces. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panels {
    chat: Signal<bool>,
    help: Signal<bool>,
    menu: Signal<bool>,
    settings: Signal<bool>,
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
    /// Where the focus goes when the menu closes.
    menu_button: Return,
    /// Where the focus goes when the help closes.
    stage: Return,
}

/// The room.
#[component]
pub fn Room(room: RoomId, name: DisplayName) -> Element {
    let app = use_app();
    let words = use_words();
    let panels = Panels {
        chat: use_signal(|| false),
        help: use_signal(|| false),
        menu: use_signal(|| false),
        settings: use_signal(|| false),
        house: use_signal(|| false),
        pin: use_pin(),
        speaker: use_signal(|| false),
        no_self: use_signal(|| false),
        talking: use_signal(|| false),
        menu_button: use_return(),
        chat_button: use_return(),
        stage: use_return(),
    };
    use_context_provider(|| Rest(panels.stage));
    let unread = use_unread(panels.chat);
    let link = invite(&app.door().origin, &room);
    use_title(room.as_str());

    rsx! {
        div {
            class: "room",
            "data-chat": (panels.chat)(),
            // `inert="false"` is inert as well.
            inert: ((panels.help)() || (panels.settings)() || (panels.house)()).then_some("true"),
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
                PeopleCount {}
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
                Grid { name, link, panels }
            }
            if (panels.chat)() {
                ChatPanel { onclose: move |()| panels.toggle_chat() }
            }
            Controls { panels, unread }
        }
        if (panels.help)() {
            Help { onclose: move |()| panels.toggle_help() }
        }
        if (panels.settings)() {
            Settings { onclose: move |()| panels.toggle_settings() }
        }
        if (panels.house)() {
            House { onclose: move |()| panels.toggle_house() }
        }
    }
}

impl Panels {
    fn toggle_chat(mut self) {
        self.chat.toggle();
        if !*self.chat.peek() {
            self.chat_button.focus();
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
        Key::Character(letter) if !event.is_auto_repeating() => match letter.as_str() {
            "m" | "M" => app.send(Command::Microphone(!is_on(&local.microphone))),
            "v" | "V" => app.send(Command::Camera(!is_on(&local.camera))),
            "s" | "S" if app.host().can_share() => {
                app.send(Command::Share(!is_on(&local.screen)));
            }
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

#[component]
fn PeopleCount() -> Element {
    let words = use_words();
    let count = use_part(|view| view.people.len() + 1);

    rsx! {
        p { class: "people-count", role: "status",
            Icon { d: icons::USERS }
            span { {words.count("room-people-one", "room-people-other", count())} }
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
