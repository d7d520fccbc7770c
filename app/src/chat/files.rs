//! Files that people give each other: offered, on their way, here.

use crate::{
    context::{use_app, use_part, use_words},
    i18n::Words,
    icons::{self, Icon},
    recording::figures::size,
};
use dioxus::prelude::*;
use session::{
    Command, FileCommand,
    view::{FileFailure as Failure, FileState as State, FileTransfer},
};
use wire::limits::FILE_BYTES;

/// The list of them, the newest first; nothing while there is none.
#[component]
pub fn Files() -> Element {
    let words = use_words();
    let files = use_part(|view| view.files.clone());
    let files = files();
    if files.is_empty() {
        return VNode::empty();
    }

    rsx! {
        ul { class: "files", "aria-label": words.say("files-title"),
            for file in files.iter().rev() {
                Item { key: "{file.key.0}", file: file.clone() }
            }
        }
    }
}

/// A button that offers files to everybody. It is not there where files cannot be given.
#[component]
pub fn Attach() -> Element {
    let app = use_app();
    let words = use_words();
    let alone = use_part(|view| view.people.is_empty());
    if !use_hook(|| app.host().can_give_files()) {
        return VNode::empty();
    }
    let label = words.say(if alone() { "files-alone" } else { "files-give" });

    rsx! {
        button {
            class: "attach",
            r#type: "button",
            disabled: alone(),
            "aria-label": label,
            title: label,
            onclick: move |_| app.send(Command::Files(FileCommand::Give)),
            Icon { d: icons::PAPERCLIP }
        }
    }
}

#[component]
fn Item(file: FileTransfer) -> Element {
    let app = use_app();
    let words = use_words();
    let key = file.key;
    let ask = move |command: FileCommand| app.send(Command::Files(command));
    let whom = if file.mine { "files-to" } else { "files-from" };
    // What is less than a kilobyte is told as one: nobody wants to be given nothing.
    let told = size(file.size.max(1000));
    let about = words.fill(whom, &[("size", &told), ("name", file.with.as_str())]);
    let (stop, forget) = (words.say("files-cancel"), words.say("files-forget"));
    let labelled = |what: &str| format!("{what}: {}", file.name);

    rsx! {
        li { class: "file", "data-state": state_name(&file.state), "data-mine": file.mine,
            Icon { d: icons::FILE }
            div { class: "file-about",
                b { title: "{file.name}", "{file.name}" }
                span { "{about}" }
                if let State::Running(percent) = file.state {
                    progress { max: "100", value: "{percent}", "aria-label": labelled(words.say("files-progress")) }
                }
                p { role: "status", class: if matches!(file.state, State::Failed(_)) { "problem" } else { "hint" },
                    {said(words, &file)}
                }
            }
            match &file.state {
                State::Offered if !file.mine => rsx! {
                    div { class: "file-ask",
                        button {
                            class: "button primary",
                            r#type: "button",
                            "aria-label": labelled(words.say("files-take")),
                            onclick: move |_| ask(FileCommand::Take(key)),
                            {words.say("files-take")}
                        }
                        button {
                            class: "quiet",
                            r#type: "button",
                            "aria-label": labelled(words.say("files-decline")),
                            onclick: move |_| ask(FileCommand::Stop(key)),
                            {words.say("files-decline")}
                        }
                    }
                },
                State::Offered | State::Running(_) => rsx! {
                    button {
                        class: "file-end",
                        r#type: "button",
                        "aria-label": labelled(stop),
                        title: stop,
                        onclick: move |_| ask(FileCommand::Stop(key)),
                        Icon { d: icons::X }
                    }
                },
                State::Done(_) | State::Stopped { .. } | State::Failed(_) => rsx! {
                    if let State::Done(Some(url)) = &file.state {
                        a {
                            class: "file-end",
                            href: "{url}",
                            download: "{file.name}",
                            "aria-label": labelled(words.say("files-save")),
                            title: words.say("files-save"),
                            Icon { d: icons::DOWNLOAD }
                        }
                    }
                    button {
                        class: "file-end",
                        r#type: "button",
                        "aria-label": labelled(forget),
                        title: forget,
                        onclick: move |_| ask(FileCommand::Forget(key)),
                        Icon { d: icons::X }
                    }
                },
            }
        }
    }
}

fn state_name(state: &State) -> &'static str {
    match state {
        State::Offered => "offered",
        State::Running(_) => "running",
        State::Done(_) => "done",
        State::Stopped { .. } => "stopped",
        State::Failed(_) => "failed",
    }
}

/// How far it is, in a sentence.
fn said(words: Words, file: &FileTransfer) -> String {
    let name = file.with.as_str();
    let key = match &file.state {
        State::Offered if file.mine => "files-waits",
        State::Offered => "files-asks",
        State::Running(percent) => return format!("{percent} %"),
        State::Done(_) if file.mine => "files-there",
        State::Done(_) => "files-here",
        State::Stopped {
            here: true,
            begun: false,
        } if !file.mine => "files-declined-here",
        State::Stopped { here: true, .. } => "files-stopped-here",
        State::Stopped {
            here: false,
            begun: false,
        } if file.mine => "files-declined",
        State::Stopped { here: false, .. } => "files-stopped",
        State::Failed(Failure::TooLarge) => "files-too-large",
        State::Failed(Failure::Unreachable) => "files-unreachable",
        State::Failed(Failure::Gone) => "files-gone",
        State::Failed(Failure::Broken) => "files-broken",
        State::Failed(Failure::Storage) => "files-storage",
        State::Failed(Failure::Unreadable) => "files-unreadable",
        State::Failed(Failure::There) => "files-failed-there",
    };
    words.fill(key, &[("name", name), ("limit", &size(FILE_BYTES))])
}
