//! Performs the operations of every page on fakes, and lets two fakes find each other.

use super::Violation;
use super::fake::{Done, FakeId, FakePeerConnection, candidate, generation};
use super::world::{Happening, World};
use call::{ConnectionState, Description, Input, Operation, Role, Route};
use std::time::Duration;
use wire::{HandshakeId, IceCandidate, MemberId, Sdp};

impl World {
    /// Performs what a core wants done with a connection.
    pub(super) fn perform(
        &mut self,
        who: usize,
        peer: MemberId,
        handshake: HandshakeId,
        operation: Operation,
    ) -> Result<(), Violation> {
        self.note(|| {
            format!(
                "{who}: {} for {peer} under {handshake}",
                super::trace::operation(&operation)
            )
        });
        let key = (peer, handshake);
        let fake = self.clients[who].fakes.get(&key).copied();
        match (operation, fake) {
            (Operation::Create(role, route), None) => self.create(who, key, role, route),
            (Operation::Restart(next, role), Some(fake)) => self.restart(who, fake, key, next, role),
            (Operation::Create(..), Some(_)) => Err(wrong(who, &key, "it is created twice")),
            (Operation::Close, Some(fake)) => {
                self.clients[who].fakes.remove(&key);
                self.close(who, fake, key);
                Ok(())
            }
            (operation, Some(fake)) => {
                self.chain(fake, operation);
                Ok(())
            }
            (operation, None) => {
                let what = format!(
                    "{} where there is no connection",
                    super::trace::operation(&operation)
                );
                Err(wrong(who, &key, &what))
            }
        }
    }

    fn create(
        &mut self,
        who: usize,
        key: (MemberId, HandshakeId),
        role: Role,
        route: Route,
    ) -> Result<(), Violation> {
        let client = &mut self.clients[who];
        if !client.connections_to(&key.0).is_empty() {
            return Err(wrong(who, &key, "there is another live one to the same member"));
        }
        if !client.names.insert(key.clone()) {
            return Err(wrong(who, &key, "there was one of this name before"));
        }
        self.stats.connections += 1;
        let id = FakeId(self.stats.connections);
        client.fakes.insert(key.clone(), id);
        self.fakes
            .insert(id, FakePeerConnection::new(id, who, key.0, key.1, role));
        self.chain(id, Operation::Create(role, route));
        Ok(())
    }

    /// The connection goes by another name at once; what was asked of it before is still done before.
    fn restart(
        &mut self,
        who: usize,
        id: FakeId,
        key: (MemberId, HandshakeId),
        next: HandshakeId,
        role: Role,
    ) -> Result<(), Violation> {
        let client = &mut self.clients[who];
        client.fakes.remove(&key);
        let renamed = (key.0.clone(), next.clone());
        if !client.names.insert(renamed.clone()) {
            return Err(wrong(who, &renamed, "there was one of this name before"));
        }
        client.fakes.insert(renamed, id);
        if let Some(fake) = self.fakes.get_mut(&id) {
            fake.before
                .push(std::mem::replace(&mut fake.handshake, next.clone()));
        }
        self.stats.restarts += 1;
        self.chain(id, Operation::Restart(next, role));
        Ok(())
    }

    fn chain(&mut self, id: FakeId, operation: Operation) {
        let Some(fake) = self.fakes.get_mut(&id) else {
            return;
        };
        fake.chain.push_back(operation);
        if !std::mem::replace(&mut fake.busy, true) {
            let delay = self.rng.within(self.weather.operation);
            self.after(delay, Happening::Operation(id));
        }
    }

    pub(super) fn operation_done(&mut self, id: FakeId) -> Result<(), Violation> {
        let Some(fake) = self.fakes.get_mut(&id) else {
            return Ok(());
        };
        let Some(operation) = fake.chain.pop_front() else {
            return Ok(());
        };
        fake.busy = !fake.chain.is_empty();
        if fake.busy {
            let delay = self.rng.within(self.weather.operation);
            self.after(delay, Happening::Operation(id));
        }
        self.execute(id, operation)
    }

    fn execute(&mut self, id: FakeId, operation: Operation) -> Result<(), Violation> {
        let Some(fake) = self.fakes.get_mut(&id) else {
            return Ok(());
        };
        let who = fake.owner;
        let (peer, handshake) = (fake.peer.clone(), fake.handshake.clone());
        if fake.failed {
            return Ok(());
        }
        if matches!(operation, Operation::AddIceCandidate(_)) {
            // To be refused is of no consequence: nobody is told.
            if self.rng.chance(self.weather.refused_candidates) {
                return Ok(());
            }
        } else if self.rng.chance(self.weather.failing_operations)
            || std::mem::take(&mut self.clients[who].fails_next)
        {
            fake.failed = true;
            return self.feed(who, Input::OperationFailed { peer, handshake });
        }
        let sets_local = matches!(operation, Operation::SetLocalDescription(_));
        let done = fake.perform(operation)?;
        if sets_local {
            self.gather(id);
        }
        self.look_for_counterpart(id);
        let input = match done {
            Done::Offer(sdp) => Input::OfferCreated { peer, handshake, sdp },
            Done::Answer(sdp) => Input::AnswerCreated { peer, handshake, sdp },
            Done::Local => Input::LocalDescriptionSet { peer, handshake },
            Done::Remote => Input::RemoteDescriptionSet { peer, handshake },
            Done::Nothing => return Ok(()),
        };
        self.feed(who, input)
    }

    /// `icegatheringstate` is `gathering`: candidates are found one after another, some before the description is
    /// known to be saved.
    fn gather(&mut self, id: FakeId) {
        let generation = self.fakes.get(&id).map_or(0, |fake| fake.generation);
        let mut at = Duration::ZERO;
        for number in 0..=self.rng.below(self.weather.candidates) {
            at += self.rng.millis(150);
            self.after(
                at,
                Happening::Candidate(id, candidate(id, generation, Some(number))),
            );
        }
        self.after(at, Happening::Candidate(id, candidate(id, generation, None)));
    }

    pub(super) fn finds_candidate(&mut self, id: FakeId, candidate: IceCandidate) -> Result<(), Violation> {
        let Some(fake) = self.fakes.get(&id) else {
            return Ok(());
        };
        // One of an earlier generation was found for the attempt of that time.
        let handshake = fake.before.get(generation(&candidate)).unwrap_or(&fake.handshake);
        let (who, peer, handshake) = (fake.owner, fake.peer.clone(), handshake.clone());
        self.feed(
            who,
            Input::LocalCandidate {
                peer,
                handshake,
                candidate,
            },
        )
    }

    /// Two that have saved each other's description, and have heard a candidate each, are connected before long.
    fn look_for_counterpart(&mut self, id: FakeId) {
        let Some(fake) = self.fakes.get_mut(&id) else {
            return;
        };
        if fake.has_both() && !std::mem::replace(&mut fake.trying, true) {
            let patience = Duration::from_secs(15) + self.rng.millis(15_000);
            self.queue
                .put(self.now, Happening::State(id, ConnectionState::Connecting));
            self.queue.put(self.now + patience, Happening::GiveUp(id));
        }
        let Some(fake) = self.fakes.get(&id) else { return };
        let Some(other) = fake.counterpart().and_then(|other| self.fakes.get(&other)) else {
            return;
        };
        let ready = fake.is_paired_with(other) && fake.heard > 0 && other.heard > 0;
        if !ready || fake.met || fake.broken || other.broken {
            return;
        }
        for end in [id, other.id] {
            let delay = self.rng.within(self.weather.connecting);
            self.after(delay, Happening::State(end, ConnectionState::Connected));
            if let Some(fake) = self.fakes.get_mut(&end) {
                fake.met = true;
            }
        }
    }

    pub(super) fn state_changes(&mut self, id: FakeId, state: ConnectionState) -> Result<(), Violation> {
        let Some(fake) = self.fakes.get_mut(&id) else {
            return Ok(());
        };
        let is_over = fake.connection == ConnectionState::Failed;
        let cannot = state == ConnectionState::Connected && (fake.broken || !fake.met);
        let is_late = state == ConnectionState::Connecting && fake.connection != ConnectionState::New;
        if is_over || cannot || is_late {
            return Ok(());
        }
        fake.connection = state;
        let (who, peer, handshake) = (fake.owner, fake.peer.clone(), fake.handshake.clone());
        self.feed(
            who,
            Input::ConnectionStateChanged {
                peer,
                handshake,
                state,
            },
        )
    }

    /// ICE fails when no pair of candidates works. Where there is no candidate at all, it may try for ever.
    pub(super) fn gives_up(&mut self, id: FakeId) {
        let Some(fake) = self.fakes.get(&id) else { return };
        let tells = fake.heard > 0 || self.weather.notices_death;
        if fake.connection != ConnectionState::Connected && tells {
            self.queue
                .put(self.now, Happening::State(id, ConnectionState::Failed));
        }
    }

    /// A core closes a connection. What was under way in it may still come back, as on real platforms it does when
    /// two tasks cross.
    fn close(&mut self, who: usize, id: FakeId, key: (MemberId, HandshakeId)) {
        self.vanishes(id);
        if self.rng.chance(self.weather.late_results) {
            let life = self.clients[who].life;
            let input = self.late(key);
            let delay = self.rng.within(self.weather.operation);
            self.after(delay, Happening::Late { who, life, input });
        }
    }

    /// A connection is gone, by being closed or with its page.
    pub(super) fn vanishes(&mut self, id: FakeId) {
        let Some(fake) = self.fakes.remove(&id) else {
            return;
        };
        let Some(other) = fake.counterpart().filter(|_| self.weather.notices_death) else {
            return;
        };
        let holds_it = self
            .fakes
            .get(&other)
            .is_some_and(|other| other.counterpart() == Some(id));
        if holds_it {
            let first = Duration::from_secs(3) + self.rng.millis(4_000);
            let then = first + self.rng.millis(25_000);
            self.after(first, Happening::State(other, ConnectionState::Disconnected));
            self.after(then, Happening::State(other, ConnectionState::Failed));
            if let Some(other) = self.fakes.get_mut(&other) {
                other.broken = true;
            }
        }
    }

    fn late(&mut self, (peer, handshake): (MemberId, HandshakeId)) -> Input {
        let sdp = Sdp::try_from("late 0".to_owned()).expect("a few bytes");
        match self.rng.below(7) {
            0 => Input::OfferCreated { peer, handshake, sdp },
            1 => Input::AnswerCreated { peer, handshake, sdp },
            2 => Input::LocalDescriptionSet { peer, handshake },
            3 => Input::RemoteDescriptionSet { peer, handshake },
            4 => Input::LocalCandidate {
                peer,
                handshake,
                candidate: candidate(FakeId(0), 0, Some(0)),
            },
            5 => Input::ConnectionStateChanged {
                peer,
                handshake,
                state: self
                    .rng
                    .pick(&[ConnectionState::Connected, ConnectionState::Failed]),
            },
            _ => Input::OperationFailed { peer, handshake },
        }
    }
}

/// Which description an operation saves, for the trace.
pub(super) fn kind(description: &Description) -> &'static str {
    match description {
        Description::Offer(_) => "offer",
        Description::Answer(_) => "answer",
    }
}

fn wrong(who: usize, (peer, handshake): &(MemberId, HandshakeId), what: &str) -> Violation {
    Violation::new(format!(
        "person {who}, connection to {peer} under {handshake}: {what}"
    ))
}
