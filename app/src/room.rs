//! Inside a room: faces first, controls quietly below, the chat beside.

mod alone;
mod controls;
mod grid;
mod help;
mod tile;
mod turned;

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
use session::{Command, view::Link};
use wire::{DisplayName, RoomId};

/// What is open beside and above the faces. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panels {
    chat: Signal<bool>,
    help: Signal<bool>,
    /// Where the focus goes when the chat closes.
    chat_button: Return,
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
        chat_button: use_return(),
        stage: use_return(),
    };
    let unread = use_unread(panels.chat);
    let link = invite(&app.door().origin, &room);
    use_title(room.as_str());

    rsx! {
        div {
            class: "room",
            "data-chat": (panels.chat)(),
            // `inert="false"` is inert as well.
            inert: (panels.help)().then_some("true"),
            // The keys work wherever the focus is in the room, so the room itself can hold it.
            tabindex: "-1",
            onmounted: move |event| {
                panels.stage.remember(&event);
                panels.stage.focus();
            },
            onkeydown: move |event| on_key(app, panels, &event),
            header { class: "room-bar",
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
                Grid { name, link }
            }
            if (panels.chat)() {
                ChatPanel { onclose: move |()| panels.toggle_chat() }
            }
            Controls { panels, unread }
        }
        if (panels.help)() {
            Help { onclose: move |()| panels.toggle_help() }
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

    fn toggle_help(mut self) {
        self.help.toggle();
        if !*self.help.peek() {
            self.stage.focus();
        }
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
            "c" | "C" => {
                // Or the letter would be the first one in the message field, which takes the focus.
                event.prevent_default();
                panels.toggle_chat();
            }
            "?" => panels.toggle_help(),
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
