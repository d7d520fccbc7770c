//! A file that somebody offers to the person.

use super::{Failure, State, WINDOW, percent};
use sha2::{Digest, Sha256};

/// A file that somebody else offers.
#[derive(Debug)]
pub(super) struct Incoming {
    id: u32,
    size: u64,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Offered,
    /// The person wants it, and a place for it is being made.
    Opening,
    Running(Box<Running>),
    Over(State),
}

#[derive(Debug)]
struct Running {
    received: u64,
    written: u64,
    /// How far the sender may go. So no more than [`WINDOW`] ever waits to be written.
    granted: u64,
    waiting: Vec<u8>,
    /// So much is being written.
    writing: Option<u64>,
    digest: Sha256,
    /// All is here and is what it should be.
    whole: bool,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing, until something happens.
    Wait,
    /// Write these bytes behind those before.
    Write(Vec<u8>),
    /// Complete the file.
    Close,
}

impl Incoming {
    pub fn new(id: u32, size: u64) -> Self {
        Self {
            id,
            size,
            phase: Phase::Offered,
        }
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Offered => State::Offered,
            Phase::Opening => State::Running(0),
            Phase::Running(running) => State::Running(percent(running.written, self.size)),
            Phase::Over(state) => state.clone(),
        }
    }

    /// The person wants it. Returns whether a place for it is to be made.
    pub fn take(&mut self) -> bool {
        let offered = matches!(self.phase, Phase::Offered);
        if offered {
            self.phase = Phase::Opening;
        }
        offered
    }

    /// There is a place for it. Returns how far the sender may go.
    pub fn opened(&mut self) -> Option<u64> {
        if !matches!(self.phase, Phase::Opening) {
            return None;
        }
        self.phase = Phase::Running(Box::new(Running {
            received: 0,
            written: 0,
            granted: WINDOW,
            waiting: Vec::new(),
            writing: None,
            digest: Sha256::new(),
            whole: false,
        }));
        Some(WINDOW)
    }

    /// Takes in bytes of the file.
    pub fn data(&mut self, bytes: &[u8]) -> Result<Next, Failure> {
        let size = self.size;
        let Phase::Running(running) = &mut self.phase else {
            // It was on its way when the transfer ended.
            return Ok(Next::Wait);
        };
        let received = running.received.saturating_add(bytes.len() as u64);
        if received > size || received > running.granted || running.whole {
            return Err(Failure::Broken);
        }
        running.received = received;
        running.digest.update(bytes);
        running.waiting.extend_from_slice(bytes);
        Ok(running.next())
    }

    /// The sender says that this was all.
    pub fn end(&mut self, sha256: [u8; 32]) -> Result<Next, Failure> {
        let size = self.size;
        let Phase::Running(running) = &mut self.phase else {
            return Ok(Next::Wait);
        };
        let digest: [u8; 32] = running.digest.clone().finalize().into();
        if running.received != size || digest != sha256 || running.whole {
            return Err(Failure::Broken);
        }
        running.whole = true;
        Ok(running.next())
    }

    /// What was to be written is. Returns what to do next, and how far the sender may go if that is more than before.
    pub fn written(&mut self) -> (Next, Option<u64>) {
        let size = self.size;
        let Phase::Running(running) = &mut self.phase else {
            return (Next::Wait, None);
        };
        running.written += running.writing.take().unwrap_or_default();
        let ahead = running.granted.saturating_sub(running.written);
        let more = (running.granted < size && ahead <= WINDOW / 2).then(|| {
            running.granted = running.written + WINDOW;
            running.granted
        });
        (running.next(), more)
    }

    /// Nothing more comes of it. Returns whether something could have.
    pub fn over(&mut self, state: State) -> bool {
        let open = !self.state().is_over();
        if open {
            self.phase = Phase::Over(state);
        }
        open
    }
}

impl Running {
    fn next(&mut self) -> Next {
        if self.writing.is_some() {
            return Next::Wait;
        }
        if !self.waiting.is_empty() {
            let bytes = std::mem::take(&mut self.waiting);
            self.writing = Some(bytes.len() as u64);
            return Next::Write(bytes);
        }
        if self.whole { Next::Close } else { Next::Wait }
    }
}
