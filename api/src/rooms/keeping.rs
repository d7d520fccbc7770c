//! The room's rules: told to everybody inside, and stored whenever they change.

use super::{
    Output, Rooms, Saved,
    room::{Room, Saving, Seat},
};
use std::{mem, sync::Arc};
use wire::{ErrorCode, RoomId, RoomRules, ServerMessage};

impl Rooms {
    /// Raises the rules' version and has them stored; everybody inside is told.
    pub(super) fn rules_changed(&mut self, id: &RoomId) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let Some(rules) = room.rules.as_mut() else { return };
        rules.version = rules.version.saturating_add(1);
        match room.saving {
            Saving::Done => self.save(id),
            Saving::Underway => room.saving = Saving::Outdated,
            Saving::Outdated => {}
        }
        self.tell_rules(id);
    }

    /// The store has the rules, or has not.
    pub(super) fn rules_saved(&mut self, id: &RoomId, outcome: Saved) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let outdated = mem::take(&mut room.saving) == Saving::Outdated;
        match outcome {
            Saved::Stored if outdated => self.save(id),
            Saved::Stored => {}
            Saved::Overtaken(theirs) => {
                tracing::warn!(room = %id, "another server has changed the rules; ours are void");
                room.rules = Some(*theirs);
                self.tell_rules(id);
                self.tell_hosts_not_done(id, "the room was changed elsewhere at the same time; look again");
            }
            Saved::Failed => {
                let why =
                    "the change holds, but could not be stored: a server that starts again will not know it";
                self.tell_hosts_not_done(id, why);
            }
        }
        self.drop_if_idle(id);
    }

    fn save(&mut self, id: &RoomId) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let Some(rules) = room.rules.clone() else { return };
        room.saving = Saving::Underway;
        self.outputs.push_back(Output::SaveRules {
            room: id.clone(),
            rules: Box::new(rules),
        });
    }

    /// Tells everybody inside what the rules are, and who is host.
    pub(super) fn tell_rules(&mut self, id: &RoomId) {
        let Some(room) = self.rooms.get(id) else { return };
        let (Some(message), sockets) = (rules_of(room), room.sockets().collect::<Vec<_>>()) else {
            return;
        };
        let message = Arc::new(message);
        for socket in sockets {
            self.send(socket, &message);
        }
    }

    fn tell_hosts_not_done(&mut self, id: &RoomId, why: &str) {
        let Some(room) = self.rooms.get(id) else { return };
        for host in room.hosts().filter_map(Seat::socket).collect::<Vec<_>>() {
            self.refuse(host, ErrorCode::NotDone, why.to_owned(), None);
        }
    }
}

/// What people inside are told of a room.
pub(super) fn rules_of(room: &Room) -> Option<ServerMessage> {
    let RoomRules {
        locked,
        waiting,
        passcode,
        history,
    } = room.rules.as_ref()?.public();
    Some(ServerMessage::Rules {
        locked,
        waiting,
        passcode,
        history,
        hosts: room.hosts().map(|seat| seat.id.clone()).collect(),
    })
}
