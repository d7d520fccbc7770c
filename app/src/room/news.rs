//! What happens in the room, for those who do not see it: read out by screen readers, one sentence for each event.

use super::{
    react,
    sounds::{self, Moves},
};
use crate::{
    context::{use_app, use_words},
    i18n::Words,
};
use dioxus::prelude::*;
use session::view::{Sign, View};
use wire::{DisplayName, MemberId};

/// The live region. It is there from the beginning: one that comes with its words is not read out.
#[component]
pub fn News(chat: Signal<bool>) -> Element {
    let app = use_app();
    let words = use_words();
    let mut seen = use_hook(|| CopyValue::new(Seen::of(&app.peek())));
    let mut told = use_signal(String::new);
    let mut moves = use_hook(|| CopyValue::new(Moves::default()));
    use_effect(move || {
        let now = Seen::of(&app.view());
        // An open chat is a log, which is read out by itself.
        let mut news = events(&seen.peek(), &now);
        news.retain(|event| !*chat.peek() || !matches!(event, Event::Said(_)));
        sounds::play(app, &mut moves.write(), &news);
        seen.set(now);
        if !news.is_empty() {
            told.set(sentences(words, &news));
        }
    });

    rsx! {
        p { class: "visually-hidden", role: "status", "aria-live": "polite", "{told}" }
    }
}

/// What events are told by.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    people: Vec<(MemberId, DisplayName)>,
    sharing: Vec<MemberId>,
    hands: Vec<MemberId>,
    signs: Vec<Sign>,
    /// Who said something since the person came in.
    said: Vec<DisplayName>,
    /// Who offered a file, by the transfer.
    offers: Vec<(u64, DisplayName)>,
}

/// Something worth a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    Came(DisplayName),
    Went(DisplayName),
    Shares(DisplayName),
    Raised(DisplayName),
    Showed(DisplayName, wire::Reaction),
    Said(DisplayName),
    /// A file.
    Offered(DisplayName),
}

impl Seen {
    fn of(view: &View) -> Self {
        let people = view.people.iter();
        let said = view.chat.lines.iter().filter(|line| !line.mine && !line.history);
        Self {
            people: people
                .clone()
                .map(|person| (person.id.clone(), person.name.clone()))
                .collect(),
            sharing: people
                .filter(|person| person.media.screen)
                .map(|person| person.id.clone())
                .collect(),
            hands: view.hands.to_vec(),
            signs: view.signs.to_vec(),
            said: said.map(|line| line.name.clone()).collect(),
            offers: (view.files.iter())
                .filter(|file| !file.mine)
                .map(|file| (file.key.0, file.with.clone()))
                .collect(),
        }
    }

    /// Returns another person's name. The person itself needs no news of itself.
    fn name(&self, id: &MemberId) -> Option<DisplayName> {
        let (_, name) = self.people.iter().find(|(other, _)| other == id)?;
        Some(name.clone())
    }
}

/// Tells what has happened between two moments.
fn events(before: &Seen, now: &Seen) -> Vec<Event> {
    let mut events = Vec::new();
    let new = |then: &[MemberId], now: &[MemberId]| -> Vec<MemberId> {
        now.iter().filter(|id| !then.contains(id)).cloned().collect()
    };
    events.extend(
        (now.people.iter())
            .filter(|(id, _)| before.name(id).is_none())
            .map(|(_, name)| Event::Came(name.clone())),
    );
    events.extend(
        (before.people.iter())
            .filter(|(id, _)| now.name(id).is_none())
            .map(|(_, name)| Event::Went(name.clone())),
    );
    events.extend(
        new(&before.sharing, &now.sharing)
            .iter()
            .filter_map(|id| now.name(id))
            .map(Event::Shares),
    );
    events.extend(
        new(&before.hands, &now.hands)
            .iter()
            .filter_map(|id| now.name(id))
            .map(Event::Raised),
    );
    let last = before.signs.last().map_or(0, |sign| sign.key);
    events.extend(
        (now.signs.iter())
            .filter(|sign| sign.key > last)
            .filter_map(|sign| Some(Event::Showed(now.name(&sign.from)?, sign.reaction))),
    );
    events.extend(now.said.iter().skip(before.said.len()).cloned().map(Event::Said));
    let last = before.offers.last().map_or(0, |(key, _)| *key);
    let offers = now.offers.iter().filter(|(key, _)| *key > last);
    events.extend(offers.map(|(_, name)| Event::Offered(name.clone())));
    events
}

fn sentences(words: Words, events: &[Event]) -> String {
    let sentence = |event: &Event| match event {
        Event::Came(name) => words.fill("news-came", &[("name", name.as_str())]),
        Event::Went(name) => words.fill("news-went", &[("name", name.as_str())]),
        Event::Shares(name) => words.fill("news-shares", &[("name", name.as_str())]),
        Event::Raised(name) => words.fill("news-raised", &[("name", name.as_str())]),
        Event::Showed(name, reaction) => {
            let sign = words.say(react::name(*reaction));
            words.fill("news-showed", &[("name", name.as_str()), ("sign", sign)])
        }
        Event::Said(name) => words.fill("news-said", &[("name", name.as_str())]),
        Event::Offered(name) => words.fill("news-offered", &[("name", name.as_str())]),
    };
    events.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> MemberId {
        id.parse().expect("an id")
    }

    fn name(name: &str) -> DisplayName {
        DisplayName::new(name).expect("a name")
    }

    fn with(people: &[&str]) -> Seen {
        Seen {
            people: people.iter().map(|person| (id(person), name(person))).collect(),
            ..Seen::default()
        }
    }

    #[test]
    fn comings_and_goings_are_told_once() {
        let (before, now) = (with(&["a", "b"]), with(&["b", "c"]));
        assert_eq!(
            events(&before, &now),
            [Event::Came(name("c")), Event::Went(name("a"))]
        );
        assert_eq!(events(&now, &now.clone()), []);
    }

    #[test]
    fn a_hand_is_told_when_it_goes_up_and_never_the_own_one() {
        let before = with(&["a"]);
        let now = Seen {
            hands: vec![id("me"), id("a")],
            ..with(&["a"])
        };
        assert_eq!(events(&before, &now), [Event::Raised(name("a"))]);
        assert_eq!(events(&now, &before), []);
    }

    #[test]
    fn a_sign_is_told_though_older_ones_have_passed() {
        let sign = |key, from: &str| Sign {
            key,
            from: id(from),
            reaction: wire::Reaction::Clap,
        };
        let showing = |signs: Vec<Sign>| Seen {
            signs,
            ..with(&["a"])
        };
        let (one, two) = (showing(vec![sign(1, "a")]), showing(vec![sign(2, "a")]));
        assert_eq!(
            events(&one, &two),
            [Event::Showed(name("a"), wire::Reaction::Clap)]
        );
        assert_eq!(events(&with(&["a"]), &showing(vec![sign(1, "me")])), []);
    }

    #[test]
    fn an_offered_file_is_told_once_and_never_those_that_were_taken_off_the_list() {
        let offering = |keys: &[u64]| Seen {
            offers: keys.iter().map(|key| (*key, name("a"))).collect(),
            ..with(&["a"])
        };
        let (one, two) = (offering(&[1]), offering(&[1, 2]));
        assert_eq!(events(&one, &two), [Event::Offered(name("a"))]);
        assert_eq!(events(&two, &one), []);
    }

    #[test]
    fn what_is_said_is_told_with_its_author() {
        let before = Seen {
            said: vec![name("a")],
            ..with(&["a", "b"])
        };
        let now = Seen {
            said: vec![name("a"), name("b")],
            ..with(&["a", "b"])
        };
        assert_eq!(events(&before, &now), [Event::Said(name("b"))]);
    }
}
