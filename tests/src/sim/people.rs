//! What people do.

use super::Violation;
use super::world::{Happening, World};
use call::{ConnectionState, Input};
use std::time::Duration;
use wire::{ChatText, ClientMessage};

impl World {
    pub(super) fn join(&mut self, who: usize) {
        if self.clients[who].wanted {
            return;
        }
        self.clients[who].wanted = true;
        if self.clients[who].open {
            self.ask_in(who);
        } else {
            self.connect_after(who, Duration::ZERO);
        }
    }

    /// By the button. The socket stays.
    pub(super) fn leave(&mut self, who: usize) -> Result<(), Violation> {
        let client = &mut self.clients[who];
        if !client.wanted {
            return Ok(());
        }
        client.wanted = false;
        client.token = None;
        client.keep = false;
        let asked = client.asked > 0;
        self.feed(who, Input::Hangup)?;
        if asked {
            // The server is letting us in at this moment, and the core does not know of it.
            self.say_to_server(who, ClientMessage::Leave);
        }
        let client = &mut self.clients[who];
        client.entered = false;
        client.me = None;
        if !client.view.members.is_empty() || !client.fakes.is_empty() {
            return Err(Violation::new(format!(
                "person {who} has hung up, and still there are {:?} and {:?}",
                client.view.members, client.fakes
            )));
        }
        client.view.clear();
        // What nobody acknowledged before a hang-up is the person's to say again.
        client.unheard.clear();
        client.shown.clear();
        Ok(())
    }

    /// The process is killed.
    pub(super) fn crash(&mut self, who: usize) {
        self.page_goes(who);
        let client = &mut self.clients[who];
        client.wanted = false;
        client.token = None;
    }

    /// The page is loaded anew, and enters the room by itself.
    pub(super) fn reload(&mut self, who: usize) {
        if !self.clients[who].wanted {
            return;
        }
        self.page_goes(who);
        let loading = self.rng.millis(400);
        self.connect_after(who, loading);
    }

    pub(super) fn mute(&mut self, who: usize, muted: bool) {
        let client = &mut self.clients[who];
        client.media.audio = !muted;
        let media = client.media;
        if client.entered || client.asked > 0 {
            self.say_to_server(who, ClientMessage::Media { media, order: 0 });
        }
    }

    pub(super) fn say(&mut self, who: usize) {
        if !self.clients[who].entered || !self.servers.store_chat() {
            return;
        }
        self.stats.said += 1;
        let nonce: wire::Nonce = format!("n{}", self.stats.said).parse().expect("a nonce");
        let text = ChatText::new(&format!("words {}", self.stats.said)).expect("a few words");
        self.clients[who].unheard.insert(nonce.clone(), text.clone());
        self.say_to_server(who, ClientMessage::Chat { text, nonce });
    }

    /// The path between two people breaks. Both notice, or only one of them; or it comes back after all.
    pub(super) fn break_connection(&mut self, a: usize, b: usize) {
        let Some(peer) = self.clients[b].me.clone() else {
            return;
        };
        let between: Vec<_> = (self.clients[a].connections_to(&peer).into_iter())
            .filter_map(|fake| Some([fake, self.fakes.get(&fake)?.counterpart()?]))
            .collect();
        if self.rng.chance(300) {
            return self.silence(a, b);
        }
        for ends in between.into_iter().take(1) {
            let comes_back = self.rng.chance(200);
            let one_sided = self.rng.chance(400);
            for (nth, end) in ends.into_iter().enumerate() {
                if nth == 1 && one_sided {
                    break;
                }
                let first = self.rng.millis(3_000);
                let then = first + self.rng.millis(20_000);
                self.after(first, Happening::State(end, ConnectionState::Disconnected));
                if comes_back {
                    self.after(then, Happening::State(end, ConnectionState::Connected));
                } else {
                    self.after(then, Happening::State(end, ConnectionState::Failed));
                }
            }
            if !comes_back {
                for end in ends {
                    if let Some(fake) = self.fakes.get_mut(&end) {
                        fake.broken = true;
                    }
                }
            }
        }
    }

    /// Nothing comes over a connection that goes on to say that it carries. One of the two notices, or both, once or again.
    fn silence(&mut self, a: usize, b: usize) {
        for (who, other) in [(a, b), (b, a), (a, b)] {
            let (true, Some(peer)) = (self.rng.chance(600), self.clients[other].me.clone()) else {
                continue;
            };
            let (life, delay) = (self.clients[who].life, self.rng.millis(15_000));
            let input = Input::Doubted { peer };
            self.after(delay, Happening::Late { who, life, input });
        }
    }

    fn page_goes(&mut self, who: usize) {
        self.client_closes(who);
        let mine: Vec<_> = self.clients[who].fakes.values().copied().collect();
        for fake in mine {
            self.vanishes(fake);
        }
        let make = self.make;
        self.clients[who].load_anew(make);
    }

    /// Step 1.
    pub(super) fn ask_in(&mut self, who: usize) {
        let join = self.clients[who].join();
        self.clients[who].asked += 1;
        self.say_to_server(who, join);
    }

    pub(super) fn connect_after(&mut self, who: usize, delay: Duration) {
        let life = self.clients[who].life;
        self.after(delay, Happening::Connect { who, life });
    }
}
