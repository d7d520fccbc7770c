//! The words of the host, and of those before the door.

use crate::{context::use_app, i18n::Words, room::add_words};

/// Returns the words in the language of the moment, and subscribes to it. Who stands before the door is in no room, whose words
/// are wanted all the same.
pub fn use_house_words() -> Words {
    add_words();
    use_app().words()
}
