//! The words of the host, and of those before the door. They are loaded with the room, so that a first visit does not wait for
//! them.

use crate::{
    context::use_app,
    i18n::{HOUSE, Words},
};

/// Returns them, with those that are always here, in the language of the moment, and subscribes to it.
pub fn use_house_words() -> Words {
    HOUSE.add([
        include_str!("../../../locales/house/en.ftl"),
        include_str!("../../../locales/house/ja.ftl"),
    ]);
    use_app().words()
}
