//! Who is speaking, from how loud everybody is.
//!
//! Voices pause between words, and people cough. So whoever spoke is held to speak for a moment longer, and the one in
//! front changes only for somebody who speaks on while the one before is silent or clearly quieter.

use super::{Driver, io::Happening};
use crate::Platform;
use std::{collections::BTreeMap, time::Duration};
use wire::MemberId;

/// How often voices are listened to. No divisor of a second: a sound that comes once a second, and is shorter than this,
/// would else fall between two readings every time.
const INTERVAL: Duration = Duration::from_millis(210);
/// From this level on (0 to 1, linear) it is a voice and not the noise of a room.
const VOICE: f32 = 0.02;
/// How long somebody counts as speaking after the last sound: longer than one pauses between two sentences, or the mark
/// would flicker.
const HOLD: Duration = Duration::from_millis(1200);
/// How long somebody must have spoken to come to the front while another speaks too.
const TURN: Duration = Duration::from_millis(1500);

/// Who is speaking.
#[derive(Debug, Default)]
pub(super) struct Voices {
    heard: BTreeMap<MemberId, Voice>,
    active: Option<MemberId>,
}

#[derive(Debug)]
struct Voice {
    since: Duration,
    last: Duration,
}

impl Voices {
    /// Takes in how loud everybody is at the moment.
    pub fn hear(&mut self, now: Duration, levels: impl Iterator<Item = (MemberId, f32)>) {
        for (id, _) in levels.filter(|(_, level)| *level >= VOICE) {
            let voice = self.heard.entry(id).or_insert(Voice {
                since: now,
                last: now,
            });
            voice.last = now;
        }
        self.heard.retain(|_, voice| now < voice.last + HOLD);
        self.active = self.next(now);
    }

    /// Somebody has left.
    pub fn forget(&mut self, id: &MemberId) {
        self.heard.remove(id);
        self.active = self.active.take().filter(|active| active != id);
    }

    pub fn is_speaking(&self, id: &MemberId) -> bool {
        self.heard.contains_key(id)
    }

    /// Who speaks, or spoke last.
    pub fn active(&self) -> Option<&MemberId> {
        self.active.as_ref()
    }

    fn next(&self, now: Duration) -> Option<MemberId> {
        let silent = self
            .active
            .as_ref()
            .is_none_or(|active| !self.is_speaking(active));
        // The one who has held the floor for longest among those who may take it.
        let mut others = self.heard.iter().filter(|(id, voice)| {
            Some(*id) != self.active.as_ref() && (silent || now >= voice.since + TURN && self.yields(voice))
        });
        let first = others.next();
        let longest = first.map(|first| others.fold(first, |a, b| if b.1.since < a.1.since { b } else { a }));
        longest.map(|(id, _)| id.clone()).or_else(|| self.active.clone())
    }

    /// Whether the one in front has paused while this other went on.
    fn yields(&self, other: &Voice) -> bool {
        let active = self.active.as_ref().and_then(|active| self.heard.get(active));
        active.is_none_or(|active| active.last < other.last)
    }
}

impl<P: Platform> Driver<P> {
    /// Takes in how loud everybody is.
    ///
    /// It begins a chunk of the web build (`dc.sh`), so it must stay a function.
    #[inline(never)]
    pub(super) fn listen(&mut self) {
        self.listening = false;
        self.voices
            .hear(self.io.platform.now(), self.connections.audio_levels());
        self.unheard.read(self.io.platform.now());
        let voices = &self.voices;
        self.people.hear(|id| voices.is_speaking(id));
    }

    /// Listens again after a while, if there is anybody.
    pub(super) fn listen_on(&mut self) {
        if self.listening || self.connections.is_empty() {
            return;
        }
        self.listening = true;
        let io = self.io.clone();
        self.io.spawn(async move {
            io.platform.sleep(INTERVAL).await;
            io.report(Happening::Listen);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> MemberId {
        name.parse().expect("an id")
    }

    /// Lets these people speak in an interval each; a letter for everybody who can be heard.
    fn after(intervals: &[&str]) -> (Voices, Duration) {
        let mut voices = Voices::default();
        let mut now = Duration::ZERO;
        for speaking in intervals {
            now += INTERVAL;
            let levels =
                ["a", "b", "c"].map(|name| (id(name), if speaking.contains(name) { 0.2 } else { 0.001 }));
            voices.hear(now, levels.into_iter());
        }
        (voices, now)
    }

    #[test]
    fn whoever_speaks_into_silence_comes_to_the_front_at_once() {
        let (voices, _) = after(&["", "b"]);
        assert_eq!(voices.active(), Some(&id("b")));
        assert!(voices.is_speaking(&id("b")) && !voices.is_speaking(&id("a")));
    }

    #[test]
    fn a_pause_between_words_is_no_silence() {
        let (voices, _) = after(&["a", "a", "", "", "", "", ""]);
        assert!(voices.is_speaking(&id("a")));
        let (voices, _) = after(&["a", "a", "", "", "", "", "", ""]);
        assert!(!voices.is_speaking(&id("a")));
        assert_eq!(voices.active(), Some(&id("a")), "who spoke last stays in front");
    }

    #[test]
    fn a_cough_takes_nobodys_turn() {
        let (voices, _) = after(&["a", "a", "ab", "a", "a"]);
        assert_eq!(voices.active(), Some(&id("a")));
    }

    #[test]
    fn who_goes_on_while_the_other_pauses_has_the_turn() {
        let (voices, _) = after(&["a", "ab", "ab", "ab", "ab", "ab", "ab", "ab", "ab", "b"]);
        assert_eq!(voices.active(), Some(&id("b")));
    }

    #[test]
    fn who_left_is_not_in_front() {
        let (mut voices, now) = after(&["ab", "ab"]);
        voices.forget(&id("a"));
        assert_eq!(voices.active(), None);
        voices.hear(now + INTERVAL, [(id("b"), 0.2)].into_iter());
        assert_eq!(voices.active(), Some(&id("b")));
    }
}
