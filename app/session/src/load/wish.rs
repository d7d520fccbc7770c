//! What is asked of another person: which of its pictures are seen here, and how large.

use super::Rung;
use crate::platform::Feed;
use std::time::Duration;
use wire::{Height, Want};

/// Heights that are asked for, in pixels. A tile is mostly between two of them, and gets the larger.
const STEPS: [u32; 6] = [90, 180, 270, 360, 540, 720];
/// A tile may be this much larger than what comes before more is asked for, so that one pixel more or less changes nothing.
const SLACK: f64 = 1.08;
/// How long something must be smaller, or hidden, before less is asked for. A picture that is wanted back is asked for at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// The rest between two wishes to the same person.
const REST: Duration = Duration::from_millis(500);
/// What is asked for at most on each rung of the ladder, beginning with the second.
const LOWERED: [u32; 2] = [270, 180];
/// What the data saver asks for at most.
const SAVED: u32 = 180;

/// How the pictures of a person are seen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// How high the tile of its face is, in pixels; 0 where it is not in sight, `None` before it is drawn.
    pub face: Option<u32>,
    /// The same of its shared screen.
    pub screen: Option<u32>,
}

/// What is asked of one person, over time.
#[derive(Debug, Default)]
pub struct Wish {
    seen: Seen,
    /// What the other was told last. It takes everything to be wanted before.
    told: Want,
    told_at: Option<Duration>,
    /// It may not have heard that.
    unsure: bool,
    /// Less than that has been enough since then.
    less: Option<Duration>,
}

/// What besides the tiles decides what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Nobody looks at the page, and nothing of it is shown or recorded elsewhere.
    pub hidden: bool,
    /// All is to come in full, seen or not: it is recorded, or shown elsewhere.
    pub all: bool,
    /// The person saves data.
    pub saver: bool,
    /// How far the load is to be lowered.
    pub rung: Rung,
}

impl Wish {
    /// A tile of the person is drawn, drawn at another size, or out of sight.
    pub fn see(&mut self, feed: Feed, height: Option<u32>) {
        match feed {
            Feed::Person => self.seen.face = height,
            Feed::Screen => self.seen.screen = height,
        }
    }

    /// The other may not have heard what it was told, and is told again.
    pub fn forgotten(&mut self) {
        self.unsure = true;
    }

    /// What of the person is asked for at the moment; what it was told is what it goes by.
    pub fn told(&self) -> Want {
        self.told
    }

    /// Returns what the other is to be told now, if anything.
    pub fn poll(&mut self, now: Duration, terms: Terms) -> Option<Want> {
        let want = want(self.seen, terms, self.told);
        if want == self.told && !self.unsure {
            self.less = None;
            return None;
        }
        if now < self.due(now, want) {
            return None;
        }
        self.less = None;
        self.unsure = false;
        self.told = want;
        self.told_at = Some(now);
        Some(want)
    }

    /// When [`Wish::poll`] is to be asked again, if it said nothing though something else is wanted.
    pub fn deadline(&mut self, now: Duration, terms: Terms) -> Option<Duration> {
        let want = want(self.seen, terms, self.told);
        (want != self.told || self.unsure).then(|| self.due(now, want))
    }

    fn due(&mut self, now: Duration, want: Want) -> Duration {
        let rested = self.told_at.map_or(Duration::ZERO, |at| at + REST);
        if self.unsure || want.camera > self.told.camera || want.screen > self.told.screen {
            return rested;
        }
        rested.max(*self.less.get_or_insert(now) + PATIENCE)
    }
}

/// What is wanted, of someone who was told `told`.
fn want(seen: Seen, terms: Terms, told: Want) -> Want {
    if terms.all {
        return Want::default();
    }
    let hidden = |height: Option<u32>| terms.hidden || height == Some(0);
    let camera = match seen.face {
        face if hidden(face) => Height::NONE,
        face => lowered(
            face.map_or(Height::FULL, |pixels| step(pixels, told.camera)),
            terms,
        ),
    };
    // Text is sharp or it is nothing: a screen is seen in full, or not.
    let screen = if hidden(seen.screen) {
        Height::NONE
    } else {
        Height::FULL
    };
    Want { camera, screen }
}

/// The step that is enough for a tile, or the one that comes already if that is nearly enough.
fn step(pixels: u32, told: Height) -> Height {
    let nearly = f64::from(pixels) <= f64::from(told.pixels()) * SLACK;
    let enough = STEPS.into_iter().find(|step| *step >= pixels).map(Height::of);
    let enough = enough.unwrap_or(Height::FULL);
    if nearly && enough > told { told } else { enough }
}

fn lowered(height: Height, terms: Terms) -> Height {
    let rung = match terms.rung {
        Rung::All => Height::FULL,
        Rung::TheirsHalf => Height::of(LOWERED[0]),
        Rung::TheirsSmall | Rung::OwnHalf | Rung::OwnSmall | Rung::Sound => Height::of(LOWERED[1]),
    };
    let saver = if terms.saver {
        Height::of(SAVED)
    } else {
        Height::FULL
    };
    height.min(rung).min(saver)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn camera(pixels: u32) -> Want {
        Want {
            camera: Height::of(pixels),
            screen: Height::FULL,
        }
    }

    const NO_TERMS: Terms = Terms {
        hidden: false,
        all: false,
        saver: false,
        rung: Rung::All,
    };

    #[test]
    fn what_is_asked_for_follows_from_the_tile_and_the_terms() {
        let saver = Terms {
            saver: true,
            ..NO_TERMS
        };
        let hidden = Terms {
            hidden: true,
            ..NO_TERMS
        };
        let recorded = Terms { all: true, ..hidden };
        let rung = |rung| Terms { rung, ..NO_TERMS };
        for (face, terms, wanted) in [
            (None, NO_TERMS, 4_320),
            (Some(0), NO_TERMS, 0),
            (Some(1), NO_TERMS, 90),
            (Some(90), NO_TERMS, 90),
            (Some(91), NO_TERMS, 180),
            (Some(400), NO_TERMS, 540),
            (Some(721), NO_TERMS, 4_320),
            (Some(400), saver, 180),
            (Some(80), saver, 90),
            (None, saver, 180),
            (Some(400), rung(Rung::TheirsHalf), 270),
            (Some(400), rung(Rung::TheirsSmall), 180),
            (Some(400), rung(Rung::Sound), 180),
            (Some(400), hidden, 0),
            (Some(400), recorded, 4_320),
            (Some(0), recorded, 4_320),
        ] {
            let seen = Seen { face, screen: None };
            let got = want(seen, terms, camera(0));
            assert_eq!(got.camera.pixels(), wanted, "{face:?} under {terms:?}");
        }
    }

    #[test]
    fn a_shared_screen_comes_in_full_or_not_at_all() {
        for (screen, terms, wanted) in [
            (None, NO_TERMS, Height::FULL),
            (Some(60), NO_TERMS, Height::FULL),
            (
                Some(60),
                Terms {
                    saver: true,
                    rung: Rung::Sound,
                    ..NO_TERMS
                },
                Height::FULL,
            ),
            (Some(0), NO_TERMS, Height::NONE),
            (
                Some(900),
                Terms {
                    hidden: true,
                    ..NO_TERMS
                },
                Height::NONE,
            ),
        ] {
            let seen = Seen {
                face: Some(400),
                screen,
            };
            assert_eq!(
                want(seen, terms, Want::default()).screen,
                wanted,
                "{screen:?} under {terms:?}"
            );
        }
    }

    #[test]
    fn more_is_asked_for_at_once_and_less_after_a_while() {
        let mut wish = Wish::default();
        wish.see(Feed::Person, Some(170));
        assert_eq!(wish.poll(at(1_000), NO_TERMS), None);
        assert_eq!(wish.deadline(at(1_000), NO_TERMS), Some(at(3_000)));
        assert_eq!(wish.poll(at(2_900), NO_TERMS), None);
        assert_eq!(wish.poll(at(3_000), NO_TERMS), Some(camera(180)));
        assert_eq!(wish.poll(at(3_010), NO_TERMS), None, "it is said once");
        wish.see(Feed::Person, Some(700));
        assert_eq!(wish.poll(at(3_400), NO_TERMS), None, "not twice in half a second");
        assert_eq!(wish.deadline(at(3_400), NO_TERMS), Some(at(3_500)));
        assert_eq!(wish.poll(at(3_500), NO_TERMS), Some(camera(720)));
        assert_eq!(wish.deadline(at(3_500), NO_TERMS), None);
    }

    #[test]
    fn a_glance_away_is_no_reason_to_stop_a_picture() {
        let mut wish = Wish::default();
        let away = Terms {
            hidden: true,
            ..NO_TERMS
        };
        assert_eq!(wish.poll(at(0), away), None);
        assert_eq!(wish.poll(at(1_900), away), None);
        assert_eq!(wish.poll(at(1_950), NO_TERMS), None);
        assert_eq!(wish.poll(at(2_100), away), None, "it counts anew");
        assert_eq!(
            wish.poll(at(4_100), away).map(|want| want.camera),
            Some(Height::NONE)
        );
    }

    #[test]
    fn a_tile_that_grows_by_a_pixel_changes_nothing() {
        let mut wish = Wish::default();
        wish.see(Feed::Person, Some(180));
        wish.poll(at(0), NO_TERMS);
        assert_eq!(wish.poll(at(2_000), NO_TERMS), Some(camera(180)));
        wish.see(Feed::Person, Some(181));
        assert_eq!(wish.poll(at(9_000), NO_TERMS), None);
        wish.see(Feed::Person, Some(196));
        assert_eq!(wish.poll(at(9_000), NO_TERMS), Some(camera(270)));
    }

    #[test]
    fn one_who_may_not_have_heard_is_told_again_whatever_it_is() {
        let mut wish = Wish::default();
        wish.see(Feed::Person, Some(0));
        wish.poll(at(0), NO_TERMS);
        assert!(wish.poll(at(2_000), NO_TERMS).is_some());
        wish.forgotten();
        assert_eq!(wish.poll(at(2_100), NO_TERMS), None, "not twice in half a second");
        assert_eq!(
            wish.poll(at(2_500), NO_TERMS).map(|want| want.camera),
            Some(Height::NONE)
        );
        assert_eq!(wish.poll(at(9_000), NO_TERMS), None);
        wish.see(Feed::Person, None);
        assert_eq!(wish.poll(at(9_000), NO_TERMS), Some(Want::default()));
        wish.forgotten();
        assert_eq!(
            wish.poll(at(9_500), NO_TERMS),
            Some(Want::default()),
            "it may hold the one before"
        );
    }
}
