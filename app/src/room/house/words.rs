//! The words of the room and its host. They are loaded with the room, so that a first visit does not wait for them.

use crate::{
    context::use_app,
    i18n::{Language, Table, Words, parse},
};
use std::sync::LazyLock;

pub(crate) static ENGLISH: LazyLock<Table> =
    LazyLock::new(|| parse(include_str!("../../../locales/house/en.ftl")));
pub(crate) static JAPANESE: LazyLock<Table> =
    LazyLock::new(|| parse(include_str!("../../../locales/house/ja.ftl")));

/// Returns them in the language of the moment, and subscribes to it.
pub fn use_house_words() -> Words {
    Words::from_table(match use_app().language() {
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
    })
}
