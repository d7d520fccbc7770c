//! The side menu: what is wanted now and then. It is a group of buttons that opens and closes, which every screen reader
//! and the Tab key know, and not an ARIA menu, whose arrow keys nobody would guess here.

use super::{
    Panels,
    house::{self, words::use_house_words},
};
use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use session::Command;

/// The button, and the menu above it while it is open.
#[component]
pub fn Menu(panels: Panels) -> Element {
    let words = use_words();
    let mut menu = panels.menu;
    let open = menu();

    rsx! {
        div { class: "menu-space",
            button {
                class: "control",
                r#type: "button",
                "data-on": open,
                "aria-expanded": open,
                "aria-label": words.say("menu-title"),
                title: words.say("menu-title"),
                onmounted: move |event| panels.menu_button.remember(&event),
                onclick: move |_| menu.toggle(),
                Icon { d: icons::ELLIPSIS }
            }
            if open {
                Items {
                    panels,
                    // Here and not among the items: they are gone when the focus comes back.
                    onclose: move |()| {
                        menu.set(false);
                        panels.menu_button.focus();
                    },
                }
            }
        }
    }
}

#[component]
fn Items(panels: Panels, onclose: EventHandler<()>) -> Element {
    let app = use_app();
    let words = use_words();
    let house_words = use_house_words();
    let mut menu = panels.menu;
    let can_record = use_hook(|| app.host().can_record());
    let can_show_apart = use_hook(|| app.host().can_show_apart());
    let alone = use_part(|view| view.people.is_empty());

    rsx! {
        // A click anywhere else closes it.
        div { class: "menu-veil", onclick: move |_| menu.set(false) }
        div {
            class: "menu",
            role: "group",
            "aria-label": words.say("menu-title"),
            onkeydown: move |event| {
                event.stop_propagation();
                if event.key() == Key::Escape {
                    onclose.call(());
                }
            },
            Item {
                icon: icons::MAXIMIZE,
                label: words.say("menu-full-screen"),
                keys: "f",
                first: true,
                onclick: move |()| {
                    onclose.call(());
                    app.host().toggle_full_screen();
                },
            }
            if can_record {
                Item {
                    icon: icons::RECORD,
                    label: words.say(if panels.record.is_on() { "menu-record-stop" } else { "menu-record" }),
                    keys: "r",
                    onclick: move |()| {
                        onclose.call(());
                        panels.toggle_record();
                    },
                }
            }
            if can_show_apart {
                Item {
                    icon: icons::APART,
                    label: words.say(if panels.record.is_apart() { "menu-apart-close" } else { "menu-apart" }),
                    onclick: move |()| {
                        onclose.call(());
                        panels.record.toggle_apart();
                    },
                }
            }
            Item {
                icon: icons::QR_CODE,
                label: words.say("menu-invite"),
                onclick: move |()| {
                    menu.set(false);
                    panels.toggle_invite();
                },
            }
            Item {
                icon: icons::SLIDERS,
                label: words.say("menu-settings"),
                onclick: move |()| {
                    menu.set(false);
                    panels.toggle_settings();
                },
            }
            Item {
                icon: icons::ACTIVITY,
                label: words.say("menu-stats"),
                onclick: move |()| {
                    menu.set(false);
                    panels.toggle_stats();
                },
            }
            Item {
                icon: house::ICON,
                label: house_words.say("house-title"),
                onclick: move |()| {
                    menu.set(false);
                    panels.toggle_house();
                },
            }
            Item {
                icon: icons::USERS,
                label: words.say(if panels.speaker_view() { "menu-grid" } else { "menu-speaker" }),
                disabled: alone(),
                onclick: move |()| {
                    onclose.call(());
                    panels.toggle_speaker_view();
                },
            }
            Item {
                icon: if panels.hides_self() { icons::VIDEO } else { icons::VIDEO_OFF },
                label: words.say(if panels.hides_self() { "menu-show-self" } else { "menu-hide-self" }),
                disabled: alone(),
                onclick: move |()| {
                    onclose.call(());
                    panels.toggle_self();
                },
            }
            Item {
                icon: icons::LOG_OUT,
                label: words.say("control-leave"),
                onclick: move |()| app.send(Command::Leave),
            }
        }
    }
}

#[component]
fn Item(
    icon: &'static str,
    label: &'static str,
    #[props(default)] keys: Option<&'static str>,
    #[props(default)] first: bool,
    #[props(default)] disabled: bool,
    onclick: EventHandler<()>,
) -> Element {
    rsx! {
        button {
            class: "menu-item",
            r#type: "button",
            disabled,
            "aria-keyshortcuts": keys,
            onmounted: move |event| async move {
                if first {
                    event.set_focus(true).await.ok();
                }
            },
            onclick: move |_| onclick.call(()),
            Icon { d: icon }
            span { "{label}" }
            if let Some(keys) = keys {
                kbd { "{keys}" }
            }
        }
    }
}
