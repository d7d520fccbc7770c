//! Saves what the page offers to save, among the person's downloads, and says where it is.

// `rsx!` writes whole paths.
#![allow(unused_qualifications)]

use crate::{
    files::{Shelf, save},
    folders,
};
use dioxus::prelude::*;
use std::{path::PathBuf, time::Duration};

/// How long it is said where something is.
const SHOWN: Duration = Duration::from_secs(12);

/// How long it takes until the page is asked again that has ceased to tell: Dioxus may forget a script that still runs.
const AGAIN: Duration = Duration::from_secs(1);

/// Tells of every link that offers to save something, before anybody else hears of the click, and once.
const SCRIPT: &str = "
window.tsukiyoSaving?.abort();
window.tsukiyoSaving = new AbortController();
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[download]');
  if (!link) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  dioxus.send([link.getAttribute('href'), link.download]);
}, { capture: true, signal: window.tsukiyoSaving.signal });
await new Promise(() => {});
";

/// What came of it; nothing while there is nothing to tell.
#[component]
pub fn Saved() -> Element {
    let shelf: Shelf = use_context();
    let mut told: Signal<Option<Result<PathBuf, String>>> = use_signal(|| None);
    let mut count = use_signal(|| 0_u64);
    use_future(move || {
        let shelf = shelf.clone();
        async move {
            let mut clicks = document::eval(SCRIPT);
            loop {
                let Ok((url, name)) = clicks.recv::<(String, String)>().await else {
                    tokio::time::sleep(AGAIN).await;
                    clicks = document::eval(SCRIPT);
                    continue;
                };
                let Some(from) = shelf.find(&url) else { continue };
                let saving = tokio::task::spawn_blocking(move || save(&from, &folders::downloads(), &name));
                let saved = saving.await.map_err(std::io::Error::other).flatten();
                told.set(Some(saved.map_err(|error| error.to_string())));
                count += 1;
                let number = count();
                spawn(async move {
                    tokio::time::sleep(SHOWN).await;
                    if count() == number {
                        told.set(None);
                    }
                });
            }
        }
    });
    let words = words();
    let Some(result) = told() else { return rsx! {} };

    rsx! {
        style { {STYLE} }
        div { class: "saved", role: "status",
            match &result {
                Ok(path) => rsx! { p { {words.here} " " b { "{path.display()}" } } },
                Err(error) => rsx! { p { class: "problem", {words.failed} " {error}" } },
            }
            button { r#type: "button", class: "quiet", onclick: move |_| told.set(None), {words.close} }
        }
    }
}

const STYLE: &str = "
.saved { position: fixed; z-index: 50; inset-inline: 0; bottom: 96px; margin-inline: auto; width: fit-content; max-width: min(92%, 720px); display: flex; align-items: center; gap: var(--s3); padding: var(--s2) var(--s3); border: 1px solid var(--line); border-radius: var(--r-control); background: var(--ground); overflow-wrap: anywhere }
.saved p { margin: 0 }
";

#[derive(Debug, Clone, Copy)]
struct Words {
    here: &'static str,
    failed: &'static str,
    close: &'static str,
}

/// What it says, in the language in which the app speaks.
fn words() -> Words {
    if crate::host::language().starts_with("ja") {
        Words {
            here: "保存しました:",
            failed: "保存できませんでした:",
            close: "閉じる",
        }
    } else {
        Words {
            here: "Saved as",
            failed: "It could not be saved:",
            close: "Close",
        }
    }
}
