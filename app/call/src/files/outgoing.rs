//! A file that the person offers.

use super::{FRAME, Failure, Message, READ, State, percent};
use sha2::{Digest, Sha256};

/// A file that the person offers to one other.
#[derive(Debug)]
pub(super) struct Outgoing {
    id: u32,
    size: u64,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Offered,
    Running {
        /// How much is on its way or there.
        sent: u64,
        /// How far the receiver lets it go.
        up_to: u64,
        /// So much is being read.
        reading: Option<u64>,
        digest: Sha256,
    },
    Over(State),
}

impl Outgoing {
    pub fn new(id: u32, size: u64) -> Self {
        Self {
            id,
            size,
            phase: Phase::Offered,
        }
    }

    pub fn failed(failure: Failure) -> Self {
        Self {
            id: 0,
            size: 0,
            phase: Phase::Over(State::Failed(failure)),
        }
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Offered => State::Offered,
            Phase::Running { sent, .. } => State::Running(percent(*sent, self.size)),
            Phase::Over(state) => state.clone(),
        }
    }

    /// The receiver lets it go so far. Returns whether that was an answer to the offer, and something is to be sent at once
    /// though there is nothing to read.
    pub fn accepted(&mut self, up_to: u64) -> Option<Message<'static>> {
        match &mut self.phase {
            Phase::Offered => {
                self.phase = Phase::Running {
                    sent: 0,
                    up_to,
                    reading: None,
                    digest: Sha256::new(),
                };
                self.end()
            }
            Phase::Running { up_to: before, .. } => {
                *before = up_to.max(*before);
                None
            }
            Phase::Over(_) => None,
        }
    }

    /// What to read next, from and to, if anything can go.
    pub fn read(&mut self) -> Option<(u64, u64)> {
        let Phase::Running {
            sent,
            up_to,
            reading: reading @ None,
            ..
        } = &mut self.phase
        else {
            return None;
        };
        let to = self.size.min(*up_to).min(*sent + READ);
        if to <= *sent {
            return None;
        }
        *reading = Some(to - *sent);
        Some((*sent, to))
    }

    /// Takes in what was read, and returns what to send of it.
    pub fn have<'a>(&mut self, bytes: &'a [u8]) -> Result<Vec<Message<'a>>, Failure> {
        let Phase::Running {
            sent,
            reading,
            digest,
            ..
        } = &mut self.phase
        else {
            return Ok(Vec::new());
        };
        if reading.take() != Some(bytes.len() as u64) {
            return Err(Failure::Unreadable);
        }
        digest.update(bytes);
        *sent += bytes.len() as u64;
        let frames = bytes.chunks(FRAME).map(|frame| Message::Data(self.id, frame));
        Ok(frames.chain(self.end()).collect())
    }

    /// Nothing more comes of it. Returns whether something could have.
    pub fn over(&mut self, state: State) -> bool {
        let open = !self.state().is_over();
        if open {
            self.phase = Phase::Over(state);
        }
        open
    }

    /// The end, if all is sent.
    fn end(&self) -> Option<Message<'static>> {
        match &self.phase {
            Phase::Running { sent, digest, .. } if *sent == self.size => {
                Some(Message::End(self.id, digest.clone().finalize().into()))
            }
            Phase::Offered | Phase::Running { .. } | Phase::Over(_) => None,
        }
    }
}
