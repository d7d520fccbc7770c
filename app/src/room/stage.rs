//! What stands in front: a shared screen, or whoever the person has pinned.

use dioxus::prelude::*;
use session::view::{Source, View};
use wire::MemberId;

/// A tile, by what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// Somebody else.
    Face(MemberId),
    /// What somebody else shares.
    Screen(MemberId),
    /// The person itself.
    Me,
    /// What the person shares.
    MyScreen,
}

/// What the person has pinned. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pin(Signal<Option<Spot>>);

/// Makes a place for a pin.
pub fn use_pin() -> Pin {
    Pin(use_signal(|| None))
}

impl Pin {
    /// What is pinned.
    pub fn spot(self) -> Option<Spot> {
        (self.0)()
    }

    /// Pins a tile, or lets go of it.
    pub fn toggle(mut self, spot: Spot) {
        let pinned = self.0.peek().as_ref() == Some(&spot);
        self.0.set((!pinned).then_some(spot));
    }
}

/// Returns what stands in front: what is pinned for as long as it is there, or else the first screen that another shares,
/// or else, in the speaker view, who speaks or spoke last. `None` is everybody alike.
pub fn front(view: &View, pinned: Option<Spot>, speaker_view: bool) -> Option<Spot> {
    let pinned = pinned.filter(|spot| is_there(view, spot));
    let shared = || {
        let mut people = view.people.iter();
        let sharing = people.find(|person| person.media.screen)?;
        Some(Spot::Screen(sharing.id.clone()))
    };
    let speaker = || {
        let first = || view.people.first().map(|person| person.id.clone());
        view.active_speaker.clone().or_else(first).map(Spot::Face)
    };
    pinned
        .or_else(shared)
        .or_else(|| speaker_view.then(speaker).flatten())
}

fn is_there(view: &View, spot: &Spot) -> bool {
    let find = |id: &MemberId| view.people.iter().find(|person| person.id == *id);
    match spot {
        Spot::Me => true,
        Spot::MyScreen => view.local.screen == Source::On,
        Spot::Face(id) => find(id).is_some(),
        Spot::Screen(id) => find(id).is_some_and(|person| person.media.screen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use session::view::{Connection, Local, Person};
    use std::rc::Rc;
    use wire::{DisplayName, MediaState};

    fn person(id: &str, screen: bool) -> Person {
        Person {
            id: id.parse().expect("an id"),
            name: DisplayName::new(id).expect("a name"),
            media: MediaState {
                screen,
                ..MediaState::default()
            },
            stream: None,
            screen: None,
            connection: Connection::Connected,
            away: false,
            speaking: false,
            checkup: session::view::Checkup::default(),
        }
    }

    fn view<const N: usize>(people: [Person; N]) -> View {
        View {
            people: Rc::new(people.into()),
            ..View::default()
        }
    }

    fn screen(id: &str) -> Option<Spot> {
        Some(Spot::Screen(id.parse().expect("an id")))
    }

    fn face(id: &str) -> Option<Spot> {
        Some(Spot::Face(id.parse().expect("an id")))
    }

    #[test]
    fn a_shared_screen_comes_to_the_front_by_itself() {
        let nobody = view([person("a", false), person("b", false), person("c", false)]);
        assert_eq!(front(&nobody, None, false), None);
        let two = view([person("a", false), person("b", true), person("c", true)]);
        assert_eq!(front(&two, None, false), screen("b"));
    }

    #[test]
    fn a_pin_wins_for_as_long_as_what_it_holds_is_there() {
        let mut one = view([person("a", false), person("b", true), person("c", false)]);
        assert_eq!(front(&one, face("a"), false), face("a"));
        assert_eq!(front(&one, face("gone"), true), screen("b"));
        assert_eq!(front(&one, screen("c"), false), screen("b"), "c shares nothing");
        assert_eq!(front(&one, Some(Spot::MyScreen), false), screen("b"));
        one.local = Local {
            screen: Source::On,
            ..Local::default()
        };
        assert_eq!(front(&one, Some(Spot::MyScreen), false), Some(Spot::MyScreen));
        assert_eq!(front(&one, Some(Spot::Me), true), Some(Spot::Me));
    }

    #[test]
    fn the_speaker_view_follows_the_voice() {
        let mut silent = view([person("a", false), person("b", false), person("c", false)]);
        assert_eq!(front(&silent, None, true), face("a"), "nobody has spoken yet");
        silent.active_speaker = Some("c".parse().expect("an id"));
        assert_eq!(front(&silent, None, true), face("c"));
        assert_eq!(front(&silent, None, false), None);
        assert_eq!(front(&view([]), None, true), None);
    }

    #[test]
    fn ones_own_screen_does_not_push_itself_forward() {
        let mut alone = view([person("a", false), person("b", false), person("c", false)]);
        alone.local.screen = Source::On;
        assert_eq!(front(&alone, None, false), None);
    }
}
