//! Inside a room: faces first, controls quietly below, the chat beside.

mod alone;
mod controls;
mod grid;
mod help;
pub mod house;
mod invite;
mod keys;
mod menu;
mod news;
mod panels;
mod people;
mod plugged;
mod quality;
mod react;
mod record;
mod rehearsal;
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
pub use keys::keep_space;
pub use panels::Panels;
pub use record::{Record, Stage};
pub use rehearsal::Rehearsal;
pub use stage::{Spot, front};
pub use tile::initials;
pub use turned::Turned;

use crate::{
    chat::{ChatPanel, unread::use_unread},
    context::{use_app, use_part, use_title, use_words},
    i18n::{HOUSE, ROOM},
    icons::{self, Icon},
    links::invite,
    recording::RecordingBar,
    ui::{copy::CopyLink, header::Moon},
};
use controls::Controls;
use dioxus::prelude::*;
use grid::Grid;
use help::Help;
use house::{House, Knocks, Ordered, Rest};
use invite::Invite;
use keys::on_key;
use news::News;
use panels::use_panels;
use people::PeoplePanel;
use plugged::Plugged;
use quality::Connections;
use record::{RecordingIfWanted, WhoRecords};
use session::{Command, view::Link};
use settings::Settings;
use share::ShareTrouble;
use strained::Strained;
use wire::{DisplayName, RoomId};

/// The room.
#[component]
pub fn Room(room: RoomId, name: DisplayName) -> Element {
    use_room_words();
    let app = use_app();
    let words = use_words();
    let panels = use_panels();
    use_context_provider(|| Rest(panels.stage));
    let unread = use_unread(panels.chat);
    let link = invite(&app.door().origin, &room);
    use_title(room.as_str());
    use_hook(|| app.host().keep_awake(true));
    use_drop(move || app.host().keep_awake(false));
    use_hook(|| app.send(Command::LookAfter));
    use_hook(|| {
        spawn(async move {
            // To focus before would have everything measured twice.
            app.host().painted().await;
            panels.stage.focus();
        })
    });

    rsx! {
        div {
            class: "room",
            // `inert="false"` is inert as well.
            inert: ((panels.help)() || (panels.settings)() || (panels.invite)() || (panels.stats)() || (panels.house)() || panels.record.stage() != Stage::Closed).then_some("true"),
            // The keys work wherever the focus is in the room, so the room itself can hold it.
            tabindex: "-1",
            onmounted: move |event| panels.stage.remember(&event),
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
