//! How far the load is lowered: down step by step while something is near its end, and up again with care.

use super::{Load, Strain};
use std::time::Duration;

/// How long a strain must last before the person is warned.
const WARN: Duration = Duration::from_secs(4);
/// How long it must last, after that and after each step, before the next step down.
const DOWN: Duration = Duration::from_secs(6);
/// How long all must be easy before a step up is tried, the first time and at most. Each try that failed doubles it.
const UP: (Duration, Duration) = (Duration::from_secs(16), Duration::from_secs(256));
/// A strain within this time after a step up says that the step was one too many.
const TRIAL: Duration = Duration::from_secs(20);
/// How long all must be easy before the warning goes, once nothing is lowered any more.
const CLEAR: Duration = Duration::from_secs(8);

/// What is lowered. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Rung {
    /// Nothing.
    #[default]
    All,
    /// The others are asked for smaller pictures. On most lines both ways share one medium, and to unpack a picture is work.
    TheirsHalf,
    /// They are asked for small ones.
    TheirsSmall,
    /// The own picture is sent smaller.
    OwnHalf,
    /// It is sent small.
    OwnSmall,
    /// The voice is sent with less.
    Sound,
}

impl Rung {
    /// All of them, from the top down.
    pub const ALL: [Rung; 6] = [
        Self::All,
        Self::TheirsHalf,
        Self::TheirsSmall,
        Self::OwnHalf,
        Self::OwnSmall,
        Self::Sound,
    ];

    fn below(self) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| *rung > self)
    }

    fn above(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|rung| *rung < self)
    }
}

/// Follows the load.
#[derive(Debug, Default)]
pub struct Ladder {
    rung: Rung,
    warning: Option<Strain>,
    /// Something has been near its end since then.
    strained: Option<Duration>,
    /// All has been easy since then.
    easy: Option<Duration>,
    /// The last step down, and the last step up.
    down: Option<Duration>,
    up: Option<Duration>,
    /// Tries to go up that failed in a row.
    failed: u32,
}

impl Ladder {
    /// How far the load is to be lowered.
    pub fn rung(&self) -> Rung {
        self.rung
    }

    /// What the person is to be warned of.
    pub fn warning(&self) -> Option<Strain> {
        self.warning
    }

    /// Takes in what a look has found.
    pub fn read(&mut self, now: Duration, load: Load) {
        match load {
            Load::Strained(strain) => self.strain(now, strain),
            Load::Even => {
                self.strained = None;
                self.easy = None;
            }
            Load::Easy => self.ease(now),
        }
    }

    fn strain(&mut self, now: Duration, strain: Strain) {
        self.easy = None;
        let since = *self.strained.get_or_insert(now);
        if now < since + WARN {
            return;
        }
        self.warning = Some(strain);
        if self.up.is_some_and(|up| now < up + TRIAL) {
            // The last step up was one too many: it is taken back at once, and not tried again so soon.
            self.failed += 1;
            self.step(now, self.rung.below());
        } else if now >= since.max(self.down.unwrap_or_default()) + DOWN {
            self.step(now, self.rung.below());
        }
    }

    fn ease(&mut self, now: Duration) {
        self.strained = None;
        let since = *self.easy.get_or_insert(now);
        if self.up.is_some_and(|up| now >= up + TRIAL) {
            self.up = None;
            self.failed = 0;
        }
        let (first, longest) = UP;
        let patience = first.saturating_mul(1 << self.failed.min(8)).min(longest);
        match self.rung.above() {
            Some(above) if now >= since + patience => {
                self.rung = above;
                self.up = Some(now);
                self.easy = Some(now);
            }
            Some(_) => {}
            None if now >= since + CLEAR => self.warning = None,
            None => {}
        }
    }

    fn step(&mut self, now: Duration, below: Option<Rung>) {
        self.up = None;
        if let Some(below) = below {
            self.rung = below;
            self.down = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks every two seconds, and returns after each look the rung and the warning.
    fn course(ladder: &mut Ladder, from: u64, looks: usize, load: Load) -> Vec<(Rung, Option<Strain>)> {
        (0..looks as u64)
            .map(|nth| {
                ladder.read(Duration::from_secs(from + 2 * nth), load);
                (ladder.rung(), ladder.warning())
            })
            .collect()
    }

    const FULL: Load = Load::Strained(Strain::Uplink);

    #[test]
    fn one_is_warned_first_and_then_the_others_pictures_are_lowered_before_the_own_and_the_sound_last() {
        let mut ladder = Ladder::default();
        let course = course(&mut ladder, 0, 24, FULL);
        let warned = course.iter().position(|(_, warning)| warning.is_some());
        let lowered = course.iter().position(|(rung, _)| *rung > Rung::All);
        assert_eq!((warned, lowered), (Some(2), Some(3)), "4 s, and 6 s");
        let mut rungs: Vec<_> = course.into_iter().map(|(rung, _)| rung).collect();
        rungs.dedup();
        assert_eq!(rungs, Rung::ALL);
        assert!(Rung::TheirsSmall < Rung::OwnHalf && Rung::OwnSmall < Rung::Sound);
    }

    #[test]
    fn a_moment_of_strain_changes_nothing() {
        let mut ladder = Ladder::default();
        for second in (0..100).step_by(10) {
            ladder.read(Duration::from_secs(second), FULL);
            ladder.read(Duration::from_secs(second + 2), FULL);
            ladder.read(Duration::from_secs(second + 4), Load::Even);
        }
        assert_eq!((ladder.rung(), ladder.warning()), (Rung::All, None));
    }

    #[test]
    fn what_is_neither_full_nor_easy_holds_the_rung() {
        let mut ladder = Ladder::default();
        course(&mut ladder, 0, 5, FULL);
        let rung = ladder.rung();
        assert!(rung > Rung::All);
        let held = course(&mut ladder, 10, 100, Load::Even);
        assert!(held.iter().all(|now| *now == (rung, Some(Strain::Uplink))));
    }

    #[test]
    fn when_all_is_easy_everything_comes_back_and_the_warning_goes_last() {
        let mut ladder = Ladder::default();
        course(&mut ladder, 0, 24, FULL);
        assert_eq!(ladder.rung(), Rung::Sound);
        let course = course(&mut ladder, 48, 60, Load::Easy);
        let mut rungs: Vec<_> = course.iter().map(|(rung, _)| *rung).collect();
        rungs.dedup();
        let mut up = Rung::ALL;
        up.reverse();
        assert_eq!(rungs, up, "one step at a time");
        let top = course.iter().position(|(rung, _)| *rung == Rung::All);
        let clear = course.iter().position(|(_, warning)| warning.is_none());
        assert!(top.is_some() && clear > top, "{top:?}, {clear:?}");
    }

    #[test]
    fn a_step_up_that_was_one_too_many_is_taken_back_and_not_tried_again_so_soon() {
        let mut ladder = Ladder::default();
        let mut now = 0;
        let mut tries = Vec::new();
        // Above one rung down it is always too much.
        let mut before = Rung::All;
        while now < 2_000 {
            let load = if ladder.rung() < Rung::TheirsHalf {
                FULL
            } else {
                Load::Easy
            };
            ladder.read(Duration::from_secs(now), load);
            if ladder.rung() < before {
                tries.push(now);
            }
            before = ladder.rung();
            now += 2;
        }
        let rests: Vec<_> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(rests.len() >= 4, "{rests:?}");
        assert!(rests.windows(2).all(|pair| pair[0] <= pair[1]), "{rests:?}");
        assert!(rests.last() >= Some(&200), "{rests:?}");
    }
}
