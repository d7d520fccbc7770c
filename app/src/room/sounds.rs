//! Soft tones for what happens in the room.

use super::news::Event;
use crate::{
    context::{App, use_app, use_words},
    door::Keep,
    prefs::SOUNDS,
};
use dioxus::prelude::*;
use std::collections::VecDeque;

/// Within so many milliseconds…
const WHILE: u64 = 10_000;
/// …so many comings and goings are heard. When a whole class arrives, nobody wants to hear a carillon.
const MOVES: usize = 3;

/// What can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    Came,
    Went,
    Raised,
    Said,
}

impl Sound {
    /// The notes, in hertz, and when each begins, in seconds.
    fn notes(self) -> &'static [(f32, f64)] {
        match self {
            Sound::Came => &[(523.25, 0.0), (783.99, 0.12)],
            Sound::Went => &[(587.33, 0.0), (392.0, 0.12)],
            Sound::Raised => &[(659.25, 0.0), (659.25, 0.16)],
            Sound::Said => &[(987.77, 0.0)],
        }
    }
}

/// When people came and went of late.
#[derive(Debug, Clone, Default)]
pub struct Moves(VecDeque<u64>);

impl Moves {
    /// Notes that somebody came or went. Returns whether that is to be heard.
    fn note(&mut self, now: u64) -> bool {
        self.0.retain(|at| now.saturating_sub(*at) < WHILE);
        self.0.push_back(now);
        // The number that matters is small; the others were heard of as well, but never more of them are kept.
        self.0.truncate(MOVES + 1);
        self.0.len() <= MOVES
    }
}

/// Plays what fits the news, if the person wants to hear it.
pub(super) fn play(app: App, moves: &mut Moves, news: &[Event]) {
    let host = app.host();
    let Some(sound) = fitting(moves, host.now(), news) else {
        return;
    };
    if wanted(app) {
        let speaker = app.peek().devices.speaker.clone();
        host.play(sound.notes(), speaker.as_deref());
    }
}

/// The one sound for all that happened at once.
fn fitting(moves: &mut Moves, now: u64, news: &[Event]) -> Option<Sound> {
    let mut sound = None;
    for event in news {
        let next = match event {
            Event::Raised(_) => Some(Sound::Raised),
            Event::Came(_) => moves.note(now).then_some(Sound::Came),
            Event::Went(_) => moves.note(now).then_some(Sound::Went),
            Event::Said(_) | Event::Offered(_) => Some(Sound::Said),
            Event::Shares(_) | Event::Showed(..) => None,
        };
        // A hand wants an answer; the others follow in the order in which they happened.
        if sound.is_none() || next == Some(Sound::Raised) {
            sound = next.or(sound);
        }
    }
    sound
}

fn wanted(app: App) -> bool {
    app.host().remembered(Keep::Always, SOUNDS).as_deref() != Some("off")
}

/// The switch.
#[component]
pub fn SoundsSwitch() -> Element {
    let app = use_app();
    let words = use_words();
    let mut on = use_signal(|| wanted(app));

    rsx! {
        label { class: "switch",
            input {
                r#type: "checkbox",
                role: "switch",
                checked: on(),
                onchange: move |_| {
                    on.toggle();
                    let value = if *on.peek() { None } else { Some("off") };
                    app.host().remember(Keep::Always, SOUNDS, value);
                },
            }
            span { {words.say("settings-sounds")} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::DisplayName;

    fn name() -> DisplayName {
        DisplayName::new("Luna").expect("a name")
    }

    #[test]
    fn each_event_has_its_sound_and_a_hand_comes_first() {
        for (news, sound) in [
            (vec![Event::Came(name())], Some(Sound::Came)),
            (vec![Event::Went(name())], Some(Sound::Went)),
            (vec![Event::Said(name())], Some(Sound::Said)),
            (vec![Event::Offered(name())], Some(Sound::Said)),
            (vec![Event::Shares(name())], None),
            (
                vec![Event::Came(name()), Event::Raised(name())],
                Some(Sound::Raised),
            ),
            (vec![], None),
        ] {
            assert_eq!(fitting(&mut Moves::default(), 0, &news), sound, "{news:?}");
        }
    }

    #[test]
    fn many_who_come_are_not_heard_until_it_is_quiet_again() {
        let mut moves = Moves::default();
        let mut come = |now| fitting(&mut moves, now, &[Event::Came(name())]).is_some();
        let heard: Vec<_> = (0..8).map(|second| come(second * 1000)).collect();
        assert_eq!(heard, [true, true, true, false, false, false, false, false]);
        assert!(come(60_000));
    }

    #[test]
    fn many_at_once_are_one_sound_at_most() {
        let news = vec![Event::Came(name()); 9];
        assert_eq!(fitting(&mut Moves::default(), 0, &news), Some(Sound::Came));
    }
}
