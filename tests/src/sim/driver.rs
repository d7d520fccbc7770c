//! What a driver does around the core: a model of `session`'s, which performs the same on real platforms.

use super::Violation;
use super::world::{Happening, World};
use call::{Input, Output};
use wire::{ClientMessage, ErrorCode, ServerMessage};

impl World {
    /// Takes in what the server says.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is for the call is named where it becomes an input"
    )]
    pub(super) fn take_in(&mut self, who: usize, message: &ServerMessage) -> Result<(), Violation> {
        self.note(|| format!("{who}: hears {}", super::trace::heard(message)));
        let input = match message.clone() {
            ServerMessage::Joined {
                member,
                resume,
                resumed,
                members,
                ..
            } => {
                let client = &mut self.clients[who];
                client.asked = client.asked.saturating_sub(1);
                if !client.wanted || client.asked > 0 {
                    // It answers a join of an earlier stay.
                    return Ok(());
                }
                client.entered = true;
                client.keep = true;
                client.me = Some(member.clone());
                client.token = Some(resume);
                self.feed(
                    who,
                    Input::Joined {
                        me: member,
                        resumed,
                        members,
                    },
                )?;
                self.say_again(who);
                return Ok(());
            }
            ServerMessage::History { messages, .. } => {
                for message in messages {
                    self.shows(who, message);
                }
                return Ok(());
            }
            ServerMessage::Chat { message, nonce } => {
                if let Some(nonce) = nonce {
                    self.clients[who].unheard.remove(&nonce);
                    self.clients[who].heard.insert(nonce);
                }
                self.shows(who, message);
                return Ok(());
            }
            ServerMessage::Error { code, nonce, .. } => {
                if let (ErrorCode::NotStored, Some(nonce)) = (code, nonce)
                    && let Some(text) = self.clients[who].unheard.get(&nonce).cloned()
                {
                    self.say_to_server(who, ClientMessage::Chat { text, nonce });
                }
                if code == ErrorCode::Unavailable && self.clients[who].asked > 0 {
                    self.clients[who].asked -= 1;
                    let (life, soon) = (self.clients[who].life, self.rng.millis(2_000));
                    self.after(soon, Happening::AskAgain { who, life });
                }
                return Ok(());
            }
            message => match Input::try_from(message) {
                Ok(input) => input,
                // It is not about connections.
                Err(_) => return Ok(()),
            },
        };
        self.feed(who, input)
    }

    /// Does what the core wants done, in its order.
    pub(super) fn poll_core(&mut self, who: usize) -> Result<(), Violation> {
        while let Some(output) = self.clients[who].core.poll_output() {
            match output {
                Output::Send(message) => self.core_says(who, message)?,
                Output::Peer {
                    peer,
                    handshake,
                    operation,
                } => self.perform(who, peer, handshake, operation)?,
                Output::Event(event) => {
                    self.note(|| format!("{who}: sees {event:?}"));
                    let seen = self.clients[who].view.take(event);
                    seen.map_err(|violation| violation.of(who))?;
                }
            }
        }
        Ok(())
    }

    fn core_says(&mut self, who: usize, message: ClientMessage) -> Result<(), Violation> {
        if let ClientMessage::Offer { to, handshake, .. } = &message {
            let Some(me) = self.clients[who].me.clone() else {
                return Err(Violation::new(format!("person {who} offers, and is nobody")));
            };
            if handshake.by != *to {
                return Err(Violation::new(format!(
                    "person {who} offers to {to} under {handshake}, which {to} did not make"
                )));
            }
            if let Some(before) = self.offers.insert(handshake.clone(), me.clone()) {
                return Err(Violation::new(format!(
                    "{me} offers under {handshake}, under which {before} has offered"
                )));
            }
        }
        self.say_to_server(who, message);
        Ok(())
    }

    /// What was said before the socket broke and never came back is said again, under the same nonce.
    fn say_again(&mut self, who: usize) {
        for (nonce, text) in self.clients[who].unheard.clone() {
            self.say_to_server(who, ClientMessage::Chat { text, nonce });
        }
    }

    fn shows(&mut self, who: usize, message: wire::ChatMessage) {
        self.clients[who].shown.insert(message.id.clone(), message);
    }
}
