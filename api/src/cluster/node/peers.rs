//! What is between this server and each of the others.

use super::{Node, Output};
use crate::{
    cluster::{
        SETTLE, SILENCE, UNHEARD,
        frame::Frame,
        link::{Link, Packet, Session, Taken},
    },
    rooms::ServerId,
};
use std::time::Duration;

impl Node {
    /// Another server says something. `None` is what can be no packet.
    pub fn handle_packet(&mut self, now: Duration, packet: Packet) {
        let from = packet.from.clone();
        if from == self.me {
            return;
        }
        self.silent.remove(&from);
        if packet.unknown {
            // Of an earlier session it says nothing new.
            if (self.links.get(&from)).is_some_and(|link| *link.session() == packet.session) {
                self.begin_anew(now, &from);
                self.sort(now);
            }
            return;
        }
        self.sessions = self.sessions.max(packet.session.number);
        let taken = match self.links.get_mut(&from) {
            Some(link) => link.take(now, packet),
            None => Taken::Frames(self.first(now, packet)),
        };
        let frames = match taken {
            Taken::Frames(frames) => frames,
            Taken::Newer(packet) => {
                self.begin_anew(now, &from);
                self.first(now, packet)
            }
        };
        for frame in frames {
            match Frame::decode(frame) {
                Some(frame) => self.frame(now, &from, frame),
                None => tracing::warn!(server = %from, "says what nobody understands"),
            }
        }
        self.sort(now);
    }

    /// Takes the first packet of a session, unless it is none or the session is one that was forgotten.
    fn first(&mut self, now: Duration, packet: Packet) -> Vec<bytes::Bytes> {
        let (from, session) = (packet.from.clone(), packet.session.clone());
        let forgotten = self
            .forgotten
            .get(&from)
            .is_some_and(|(before, _)| *before >= session);
        if packet.kept > 0 || forgotten {
            let unknown = Packet::unknown(self.me.clone(), session);
            self.replies.push((from, unknown));
            return Vec::new();
        }
        let mut link = Link::new(session, now);
        let taken = link.take(now, packet);
        self.links.insert(from, link);
        match taken {
            Taken::Frames(frames) => frames,
            Taken::Newer(_) => Vec::new(),
        }
    }

    /// The bus carries from now on, or does not.
    pub fn set_bus(&mut self, now: Duration, carries: bool) {
        if carries && !self.bus {
            // The others may have been cut off as well, and come back a little later.
            for link in self.links.values_mut() {
                link.excuse(now, now + SETTLE);
            }
        }
        self.bus = carries;
    }

    /// Says whether a server was heard a moment ago.
    pub fn hears(&self, now: Duration, server: &ServerId) -> bool {
        let link = self.links.get(server).filter(|link| link.is_known());
        link.is_some_and(|link| now < link.heard_at() + SILENCE)
    }

    /// Says whether a server was given up a moment ago and has not been heard since. After that it may be tried again: nobody
    /// who has nothing to do with us says anything by itself.
    pub fn is_silent(&self, now: Duration, server: &ServerId) -> bool {
        self.silent
            .get(server)
            .is_some_and(|since| now < *since + UNHEARD)
    }

    /// How long a server may be silent.
    pub(super) fn patience(&self, server: &ServerId, link: &Link) -> Duration {
        match (link.is_quiet() && !self.is_tied_to(server), link.is_known()) {
            (true, _) => SILENCE * 20,
            (false, true) => SILENCE,
            (false, false) => UNHEARD,
        }
    }

    pub(in crate::cluster) fn is_tied_to(&self, server: &ServerId) -> bool {
        self.ties.contains_key(server)
    }

    pub(in crate::cluster) fn tie(&mut self, now: Duration, server: &ServerId) {
        let ties = self.ties.entry(server.clone()).or_default();
        *ties += 1;
        if *ties == 1 {
            // Whoever has nothing to do with us need not have said anything for long.
            self.link(now, server).expect(now);
        }
    }

    pub(in crate::cluster) fn untie(&mut self, server: &ServerId) {
        if let Some(ties) = self.ties.get_mut(server) {
            *ties -= 1;
            if *ties == 0 {
                self.ties.remove(server);
            }
        }
    }

    /// Says something to another server.
    pub(in crate::cluster) fn tell(&mut self, now: Duration, server: &ServerId, frame: &Frame) {
        let frame = frame.encode();
        self.link(now, server).push(frame);
    }

    pub(super) fn link(&mut self, now: Duration, server: &ServerId) -> &mut Link {
        let (sessions, by) = (&mut self.sessions, &self.me);
        self.links.entry(server.clone()).or_insert_with(|| {
            *sessions += 1;
            let session = Session {
                number: *sessions,
                by: by.clone(),
            };
            Link::new(session, now)
        })
    }

    /// Another server has forgotten what was between us.
    fn begin_anew(&mut self, now: Duration, server: &ServerId) {
        tracing::info!(%server, tied = self.is_tied_to(server), "has forgotten us");
        self.give_up(now, server);
    }

    /// Does without another server: its clients are gone from our rooms, and ours from its.
    pub(super) fn give_up(&mut self, now: Duration, server: &ServerId) {
        if let Some(link) = self.links.remove(server) {
            self.forgotten.retain(|_, (_, at)| now < *at + SILENCE * 200);
            self.forgotten
                .insert(server.clone(), (link.session().clone(), now));
        }
        self.lose_guests_of(now, server);
        self.lose_relays_to(now, server);
        let asked = self.asked.iter().filter(|(_, asked)| *asked == server);
        for ask in asked.map(|(ask, _)| *ask).collect::<Vec<_>>() {
            self.forget_ask(ask);
            self.outputs.push_back(Output::Told { ask, info: None });
        }
    }
}
