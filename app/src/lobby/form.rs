//! Name, room, and the one button that matters.

use super::{
    later::CallsLater,
    names::unguessable,
    peek::Inside,
    valid::{name_problem, room_in, room_problem},
};
use crate::{
    context::{App, use_app, use_part, use_words},
    door::{Calls, Keep},
    icons::{self, Icon},
    prefs,
    route::Route,
};
use dioxus::prelude::*;
use session::{Command, view::Phase};
use std::rc::Rc;
use wire::{DisplayName, RoomId};

/// The form of the lobby. Enter in either field joins.
#[component]
pub fn JoinForm(asked: Option<String>) -> Element {
    let app = use_app();
    let words = use_words();
    let asking = use_part(|view| matches!(view.phase, Phase::Joining { .. }));
    let joining = use_memo(move || asking() || app.is_entering());
    let calls = app.door().calls;

    let mut name = use_signal(|| {
        app.host()
            .remembered(Keep::Always, prefs::NAME)
            .unwrap_or_default()
    });
    let mut room = use_signal(|| first_room(&app, asked.as_deref()));
    // Nothing is wrong with an empty field before a person has tried.
    let mut tried = use_signal(|| false);
    use_effect(use_reactive!(|asked| {
        if let Some(asked) = asked {
            room.set(asked);
        }
    }));

    let named = DisplayName::new(&name.read());
    let chosen = room_in(&room.read()).parse::<RoomId>();
    let name_error = named
        .as_ref()
        .err()
        .filter(|_| tried())
        .map(|why| name_problem(words, why));
    let room_error = chosen
        .as_ref()
        .err()
        .filter(|_| tried() || !room.read().is_empty())
        .map(|why| room_problem(words, why));

    let mut fields = Fields {
        name: use_signal(|| None),
        room: use_signal(|| None),
    };
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        if calls == Calls::Later || joining() {
            return;
        }
        tried.set(true);
        let named = DisplayName::new(&name.peek());
        let chosen = room_in(&room.peek()).parse::<RoomId>();
        match (named, chosen) {
            (Err(_), _) => focus(fields.name),
            (_, Err(_)) => focus(fields.room),
            (Ok(name), Ok(room)) => join(&app, name, room),
        }
    };

    rsx! {
        form { class: "join", novalidate: true, autocomplete: "off", onsubmit,
            label { r#for: "name", {words.say("name-label")} }
            input {
                id: "name",
                class: "field",
                r#type: "text",
                value: "{name}",
                autocomplete: "nickname",
                enterkeyhint: "go",
                "aria-invalid": name_error.is_some(),
                "aria-describedby": "name-error",
                onmounted: move |event| fields.name.set(Some(event.data())),
                oninput: move |event| name.set(event.value()),
            }
            Problem { id: "name-error", text: name_error.clone() }

            label { r#for: "room", {words.say("room-label")} }
            div { class: "with-button",
                input {
                    id: "room",
                    class: "field",
                    r#type: "text",
                    value: "{room}",
                    autocapitalize: "none",
                    spellcheck: "false",
                    enterkeyhint: "go",
                    "aria-invalid": room_error.is_some(),
                    "aria-describedby": "room-error",
                    onmounted: move |event| fields.room.set(Some(event.data())),
                    oninput: move |event| room.set(event.value()),
                }
                button {
                    class: "quiet",
                    r#type: "button",
                    title: words.say("room-new-hint"),
                    onclick: move |_| room.set(unguessable(app.host().random())),
                    Icon { d: icons::SHUFFLE }
                    {words.say("room-new")}
                }
            }
            Problem { id: "room-error", text: room_error.clone() }

            div { class: "join-actions",
                button {
                    class: "primary",
                    r#type: "submit",
                    disabled: calls == Calls::Later,
                    "aria-disabled": joining(),
                    {words.say(if joining() { "join-joining" } else { "join-join" })}
                }
                if joining() {
                    button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::Leave),
                        {words.say("join-cancel")}
                    }
                }
            }
            match calls {
                Calls::Here => rsx! {
                    Inside { room: chosen.ok() }
                },
                Calls::Later => rsx! {
                    CallsLater { room: chosen.ok() }
                },
            }
        }
    }
}

#[component]
fn Problem(id: &'static str, text: Option<String>) -> Element {
    rsx! {
        p { id, class: "problem", role: "alert", {text.unwrap_or_default()} }
    }
}

#[derive(Clone, Copy)]
struct Fields {
    name: Signal<Option<Rc<MountedData>>>,
    room: Signal<Option<Rc<MountedData>>>,
}

fn focus(field: Signal<Option<Rc<MountedData>>>) {
    let Some(field) = field.peek().clone() else { return };
    spawn(async move {
        field.set_focus(true).await.ok();
    });
}

/// The room in the address, or the last one, or a new one: Enter works from the first visit on.
fn first_room(app: &App, asked: Option<&str>) -> String {
    let host = app.host();
    asked
        .map(str::to_owned)
        .or_else(|| host.remembered(Keep::Always, prefs::ROOM))
        .unwrap_or_else(|| unguessable(host.random()))
}

fn join(app: &App, name: DisplayName, room: RoomId) {
    let host = app.host();
    host.remember(Keep::Always, prefs::NAME, Some(name.as_str()));
    host.remember(Keep::Always, prefs::ROOM, Some(room.as_str()));
    let address = Route::Room {
        id: room.as_str().to_owned(),
    };
    if router().current::<Route>() != address {
        navigator().push(address);
    }
    app.enter(room, name);
}
