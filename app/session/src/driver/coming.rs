//! Into the room, and out of it again.

use super::{Driver, chat::Chat, gestures::Gestures, voices::Voices};
use crate::Platform;
use call::Input;
use wire::ClientMessage;

impl<P: Platform> Driver<P> {
    /// Goes into the room, or into it again, as soon as the link is open.
    pub(super) fn join(&mut self) {
        if !self.link.is_open() {
            return;
        }
        if let Some(message) = self.stay.join(self.media_state()) {
            self.link.send(&message);
        }
    }

    /// Leaves the room, if the person is in one or on the way into one.
    pub(super) fn leave(&mut self) {
        if self.stay.is_inside() {
            self.report();
            self.input(Input::Hangup);
        }
        if self.stay.is_asking() || self.stay.is_waiting() {
            // The server is about to let us in, or in again. The call does not know, so its hang-up says nothing.
            self.link.send(&ClientMessage::Leave);
        }
        self.clear();
    }

    /// Forgets what belongs to a stay, once what the call still wants is done.
    pub(super) fn clear(&mut self) {
        self.perform();
        self.screen.stop();
        self.recording = false;
        self.people.clear();
        self.voices = Voices::default();
        self.checkups.clear();
        self.reports.clear();
        self.load.clear();
        self.gestures = Gestures::default();
        self.chat = Chat::default();
        self.paging = None;
        self.files.clear();
        self.leave_house();
    }

    pub(super) fn link_lost(&mut self) {
        self.stay.link_lost();
        if self.stay.is_inside() {
            self.input(Input::SocketLost);
        }
    }
}
