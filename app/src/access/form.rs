//! A sign-in where there is one, and a field for a token.

use super::AccessProps;
use crate::{
    context::{use_app, use_words},
    door::Keep,
    fetch::{Method, Request},
    i18n::ACCESS,
    links::percent_encoded,
    prefs,
};
use dioxus::prelude::*;
use wire::{
    AccessToken,
    routes::{SIGN_IN, SIGN_IN_OFFER},
};

/// Asks for an access token.
#[component]
pub fn AccessForm(props: AccessProps) -> Element {
    use_hook(|| {
        ACCESS.add([
            include_str!("../../locales/access/en.ftl"),
            include_str!("../../locales/access/ja.ftl"),
        ]);
    });
    let app = use_app();
    let words = use_words();
    let mut text = use_signal(String::new);
    let mut bad = use_signal(|| false);
    let came_to_nothing = use_hook(|| came_to_nothing(&*app.host()));
    let offer = use_resource(move || is_offered(app));
    let AccessProps {
        wrong,
        back,
        given,
        leaving,
    } = props;
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        match text.peek().trim().parse::<AccessToken>() {
            Ok(token) => given.call(token),
            Err(_) => bad.set(true),
        }
    };
    let problem = match (bad(), wrong, came_to_nothing) {
        (true, ..) => words.say("access-bad"),
        (_, true, _) => words.say("access-wrong"),
        (.., true) => words.say("access-nothing"),
        _ => "",
    };

    rsx! {
        form { class: "access", novalidate: true, autocomplete: "off", onsubmit,
            if offer() == Some(true) {
                a {
                    class: "button primary",
                    href: format!("{SIGN_IN}?back={}", percent_encoded(&back)),
                    onclick: move |_| leaving.call(()),
                    {words.say("access-sign-in")}
                }
                p { class: "access-or", {words.say("access-or")} }
            }
            label { r#for: "access", {words.say("access-token")} }
            div { class: "access-line",
                input {
                    id: "access",
                    class: "field",
                    r#type: "password",
                    value: "{text}",
                    autocomplete: "off",
                    spellcheck: false,
                    enterkeyhint: "go",
                    "aria-invalid": bad() || wrong,
                    "aria-describedby": "access-error",
                    oninput: move |event| {
                        bad.set(false);
                        text.set(event.value());
                    },
                }
                button { class: "quiet", r#type: "submit", {words.say("access-show")} }
            }
            p { id: "access-error", class: "problem", role: "alert", "{problem}" }
        }
    }
}

/// Tells whether a sign-in has just brought nothing, and takes note of it.
fn came_to_nothing(host: &dyn crate::door::Host) -> bool {
    let nothing = host.remembered(Keep::Tab, prefs::ACCESS).as_deref() == Some("");
    if nothing {
        host.remember(Keep::Tab, prefs::ACCESS, None);
    }
    nothing
}

/// Tells whether one can sign in here.
async fn is_offered(app: crate::context::App) -> bool {
    if !app.host().can_sign_in() {
        return false;
    }
    let url = format!("{}{SIGN_IN_OFFER}", app.door().origin);
    let answer = app.host().fetch(Request::new(Method::Get, url)).await;
    answer.is_some_and(|answer| answer.status == 204)
}
