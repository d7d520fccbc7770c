//! The recordings on this device: to be played, saved and deleted.

use super::{figures::size, use_own_words};
use crate::{
    clock::short,
    context::{App, use_app},
    door::Keep,
    i18n::Words,
    icons::{self, Icon},
    prefs::RECORDINGS,
    recorder::Kept,
    ui::dialog::use_return,
};
use dioxus::prelude::*;

/// What there is, in the lobby. It takes no space when there is nothing.
#[component]
pub fn Leftovers() -> Element {
    let app = use_app();
    let words = use_own_words();
    let kept = use_resource(move || look(app));
    let any = kept.read().as_ref().is_some_and(|kept| !kept.is_empty());

    rsx! {
        if any {
            section { class: "leftovers", "aria-label": words.say("record-kept"),
                h2 { {words.say("record-kept")} }
                p { class: "hint", {place(app, words, "record-kept-hint")} }
                // The one primary action of the lobby is to join.
                List { kept, save: "button quiet" }
            }
        }
    }
}

/// What there is, in a dialogue.
#[component]
pub fn KeptList() -> Element {
    let app = use_app();
    let words = use_own_words();
    let kept = use_resource(move || look(app));
    let none = kept.read().as_ref().is_some_and(Vec::is_empty);

    rsx! {
        List { kept, save: "button primary" }
        p { class: "hint", role: "status",
            if none {
                {words.say("record-nothing")}
            } else {
                {place(app, words, "")}
            }
        }
    }
}

#[component]
fn List(kept: Resource<Vec<Kept>>, save: &'static str) -> Element {
    let all = kept.read().clone().unwrap_or_default();
    let list = use_return();

    rsx! {
        // It takes the focus when what had it is removed.
        ul { class: "kept-list", tabindex: "-1", onmounted: move |event| list.remember(&event),
            for (index, file) in all.into_iter().enumerate() {
                One { key: "{file.name}", file, first: index == 0, save, onremoved: move |()| {
                    list.focus();
                    kept.restart();
                } }
            }
        }
    }
}

#[component]
fn One(file: Kept, first: bool, save: &'static str, onremoved: EventHandler<()>) -> Element {
    let app = use_app();
    let words = use_own_words();
    // The newest is what one has come to see; the others are opened when they are wanted.
    let playable = !file.url.is_empty();
    let mut shown = use_signal(|| first && playable);
    let mut sure = use_signal(|| false);
    // The button that asks takes the place of the one that was pressed, and its focus.
    let mut asked = use_signal(|| false);
    let focus = move |event: MountedEvent| async move {
        if asked() {
            event.set_focus(true).await.ok();
        }
    };
    let host = app.host();
    let when = short(file.at, host.now(), &|at| host.utc_offset(at));
    let play = words.fill("record-play", &[("name", &file.name)]);

    rsx! {
        li { class: "kept",
            if shown() {
                video { class: "kept-video", controls: true, playsinline: true, preload: "metadata", src: "{file.url}", "aria-label": "{play}" }
            }
            div { class: "kept-line",
                if !shown() && playable {
                    button { class: "quiet icon-only", r#type: "button", "aria-label": "{play}", title: "{play}", onclick: move |_| shown.set(true),
                        Icon { d: icons::PLAY }
                    }
                }
                p { class: "kept-name",
                    b { "{file.name}" }
                    span { class: "hint", "{when} · {size(file.bytes)}" }
                }
            }
            div { class: "actions",
                if sure() {
                    span { class: "problem", role: "alert", {words.say("record-delete-sure")} }
                    button { class: "quiet", r#type: "button", onmounted: focus, onclick: move |_| sure.set(false), {words.say("record-keep")} }
                    button {
                        class: "button danger",
                        r#type: "button",
                        onclick: {
                            let name = file.name.clone();
                            move |_| {
                                let name = name.clone();
                                async move {
                                    if let Some(recorder) = app.host().recorder() {
                                        recorder.remove(&name).await;
                                    }
                                    onremoved.call(());
                                }
                            }
                        },
                        {words.say("record-delete")}
                    }
                } else {
                    button {
                        class: "quiet danger",
                        r#type: "button",
                        onmounted: focus,
                        onclick: move |_| {
                            asked.set(true);
                            sure.set(true);
                        },
                        Icon { d: icons::TRASH }
                        {words.say("record-delete")}
                    }
                    // What is in a folder of the person's own is saved already.
                    if !file.url.is_empty() {
                        a { class: save, href: "{file.url}", download: "{file.name}",
                            Icon { d: icons::DOWNLOAD }
                            {words.say("record-save")}
                        }
                    }
                }
            }
        }
    }
}

/// Where they are, if that is a place that the person can go to; else what the key says, if it is one.
fn place(app: App, words: Words, otherwise: &'static str) -> String {
    let folder = app.host().recorder().and_then(|recorder| recorder.folder());
    match folder {
        Some(folder) => words.fill("record-folder", &[("folder", &folder)]),
        None if otherwise.is_empty() => String::new(),
        None => words.say(otherwise).to_owned(),
    }
}

/// Looks for recordings; when there are none, the next visit need not.
async fn look(app: App) -> Vec<Kept> {
    let Some(recorder) = app.host().recorder() else {
        return Vec::new();
    };
    let kept = recorder.kept().await;
    if kept.is_empty() {
        app.host().remember(Keep::Always, RECORDINGS, None);
    }
    kept
}
