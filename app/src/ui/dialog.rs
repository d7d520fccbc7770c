//! A dialog over the page.

use crate::{
    context::use_words,
    icons::{self, Icon},
};
use dioxus::{core::queue_effect, prelude::*};
use futures::channel::oneshot;
use std::rc::Rc;

/// A dialog with a heading and a way out. It takes the focus when it opens.
///
/// The page behind it must be `inert` while it is open, which keeps focus and screen readers inside; the one who opened
/// it gives the focus back in `onclose` (see [`Return`]).
#[component]
pub fn Dialog(title: String, onclose: EventHandler<()>, children: Element) -> Element {
    let words = use_words();
    let onkeydown = move |event: KeyboardEvent| {
        event.stop_propagation();
        if event.key() == Key::Escape {
            event.prevent_default();
            onclose.call(());
        }
    };

    rsx! {
        div { class: "veil", onclick: move |_| onclose.call(()),
            div {
                class: "dialog",
                role: "dialog",
                "aria-modal": "true",
                "aria-labelledby": "dialog-title",
                tabindex: "-1",
                onmounted: move |event| async move {
                    // An element that is already gone needs no focus.
                    event.set_focus(true).await.ok();
                },
                onclick: move |event| event.stop_propagation(),
                onkeydown,
                div { class: "dialog-head",
                    h2 { id: "dialog-title", "{title}" }
                    button {
                        class: "quiet icon-only",
                        r#type: "button",
                        "aria-label": words.say("dialog-close"),
                        title: words.say("dialog-close"),
                        onclick: move |_| onclose.call(()),
                        Icon { d: icons::X }
                    }
                }
                {children}
            }
        }
    }
}

/// Remembers an element, to give the focus back to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Return(Signal<Option<Rc<MountedData>>>);

/// Makes a place to remember an element in.
pub fn use_return() -> Return {
    Return(use_signal(|| None))
}

impl Return {
    /// Remembers the element that `onmounted` tells of.
    pub fn remember(mut self, event: &MountedEvent) {
        self.0.set(Some(event.data()));
    }

    /// Gives it the focus, once the page is drawn again and no longer inert.
    pub fn focus(self) {
        let Some(element) = self.0.peek().clone() else {
            return;
        };
        // An effect runs after the next render, but in no scope, and so cannot spawn.
        let (tell, drawn) = oneshot::channel();
        queue_effect(move || {
            let _ = tell.send(());
        });
        spawn(async move {
            if drawn.await.is_ok() {
                element.set_focus(true).await.ok();
            }
        });
    }
}
