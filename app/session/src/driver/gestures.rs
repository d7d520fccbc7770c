//! Hands and signs: the person's own, and everybody's as they are shown.

use super::Driver;
use crate::{Platform, view::Sign};
use std::{rc::Rc, time::Duration};
use wire::{ClientMessage, MemberId, Reaction};

/// How long a sign is shown.
const SHOWN: Duration = Duration::from_secs(4);
/// Signs that are shown at once. When everybody claps, the eldest make room.
const SIGNS: usize = 32;

/// What is up and what is shown.
#[derive(Debug, Default)]
pub(super) struct Gestures {
    /// The person wants its hand to be up.
    pub raised: bool,
    /// Whose hands are up, the first one raised first.
    pub hands: Rc<Vec<MemberId>>,
    /// The signs of the moment, the eldest first.
    pub signs: Rc<Vec<Sign>>,
    /// When each of the signs ends.
    ends: Vec<Duration>,
    /// Signs ever shown.
    count: u64,
}

impl Gestures {
    /// The server says whose hands are up. It has the last word on the person's own as well.
    pub fn hands(&mut self, hands: Vec<MemberId>, me: Option<&MemberId>) {
        self.raised = me.is_some_and(|me| hands.contains(me));
        if *self.hands != hands {
            self.hands = Rc::new(hands);
        }
    }

    /// The server has let the person in, perhaps again. If any hands are up it says so next, else it says nothing.
    pub fn rejoined(&mut self) {
        self.hands = Rc::default();
    }

    /// Somebody shows a sign.
    pub fn show(&mut self, now: Duration, from: MemberId, reaction: Reaction) {
        self.count += 1;
        self.ends.push(now + SHOWN);
        let signs = Rc::make_mut(&mut self.signs);
        signs.push(Sign {
            key: self.count,
            from,
            reaction,
        });
        let over = signs.len().saturating_sub(SIGNS);
        signs.drain(..over);
        self.ends.drain(..over);
    }

    /// When the next sign ends.
    pub fn deadline(&self) -> Option<Duration> {
        self.ends.first().copied()
    }

    pub fn handle_timeout(&mut self, now: Duration) {
        let over = self.ends.iter().take_while(|end| **end <= now).count();
        if over > 0 {
            self.ends.drain(..over);
            Rc::make_mut(&mut self.signs).drain(..over);
        }
    }
}

impl<P: Platform> Driver<P> {
    /// The person raises its hand, or takes it down. Shown at once; the server's list follows.
    pub(super) fn raise_hand(&mut self, raised: bool) {
        if self.stay.is_inside() && self.gestures.raised != raised {
            self.gestures.raised = raised;
            self.send_hand();
        }
    }

    /// Says where the hand is, if the server listens.
    pub(super) fn send_hand(&self) {
        if !self.stay.is_asking() {
            let raised = self.gestures.raised;
            self.link.send(&ClientMessage::Hand { raised });
        }
    }

    pub(super) fn react(&self, reaction: Reaction) {
        if self.stay.is_inside() && !self.stay.is_asking() {
            self.link.send(&ClientMessage::React { reaction });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> MemberId {
        id.parse().expect("an id")
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_sign_is_shown_for_a_moment() {
        let mut gestures = Gestures::default();
        gestures.show(at(1), id("a"), Reaction::Clap);
        gestures.show(at(2), id("b"), Reaction::Clap);
        assert_eq!(gestures.deadline(), Some(at(5)));
        gestures.handle_timeout(at(5));
        let left: Vec<_> = gestures
            .signs
            .iter()
            .map(|sign| (sign.key, sign.from.as_str()))
            .collect();
        assert_eq!((left, gestures.deadline()), (vec![(2, "b")], Some(at(6))));
        gestures.handle_timeout(at(6));
        assert_eq!((gestures.signs.len(), gestures.deadline()), (0, None));
    }

    #[test]
    fn a_storm_of_signs_has_an_end() {
        let mut gestures = Gestures::default();
        for _ in 0..1_000 {
            gestures.show(at(1), id("a"), Reaction::Party);
        }
        assert_eq!((gestures.signs.len(), gestures.ends.len()), (SIGNS, SIGNS));
        assert_eq!(gestures.signs.last().map(|sign| sign.key), Some(1_000));
    }

    #[test]
    fn the_server_has_the_last_word_on_the_own_hand() {
        let mut gestures = Gestures {
            raised: true,
            ..Gestures::default()
        };
        gestures.hands(vec![id("b"), id("me")], Some(&id("me")));
        assert!(gestures.raised);
        gestures.hands(vec![id("b")], Some(&id("me")));
        assert!(!gestures.raised);
    }
}
