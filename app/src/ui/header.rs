//! The bar above the lobby and the posts.

use crate::{
    context::{use_app, use_words},
    i18n::Language,
    icons::{self, Icon},
    prefs::Theme,
    route::Route,
};
use dioxus::prelude::*;

/// The bar above every page but the room: the way home, the posts, theme and language.
#[component]
pub fn Header() -> Element {
    let words = use_words();

    rsx! {
        header { class: "bar",
            Link { class: "brand", to: Route::Lobby {}, Moon {} "Tsukiyo" }
            nav { "aria-label": words.say("nav-label"),
                Link { class: "quiet", active_class: "here", to: Route::PostList {}, {words.say("nav-posts")} }
                ThemeSwitch {}
                LanguageSwitch {}
            }
        }
    }
}

/// The mark: a moon three days old.
#[component]
pub fn Moon() -> Element {
    rsx! {
        span { class: "moon", "aria-hidden": "true" }
    }
}

#[component]
fn ThemeSwitch() -> Element {
    let mut app = use_app();
    let words = use_words();
    let theme = app.theme();
    let (icon, label) = match theme {
        Theme::Auto => (icons::SUN_MOON, words.say("theme-auto")),
        Theme::Light => (icons::SUN, words.say("theme-light")),
        Theme::Dark => (icons::MOON, words.say("theme-dark")),
    };

    rsx! {
        button {
            class: "quiet icon-only",
            r#type: "button",
            title: label,
            "aria-label": label,
            onclick: move |_| app.dress(theme.next()),
            Icon { d: icon }
        }
    }
}

/// One button a language: a person who cannot read the page finds the own language by its own name.
#[component]
fn LanguageSwitch() -> Element {
    let mut app = use_app();

    rsx! {
        for language in Language::ALL.into_iter().filter(|language| *language != app.language()) {
            button {
                key: "{language.tag()}",
                class: "quiet",
                r#type: "button",
                lang: language.tag(),
                onclick: move |_| app.speak(language),
                Icon { d: icons::LANGUAGES }
                {language.own_name()}
            }
        }
    }
}
