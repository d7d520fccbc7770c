//! The link to the server: opened, watched, and opened again when it is lost.

use super::io::{Happening, Io};
use crate::{
    platform::{Exception, Platform, Socket, SocketEvent},
    view,
};
use std::time::Duration;
use wire::{ClientMessage, ServerMessage, routes::SUBPROTOCOL};

/// A link that was silent for this long is asked for a sign of life.
const SILENCE: Duration = Duration::from_secs(5);
/// A link that gives no sign of life for this long after it was asked is lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// An attempt that takes longer has failed.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The rest before the first attempt after a loss, and the longest of those that follow.
const REST: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// The link to the server.
pub(super) struct Link<P: Platform> {
    io: Io<P>,
    server: String,
    /// Tells the present socket from earlier ones, whose events are of no interest.
    number: u64,
    state: State<P::Socket>,
    rest: Duration,
    /// An attempt failed or a socket was lost, and none has been open since.
    lost: bool,
}

enum State<S> {
    Closed,
    Resting {
        until: Duration,
    },
    Connecting {
        until: Duration,
    },
    Open {
        socket: S,
        heard: Duration,
        asked: Option<Duration>,
    },
}

/// What came of an event.
pub(super) enum Heard {
    Nothing,
    Message(Box<ServerMessage>),
    Lost,
}

impl<P: Platform> Link<P> {
    pub fn new(io: Io<P>, server: String) -> Self {
        Self {
            io,
            server,
            number: 0,
            state: State::Closed,
            rest: REST.0,
            lost: false,
        }
    }

    /// Tries to reach the server now, unless it is reached.
    pub fn hurry(&mut self) {
        if matches!(self.state, State::Closed | State::Resting { .. }) {
            self.rest = REST.0;
            self.connect();
        }
    }

    /// Takes in the end of an attempt. Returns whether the link is open now.
    pub fn connected(&mut self, number: u64, result: Result<P::Socket, Exception>) -> bool {
        if number != self.number || !matches!(self.state, State::Connecting { .. }) {
            return false;
        }
        match result {
            Ok(socket) => {
                tracing::info!("link is open");
                self.lost = false;
                let heard = self.io.platform.now();
                self.state = State::Open {
                    socket,
                    heard,
                    asked: None,
                };
                true
            }
            Err(exception) => {
                tracing::info!(%exception, "server is not reached");
                self.rest();
                false
            }
        }
    }

    /// Takes in what happened on a socket.
    pub fn event(&mut self, of: u64, event: SocketEvent) -> Heard {
        let State::Open { heard, asked, .. } = &mut self.state else {
            return Heard::Nothing;
        };
        if of != self.number {
            return Heard::Nothing;
        }
        *heard = self.io.platform.now();
        *asked = None;
        match event {
            SocketEvent::Message(text) => {
                self.rest = REST.0;
                match ServerMessage::from_json(&text) {
                    Ok(message) => Heard::Message(Box::new(message)),
                    Err(error) => {
                        // A newer server may say what this client does not know.
                        tracing::warn!(%error, "message is not understood");
                        Heard::Nothing
                    }
                }
            }
            SocketEvent::Close { code } => {
                tracing::info!(code, "link is lost");
                self.rest();
                Heard::Lost
            }
        }
    }

    /// Says something. Returns `false`, and says nothing, while the link is not open.
    pub fn send(&self, message: &ClientMessage) -> bool {
        let State::Open { socket, .. } = &self.state else {
            return false;
        };
        match serde_json::to_string(message) {
            Ok(text) => {
                socket.send(text);
                true
            }
            Err(error) => {
                tracing::error!(%error, "message cannot be written");
                false
            }
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Closes the link for good.
    pub fn close(&mut self) {
        self.number += 1;
        self.state = State::Closed;
    }

    pub fn view(&self) -> view::Link {
        match (&self.state, self.lost) {
            (State::Open { .. }, _) => view::Link::Open,
            (_, true) => view::Link::Lost,
            (_, false) => view::Link::Connecting,
        }
    }

    /// When [`Link::handle_timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Duration> {
        match &self.state {
            State::Closed => None,
            State::Resting { until } | State::Connecting { until } => Some(*until),
            State::Open {
                asked: Some(asked), ..
            } => Some(*asked + PATIENCE),
            State::Open { heard, .. } => Some(*heard + SILENCE),
        }
    }

    /// Does what is due. Returns `true` when the link turns out to be lost.
    pub fn handle_timeout(&mut self, now: Duration) -> bool {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return false;
        }
        match &mut self.state {
            State::Closed => false,
            State::Resting { .. } => {
                self.connect();
                false
            }
            State::Connecting { .. } => {
                tracing::info!("server does not answer");
                self.rest();
                false
            }
            State::Open { asked: Some(_), .. } => {
                tracing::info!("link is silent, so it is lost");
                self.rest();
                true
            }
            // Whoever slept for an hour must first be given the chance to hear what has come meanwhile: so the answer
            // has its time from here on, however long the silence was.
            State::Open { asked, .. } => {
                *asked = Some(now);
                self.send(&ClientMessage::Ping);
                false
            }
        }
    }

    fn connect(&mut self) {
        self.number += 1;
        let number = self.number;
        self.state = State::Connecting {
            until: self.io.platform.now() + ATTEMPT,
        };
        let io = self.io.clone();
        let server = self.server.clone();
        let events = io.events(move |event| Happening::Socket(number, event));
        self.io.spawn(async move {
            let result = io.platform.connect(&server, SUBPROTOCOL, events).await;
            io.report(Happening::Connected(number, result));
        });
    }

    /// Waits before the next attempt: longer every time, and not as long as everybody else who lost the same server.
    fn rest(&mut self) {
        self.lost = true;
        self.number += 1;
        let half = self.rest / 2;
        let share = (self.io.platform.random() % 1024) as u32;
        self.state = State::Resting {
            until: self.io.platform.now() + half + half * share / 1024,
        };
        self.rest = (self.rest * 2).min(REST.1);
    }
}
