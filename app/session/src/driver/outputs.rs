//! What the call wants done.

use super::Driver;
use crate::Platform;
use call::{Event, Output};

impl<P: Platform> Driver<P> {
    /// Performs what the call wants, in its order.
    pub(super) fn perform(&mut self) {
        while let Some(output) = self.call.poll_output() {
            self.carry_out(output);
        }
    }

    /// A call wants nothing before a room: this begins a chunk of the web build (`dc.sh`), so it must stay a function.
    #[inline(never)]
    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send(message) => {
                self.link.send(&message);
            }
            Output::Peer {
                peer,
                handshake,
                operation,
            } => self.connections.perform(peer, handshake, operation),
            Output::Event(event) => {
                if let Event::Changed(member) = &event
                    && !member.away
                    && self.people.is_away(&member.id)
                {
                    self.load.rejoined(Some(&member.id));
                }
                if let Event::Removed(id) = &event {
                    self.voices.forget(id);
                    self.checkups.forget(id);
                    self.load.forget(id);
                }
                self.people.apply(event);
            }
        }
    }
}
