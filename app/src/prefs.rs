//! What is remembered about a person, on the person's own device only.

use crate::{
    door::{Host, Keep},
    i18n::Language,
};

/// The key of the display name.
pub const NAME: &str = "tsukiyo.name";
/// The key of the room that was asked for last.
pub const ROOM: &str = "tsukiyo.room";
/// The key of the room that this tab is in: a reload goes back there.
pub const INSIDE: &str = "tsukiyo.inside";
/// The key of what shows that the person may make rooms and write posts. Nothing in it: a sign-in has brought nothing.
pub const ACCESS: &str = session::ACCESS;
/// The key that says that there are recordings on this device.
pub const RECORDINGS: &str = "tsukiyo.recordings";
/// The key that says that nothing of what happens in a room is to be heard.
pub const SOUNDS: &str = "tsukiyo.sounds";
/// The key of the language, if one was chosen.
pub const LANGUAGE: &str = "tsukiyo.language";
/// The key of the theme, if one was chosen.
pub const THEME: &str = "tsukiyo.theme";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Returns the value of `data-theme`; following the system has none.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// Returns the next one when a person goes round.
    pub fn next(self) -> Self {
        match self {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Auto,
        }
    }
}

/// Returns the theme that was chosen.
pub fn theme(host: &dyn Host) -> Theme {
    match host.remembered(Keep::Always, THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}

/// Returns the language that was chosen, or else the best of those that the person prefers.
pub fn language(host: &dyn Host) -> Language {
    host.remembered(Keep::Always, LANGUAGE)
        .and_then(|tag| Language::from_tag(&tag))
        .unwrap_or_else(|| Language::best(&host.languages()))
}
