//! What the protocol says of a name, in the person's language.

use crate::i18n::Words;
use wire::{BadId, BadText};

/// Says what is wrong with a display name.
pub fn name_problem(words: Words, why: &BadText) -> String {
    match why {
        BadText::Empty { .. } => words.say("name-empty").to_owned(),
        BadText::TooLong { limit, .. } => words.fill("name-too-long", &[("limit", &limit.to_string())]),
        BadText::Control { .. } => words.say("name-control").to_owned(),
    }
}

/// Says what is wrong with a room's name.
pub fn room_problem(words: Words, why: &BadId) -> String {
    match why {
        BadId::Empty { .. } => words.say("room-empty").to_owned(),
        BadId::TooLong { limit, .. } => words.fill("room-too-long", &[("limit", &limit.to_string())]),
        BadId::Forbidden { .. } => words.say("room-forbidden").to_owned(),
    }
}

/// Takes the room's name out of what a person typed or pasted: the name itself, or a link that ends in it.
pub fn room_in(typed: &str) -> &str {
    let typed = typed.trim();
    let Some((_, path)) = typed.split_once("/room/") else {
        return typed;
    };
    path.split(['?', '#', '/']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use wire::{DisplayName, RoomId};

    #[test]
    fn a_refused_name_says_why_in_both_languages() {
        for (text, english, japanese) in [
            ("  ", "Please enter a name.", "お名前を入力してください。"),
            (
                "a\u{202e}",
                "Please leave out invisible characters.",
                "見えない文字は使えません。",
            ),
        ] {
            let why = DisplayName::new(text).unwrap_err();
            assert_eq!(name_problem(Words::of(Language::English), &why), english);
            assert_eq!(name_problem(Words::of(Language::Japanese), &why), japanese);
        }
        let long = DisplayName::new(&"x".repeat(41)).unwrap_err();
        assert!(name_problem(Words::of(Language::Japanese), &long).contains("40"));
    }

    #[test]
    fn a_refused_room_says_why() {
        let english = Words::of(Language::English);
        let why = |text: &str| room_problem(english, &text.parse::<RoomId>().unwrap_err());
        assert_ne!(why(""), why("../"));
        assert!(why(&"x".repeat(65)).contains("64"));
    }

    #[test]
    fn a_pasted_link_stands_for_its_room() {
        assert_eq!(room_in(" tsukimi-2026 "), "tsukimi-2026");
        assert_eq!(room_in("http://localhost:3000/room/tsukimi?x#y"), "tsukimi");
        assert_eq!(room_in("../"), "../");
    }
}
