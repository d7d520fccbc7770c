//! What befalls several servers: they are killed, cut off from each other, and given up though they live.

use super::cluster::{Claim, Place};
use super::servers::Servers;
use super::world::{Happening, World};
use api::cluster::Packet;
use api::rooms::{Input, ServerId};
use std::time::Duration;
use wire::RoomId;

/// How long somebody waits at the door until it is known which server has the room, and how often it is looked.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(150);

impl World {
    /// A server wants a room, of which somebody waits at the door.
    pub(super) fn wants_room(&mut self, place: Place, room: RoomId) {
        let Servers::Many(_) = self.servers else {
            return self.load_rules(place, room);
        };
        let until = self.now + PATIENCE;
        let at = self.rng.within(self.weather.operation);
        self.after(at, Happening::Claim { place, room, until });
    }

    pub(super) fn claims(&mut self, place: Place, room: RoomId, until: Duration) {
        let now = self.now;
        let Servers::Many(cluster) = &mut self.servers else {
            return;
        };
        let claim = cluster.claim(now, place, &room, &mut self.rng);
        self.note(|| format!("server {}: claims the room: {claim:?}", place.server));
        if let Some(Claim::LaterWithout(other)) = claim {
            let notices = self.rng.millis(1_500);
            self.after(notices, Happening::Renamed(other));
        }
        match claim {
            None => {}
            Some(Claim::Ours) => self.load_rules(place, room),
            Some(Claim::Elsewhere(server)) => self.answer(place, Input::RoomElsewhere { room, server }),
            Some(Claim::Later | Claim::LaterWithout(_)) if self.now >= until => {
                self.answer(place, Input::RulesLoaded { room, rules: None });
            }
            Some(Claim::Later | Claim::LaterWithout(_)) => {
                self.after(LOOK, Happening::Claim { place, room, until });
            }
        }
    }

    pub(super) fn renamed(&mut self, place: Place) {
        self.note(|| format!("server {}: was given up", place.server));
        self.stats.given_up += 1;
        let now = self.now;
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.renamed(now, place);
        }
        self.poll_servers();
    }

    /// A server has lost a room. Returns whether it still had it.
    pub(super) fn still_has(&mut self, place: Place, room: &RoomId) -> bool {
        let now = self.now;
        let Servers::Many(cluster) = &mut self.servers else {
            return true;
        };
        cluster.holds(place, room) || {
            cluster.lose(now, place, room);
            false
        }
    }

    pub(super) fn gives_back(&mut self, place: Place, room: &RoomId) {
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.release(place, room);
        }
    }

    /// Sends what the servers have for each other over a bus that is no better than the weather.
    pub(super) fn poll_bus(&mut self) {
        let now = self.now;
        let Servers::Many(cluster) = &mut self.servers else {
            return;
        };
        for (from, to, packet) in cluster.poll_packets(now) {
            if self.rng.chance(self.weather.bus_loss) {
                continue;
            }
            self.stats.packets += 1;
            let copies = 1 + u32::from(self.rng.chance(self.weather.bus_doubles));
            for _ in 0..copies {
                // Each takes its own time: one may overtake another.
                let latency = self.rng.within(self.weather.bus);
                let (to, packet) = (to.clone(), packet.clone());
                self.queue
                    .put(now + latency, Happening::Packet { from, to, packet });
            }
        }
    }

    pub(super) fn packet_comes(&mut self, from: usize, to: &ServerId, packet: &Packet) {
        let now = self.now;
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.packet(now, from, to, packet);
        }
        self.poll_servers();
    }

    pub(super) fn kill_server(&mut self, server: usize, down: Duration) {
        let now = self.now;
        let Servers::Many(cluster) = &mut self.servers else {
            return;
        };
        let sockets = cluster.kill(now, server);
        self.stats.kills += 1;
        for socket in sockets {
            self.breaks(socket);
        }
        self.after(down, Happening::ServerUp(server));
    }

    pub(super) fn server_up(&mut self, server: usize) {
        let now = self.now;
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.revive(now, server);
        }
    }

    /// The bus carries nothing for a while. Each server notices either change in its own time.
    pub(super) fn cut_bus(&mut self, time: Duration) {
        let Servers::Many(cluster) = &mut self.servers else {
            return;
        };
        cluster.set_carries(false);
        for server in 0..cluster.len() {
            let notices = self.rng.millis(500);
            self.after(
                notices,
                Happening::Bus {
                    server,
                    carries: false,
                },
            );
            let notices = time.max(notices) + self.rng.millis(1_000);
            self.after(
                notices,
                Happening::Bus {
                    server,
                    carries: true,
                },
            );
        }
        self.after(time, Happening::BusCarries);
    }

    pub(super) fn bus_carries(&mut self) {
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.set_carries(true);
        }
    }

    pub(super) fn server_notices_bus(&mut self, server: usize, carries: bool) {
        let now = self.now;
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.set_bus(now, server, carries);
        }
    }

    pub(super) fn part(&mut self, a: usize, b: usize, time: Duration) {
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.part(a, b, true);
            self.after(time, Happening::Joined(a, b));
        }
    }

    pub(super) fn joined_again(&mut self, a: usize, b: usize) {
        if let Servers::Many(cluster) = &mut self.servers {
            cluster.part(a, b, false);
        }
    }

    /// Whether nothing will happen any more but that servers tell each other that they live.
    pub(super) fn is_calm(&self) -> bool {
        let Servers::Many(cluster) = &self.servers else {
            return false;
        };
        cluster.is_quiet()
            && self
                .clients
                .iter()
                .all(|client| client.core.poll_timeout().is_none())
            && self.queue.all(|happening| {
                matches!(happening, Happening::Packet { packet, .. } if packet.frames.is_empty() && !packet.unknown)
            })
    }
}
