//! What the call wants done.

use super::{Driver, reports::shows};
use crate::Platform;
use call::{Event, Operation, Output};

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
            } => {
                if let Operation::Create(..) = operation {
                    self.reports.ledger.create(&peer);
                } else if let Operation::Restart(..) = operation {
                    self.reports.ledger.restart();
                }
                self.connections.perform(peer, handshake, operation);
            }
            Output::Event(event) => {
                if let Event::Changed(member) = &event
                    && !member.away
                    && self.people.is_away(&member.id)
                {
                    self.load.rejoined(Some(&member.id));
                }
                self.note(&event);
                if let Event::Removed(id) = &event {
                    self.voices.forget(id);
                    self.checkups.forget(id);
                    self.load.forget(id);
                }
                self.people.apply(event);
            }
        }
    }

    /// Notes what it means for the report of the call.
    fn note(&mut self, event: &Event) {
        let now = self.io.platform.now();
        let ledger = &mut self.reports.ledger;
        match event {
            Event::Registered(member) => ledger.came(now, shows(member) && !self.load.hidden),
            Event::Restarted { peer } => ledger.given_up(now, peer),
            Event::Removed(peer) => ledger.gone(now, peer),
            Event::Changed(_) | Event::Connection { .. } => {}
        }
    }
}
