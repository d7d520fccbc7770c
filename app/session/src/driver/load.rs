//! Asks for no more than is seen, and sends no more than is wanted and can be carried. What that is says [`crate::load`].

use super::Driver;
use crate::{
    Platform,
    load::{Ladder, Load as Found, Wish, encoding, wish::Terms},
    platform::{Feed, Keep, MediaStreamTrack, Slot},
    view,
};
use std::time::Duration;
use wire::{ClientMessage, MemberId, Want};

/// Holds whether the person saves data.
const SAVER: &str = "tsukiyo.saver";

/// What is asked of the others, and what they ask for.
#[derive(Debug, Default)]
pub(super) struct Load {
    ladder: Ladder,
    /// Few, and looked through: a map of them would weigh on every first visit of the web page.
    others: Vec<Other>,
    saver: bool,
    /// Nobody looks at the page.
    pub hidden: bool,
    /// The room is shown in a window of its own, which is looked at when the page is not.
    apart: bool,
    /// How high the camera's picture is, and of which opening.
    height: Option<(u64, Option<u32>)>,
    /// When something else is to be asked for.
    pub due: Option<Duration>,
}

/// What one of the others is asked for, and asks for.
#[derive(Debug)]
struct Other {
    id: MemberId,
    wish: Wish,
    /// What it wants of the person.
    wanted: Want,
}

impl Load {
    pub fn new<P: Platform>(platform: &P) -> Self {
        Self {
            saver: platform.recall(Keep::Always, SAVER).is_some(),
            ..Self::default()
        }
    }

    pub fn view(&self) -> view::Load {
        view::Load {
            warning: self.ladder.warning(),
            rung: self.ladder.rung(),
            saver: self.saver,
        }
    }

    /// What of somebody's pictures is asked for.
    pub fn asked(&self, id: &MemberId) -> Want {
        let other = self.others.iter().find(|other| other.id == *id);
        other.map(|other| other.wish.told()).unwrap_or_default()
    }

    /// Somebody wants this of the person.
    pub fn wanted(&mut self, from: MemberId, want: Want) {
        self.other(&from).wanted = want;
    }

    pub fn forget(&mut self, id: &MemberId) {
        self.others.retain(|other| other.id != *id);
    }

    /// The others may not have heard what they were told: one of them, or all.
    pub fn rejoined(&mut self, who: Option<&MemberId>) {
        for other in &mut self.others {
            if who.is_none_or(|who| *who == other.id) {
                other.wish.forgotten();
            }
        }
    }

    /// There is no call any more.
    pub fn clear(&mut self) {
        *self = Self {
            saver: self.saver,
            hidden: self.hidden,
            ..Self::default()
        };
    }

    /// The entry of somebody, which is made if there is none.
    #[inline(never)]
    fn other(&mut self, id: &MemberId) -> &mut Other {
        if let Some(place) = self.others.iter().position(|other| other.id == *id) {
            return &mut self.others[place];
        }
        self.others.insert(
            0,
            Other {
                id: id.clone(),
                wish: Wish::default(),
                wanted: Want::default(),
            },
        );
        &mut self.others[0]
    }

    fn terms(&self, recording: bool) -> Terms {
        Terms {
            hidden: self.hidden,
            all: recording || self.apart,
            saver: self.saver,
            rung: self.ladder.rung(),
        }
    }
}

impl<P: Platform> Driver<P> {
    /// A picture of somebody is drawn this high, in pixels; 0 where it is not in sight, `None` where it is not drawn.
    ///
    /// Like all that follows it is a matter of the room, with which it is loaded on the web (`dc.sh`).
    #[inline(never)]
    pub(super) fn watch(&mut self, of: MemberId, feed: Feed, height: Option<u32>) {
        if self.people.view().iter().any(|person| person.id == of) {
            self.load.other(&of).wish.see(feed, height);
        }
    }

    #[inline(never)]
    pub(super) fn save_data(&mut self, on: bool) {
        self.load.saver = on;
        let value = on.then_some("on");
        self.io.platform.remember(Keep::Always, SAVER, value);
    }

    /// The room is shown in a window of its own, or no longer.
    #[inline(never)]
    pub(super) fn show_apart(&mut self, on: bool) {
        self.load.apart = on;
    }

    /// Says what is wanted of the others, and sets the senders to what they want.
    #[inline(never)]
    pub(super) fn adapt(&mut self) {
        let now = self.io.platform.now();
        let terms = self.load.terms(self.recording);
        self.load.due = None;
        // What is said while the server does not listen is lost; it is said again after a join.
        if !self.stay.is_asking() {
            for person in self.people.view().iter() {
                let wish = &mut self.load.other(&person.id).wish;
                if let Some(want) = wish.poll(now, terms) {
                    let to = person.id.clone();
                    self.link.send(&ClientMessage::Want { to, want });
                }
                let due = wish.deadline(now, terms);
                self.load.due = self.load.due.into_iter().chain(due).min();
            }
        }
        let height = self.camera_height();
        let load = &self.load;
        self.connections.encode(|peer, slot: Slot| {
            let other = load.others.iter().find(|other| other.id == *peer);
            let want = other.map(|other| other.wanted).unwrap_or_default();
            encoding(slot, want, terms.rung, terms.saver, height)
        });
    }

    /// Takes in what a look at the connections has found.
    pub(super) fn weigh(&mut self, now: Duration) {
        let load = Found::of(self.checkups.settled());
        self.load.ladder.read(now, load);
        // A telephone that is turned has another picture.
        self.load.height = None;
    }

    fn camera_height(&mut self) -> Option<u32> {
        let [_, camera] = self.media.tracks();
        let (number, track) = camera?;
        let known = self.load.height.filter(|(of, _)| *of == number);
        let (_, height) = known.unwrap_or_else(|| (number, track.height()));
        self.load.height = Some((number, height));
        height
    }
}
