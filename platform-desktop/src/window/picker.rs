//! Asks the person what to share: screens and windows, with what they look like.

// `rsx!` writes whole paths.
#![allow(unused_qualifications)]

use crate::media::screen::{Offer, Target};
use base64::{Engine, prelude::BASE64_STANDARD};
use dioxus::prelude::*;
use futures::{
    StreamExt,
    channel::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
        oneshot,
    },
};
use std::sync::{Arc, Mutex, PoisonError};

/// How large a picture of what can be shared is shown, in pixels.
const WIDTH: usize = 320;
const HEIGHT: usize = 180;

/// A question that the picker is asked. No answer is an answer: the person thought better of it.
#[derive(Debug)]
pub struct Question {
    pub offers: Vec<Offer>,
    pub answer: oneshot::Sender<Target>,
}

/// Where questions are put.
pub type Questions = UnboundedSender<Question>;

/// Where they come out, once.
#[derive(Debug, Clone)]
pub struct Asked(Arc<Mutex<Option<UnboundedReceiver<Question>>>>);

/// Makes both ends.
pub fn questions() -> (Questions, Asked) {
    let (questions, asked) = unbounded();
    (questions, Asked(Arc::new(Mutex::new(Some(asked)))))
}

/// One of what can be chosen, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    target: Target,
    label: Option<String>,
    picture: String,
}

/// The dialog, while there is a question.
#[component]
pub fn Picker() -> Element {
    let asked: Asked = use_context();
    let mut choices: Signal<Vec<Choice>> = use_signal(Vec::new);
    let mut answer: Signal<Option<oneshot::Sender<Target>>> = use_signal(|| None);
    use_future(move || {
        let asked = asked.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let Some(mut asked) = asked else { return };
            while let Some(question) = asked.next().await {
                choices.set(question.offers.iter().map(choice).collect());
                answer.set(Some(question.answer));
            }
        }
    });
    let mut close = move |target: Option<Target>| {
        let answer = answer.write().take();
        if let (Some(answer), Some(target)) = (answer, target) {
            // Whoever asked may have left the room.
            let _ = answer.send(target);
        }
        choices.set(Vec::new());
    };
    if choices.read().is_empty() {
        return rsx! {};
    }
    let words = words();

    rsx! {
        style { {STYLE} }
        div { class: "veil", onclick: move |_| close(None),
            div {
                class: "dialog picker",
                role: "dialog",
                "aria-modal": "true",
                "aria-labelledby": "picker-title",
                tabindex: "-1",
                onmounted: move |event| async move {
                    // An element that is already gone needs no focus.
                    event.set_focus(true).await.ok();
                },
                onclick: move |event| event.stop_propagation(),
                onkeydown: move |event| {
                    event.stop_propagation();
                    if event.key() == Key::Escape {
                        close(None);
                    }
                },
                h2 { id: "picker-title", {words.title} }
                ul { class: "picker-list",
                    for choice in choices() {
                        li { key: "{choice.target:?}",
                            button {
                                r#type: "button",
                                class: "picker-choice",
                                onclick: move |_| close(Some(choice.target)),
                                img { src: "{choice.picture}", alt: "" }
                                span { {choice.label.clone().unwrap_or_else(|| words.screen.to_owned())} }
                            }
                        }
                    }
                }
                div { class: "actions",
                    button { r#type: "button", class: "quiet", onclick: move |_| close(None), {words.cancel} }
                }
            }
        }
    }
}

const STYLE: &str = "
.dialog.picker { width: min(100%, 760px) }
.picker-list { list-style: none; margin: 0; padding: 0; display: grid; gap: var(--s3); grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)) }
.picker-choice { width: 100%; height: auto; display: grid; gap: var(--s2); padding: var(--s2); border: 1px solid var(--line); border-radius: var(--r-control); background: var(--ground); color: inherit; text-align: start }
.picker-choice:hover, .picker-choice:focus-visible { border-color: var(--moon) }
.picker-choice img { width: 100%; aspect-ratio: 16 / 9; object-fit: contain; background: #000; border-radius: var(--r-small) }
.picker-choice span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 14px }
";

fn choice(offer: &Offer) -> Choice {
    let picture = BASE64_STANDARD.encode(offer.shot.thumbnail(WIDTH, HEIGHT));
    Choice {
        target: offer.target,
        label: offer.label.clone(),
        picture: format!("data:image/bmp;base64,{picture}"),
    }
}

#[derive(Debug, Clone, Copy)]
struct Words {
    title: &'static str,
    screen: &'static str,
    cancel: &'static str,
}

/// What it says, in the language in which the app speaks.
fn words() -> Words {
    if crate::host::language().starts_with("ja") {
        Words {
            title: "何を共有しますか",
            screen: "画面全体",
            cancel: "やめる",
        }
    } else {
        Words {
            title: "What do you want to share?",
            screen: "The whole screen",
            cancel: "Cancel",
        }
    }
}
