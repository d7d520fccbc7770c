//! What members tell of how their calls go.

use super::{Output, Rooms, SocketId};
use std::time::Duration;
use wire::{CallReport, ErrorCode};

impl Rooms {
    /// Hands on a member's report for the figures, without saying whose it is. Each is bounded in itself (`wire::report`); here
    /// it is bounded how many a member may give, so that a lie is worth little.
    pub(super) fn report(&mut self, now: Duration, socket: SocketId, report: CallReport) {
        if !self.settings.reports {
            let why = "this server takes no reports of calls".to_owned();
            return self.refuse(socket, ErrorCode::NotWanted, why, None);
        }
        if self.place(socket).is_none() {
            return self.not_in_room(socket, None);
        }
        let limit = self.settings.limits.reports;
        let Some(state) = self.listening(socket) else {
            return;
        };
        if state.reports.take(now, limit) {
            return self.outputs.push_back(Output::Report { report });
        }
        let why = "too many reports in too short a time; one a minute will do".to_owned();
        self.refuse(socket, ErrorCode::TooFast, why, None);
        self.lose_patience(now, socket);
    }
}
