//! All transfers of one participant.

use super::{
    Failure, HIGH, Input, Key, Line, Message, OFFERS, Output, SHOWN, State, Transfer, clean,
    incoming::{Incoming, Next},
    outgoing::Outgoing,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use wire::limits::FILE_BYTES;

/// All transfers of one participant.
#[derive(Debug, Default)]
pub struct Desk {
    last: u64,
    transfers: BTreeMap<Key, Entry>,
    /// Lines in whose channels enough waits.
    full: BTreeSet<Line>,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Entry {
    line: Line,
    name: String,
    size: u64,
    side: Side,
}

#[derive(Debug)]
enum Side {
    Out(Outgoing),
    In(Incoming),
}

impl Entry {
    fn state(&self) -> State {
        match &self.side {
            Side::Out(file) => file.state(),
            Side::In(file) => file.state(),
        }
    }

    fn over(&mut self, state: State) -> bool {
        match &mut self.side {
            Side::Out(file) => file.over(state),
            Side::In(file) => file.over(state),
        }
    }
}

impl Desk {
    /// Takes in what happened.
    pub fn handle_input(&mut self, input: Input<'_>) {
        match input {
            Input::Give {
                line,
                open,
                name,
                size,
            } => self.give(line, open, name, size),
            Input::Take(key) => {
                if let Some(Side::In(file)) = self.side(key)
                    && file.take()
                {
                    self.outputs.push_back(Output::Create(key));
                }
            }
            Input::Stop(key) => self.stop(key),
            Input::Forget(key) => {
                if self
                    .transfers
                    .get(&key)
                    .is_some_and(|entry| entry.state().is_over())
                {
                    self.forget(key);
                }
            }
            Input::Heard(line, bytes) => {
                if let Some(message) = Message::read(bytes) {
                    self.hear(line, message);
                }
            }
            Input::Buffered(line, amount) if amount > HIGH => {
                self.full.insert(line);
            }
            Input::Buffered(..) => {}
            Input::Drained(line) => {
                self.full.remove(&line);
                self.read_on(line);
            }
            Input::Read(key, bytes) => self.have(key, bytes),
            Input::Created(key, true) => {
                if let Some(Side::In(file)) = self.side(key)
                    && let Some(up_to) = file.opened()
                {
                    let accept = Message::Accept(file.id(), up_to);
                    self.send_for(key, &accept);
                }
            }
            Input::Created(key, false) | Input::Written(key, false) => self.fail(key, Failure::Storage),
            Input::Written(key, true) => self.written(key),
            Input::Closed(key, Some(url)) => {
                if let Some(Side::In(file)) = self.side(key)
                    && file.over(State::Done(Some(url)))
                {
                    let done = Message::Done(file.id());
                    self.send_for(key, &done);
                }
            }
            Input::Closed(key, None) => self.fail(key, Failure::Storage),
            Input::Gone(line) => {
                self.full.remove(&line);
                for key in self.of(line) {
                    self.end(key, State::Failed(Failure::Gone));
                }
            }
        }
    }

    /// Returns the next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// All transfers, the oldest first.
    pub fn transfers(&self) -> impl Iterator<Item = Transfer> {
        self.transfers.iter().map(|(key, entry)| Transfer {
            key: *key,
            line: entry.line,
            name: entry.name.clone(),
            size: entry.size,
            mine: matches!(entry.side, Side::Out(_)),
            state: entry.state(),
        })
    }

    /// The lines over which something goes or may go.
    pub fn lines(&self) -> BTreeSet<Line> {
        let open = self.transfers.values().filter(|entry| !entry.state().is_over());
        open.map(|entry| entry.line).collect()
    }

    fn give(&mut self, line: Line, open: bool, name: &str, size: u64) {
        let name = clean(name);
        // As many as a person may ever offer in a stay; the number is the transfer's own.
        let id = u32::try_from(self.last + 1).unwrap_or(u32::MAX);
        let file = if size > FILE_BYTES {
            Outgoing::failed(Failure::TooLarge)
        } else if !open {
            Outgoing::failed(Failure::Unreachable)
        } else {
            let offer = Message::Offer {
                id,
                size,
                name: name.clone(),
            };
            self.outputs.push_back(Output::Send(line, offer.to_bytes()));
            Outgoing::new(id, size)
        };
        self.add(line, name, size, Side::Out(file));
    }

    fn hear(&mut self, line: Line, message: Message<'_>) {
        match message {
            Message::Offer { id, size, name } => self.offered(line, id, size, name),
            Message::Withdraw(id) => {
                if let Some((key, file)) = self.incoming(line, id) {
                    let begun = file.state() != State::Offered;
                    self.end(key, State::Stopped { here: false, begun });
                }
            }
            Message::Data(id, bytes) => {
                if let Some((key, file)) = self.incoming(line, id) {
                    let next = file.data(bytes);
                    self.go_on(key, next);
                }
            }
            Message::End(id, sha256) => {
                if let Some((key, file)) = self.incoming(line, id) {
                    let next = file.end(sha256);
                    self.go_on(key, next);
                }
            }
            Message::Accept(id, up_to) => {
                if let Some((_, file)) = self.outgoing(line, id) {
                    let end = file.accepted(up_to);
                    if let Some(end) = end {
                        self.outputs.push_back(Output::Send(line, end.to_bytes()));
                    }
                    self.read_on(line);
                }
            }
            Message::Decline(id) => {
                if let Some((key, file)) = self.outgoing(line, id) {
                    let begun = file.state() != State::Offered;
                    self.end(key, State::Stopped { here: false, begun });
                }
            }
            Message::Done(id) => {
                // Only what was sent whole can have arrived.
                if let Some((key, file)) = self.outgoing(line, id)
                    && file.state() == State::Running(100)
                {
                    self.end(key, State::Done(None));
                }
            }
            Message::Failed(id) => {
                if let Some((key, _)) = self.outgoing(line, id) {
                    self.end(key, State::Failed(Failure::There));
                }
            }
        }
    }

    fn offered(&mut self, line: Line, id: u32, size: u64, name: String) {
        if self.incoming(line, id).is_some() {
            return;
        }
        let open = |entry: &&Entry| {
            entry.line == line && matches!(entry.side, Side::In(_)) && !entry.state().is_over()
        };
        if self.transfers.values().filter(open).count() >= OFFERS {
            let decline = Message::Decline(id).to_bytes();
            self.outputs.push_back(Output::Send(line, decline));
            return;
        }
        self.add(line, name, size, Side::In(Incoming::new(id, size)));
    }

    fn add(&mut self, line: Line, name: String, size: u64, side: Side) {
        self.last += 1;
        let entry = Entry {
            line,
            name,
            size,
            side,
        };
        self.transfers.insert(Key(self.last), entry);
        while self.transfers.len() > SHOWN {
            // What has come may not be saved yet: whatever came to nothing goes before it.
            let mut over: Vec<_> = (self.transfers.iter())
                .map(|(key, entry)| (*key, entry.state()))
                .filter(|(_, state)| state.is_over())
                .collect();
            over.sort_by_key(|(_, state)| matches!(state, State::Done(Some(_))));
            let Some((key, _)) = over.first() else { break };
            self.forget(*key);
        }
    }

    fn forget(&mut self, key: Key) {
        self.transfers.remove(&key);
        self.outputs.push_back(Output::Drop(key));
    }

    fn stop(&mut self, key: Key) {
        let Some(entry) = self.transfers.get(&key) else {
            return;
        };
        let begun = entry.state() != State::Offered;
        let goodbye = match &entry.side {
            Side::Out(file) => Message::Withdraw(file.id()),
            Side::In(file) => Message::Decline(file.id()),
        };
        if self.end(key, State::Stopped { here: true, begun }) {
            self.send_for(key, &goodbye);
        }
    }

    fn fail(&mut self, key: Key, failure: Failure) {
        let Some(entry) = self.transfers.get(&key) else {
            return;
        };
        let goodbye = match &entry.side {
            Side::Out(file) => Message::Withdraw(file.id()),
            Side::In(file) => Message::Failed(file.id()),
        };
        if self.end(key, State::Failed(failure)) {
            self.send_for(key, &goodbye);
        }
    }

    /// Ends a transfer, and lets go of its file. Returns whether it had not ended before.
    fn end(&mut self, key: Key, state: State) -> bool {
        let ended = self
            .transfers
            .get_mut(&key)
            .is_some_and(|entry| entry.over(state));
        if ended {
            self.outputs.push_back(Output::Drop(key));
        }
        ended
    }

    fn have(&mut self, key: Key, bytes: Option<&[u8]>) {
        let Some(Entry {
            line,
            side: Side::Out(file),
            ..
        }) = self.transfers.get_mut(&key)
        else {
            return;
        };
        let line = *line;
        match bytes
            .ok_or(Failure::Unreadable)
            .and_then(|bytes| file.have(bytes))
        {
            Ok(messages) => {
                for message in messages {
                    self.outputs.push_back(Output::Send(line, message.to_bytes()));
                }
                self.read_on(line);
            }
            Err(failure) => self.fail(key, failure),
        }
    }

    fn written(&mut self, key: Key) {
        let Some(Side::In(file)) = self.side(key) else {
            return;
        };
        let (next, more) = file.written();
        let more = more.map(|up_to| Message::Accept(file.id(), up_to));
        if let Some(more) = more {
            self.send_for(key, &more);
        }
        self.go_on(key, Ok(next));
    }

    fn go_on(&mut self, key: Key, next: Result<Next, Failure>) {
        match next {
            Ok(Next::Wait) => {}
            Ok(Next::Write(bytes)) => self.outputs.push_back(Output::Write(key, bytes)),
            Ok(Next::Close) => self.outputs.push_back(Output::Close(key)),
            Err(failure) => self.fail(key, failure),
        }
    }

    /// Reads what can go over a line, of every file in turn.
    fn read_on(&mut self, line: Line) {
        if self.full.contains(&line) {
            return;
        }
        let entries = self.transfers.iter_mut().filter(|(_, entry)| entry.line == line);
        for (key, entry) in entries {
            if let Side::Out(file) = &mut entry.side
                && let Some((from, to)) = file.read()
            {
                self.outputs.push_back(Output::Read(*key, from, to));
            }
        }
    }

    fn send_for(&mut self, key: Key, message: &Message<'_>) {
        if let Some(entry) = self.transfers.get(&key) {
            self.outputs
                .push_back(Output::Send(entry.line, message.to_bytes()));
        }
    }

    fn of(&self, line: Line) -> Vec<Key> {
        let of = self.transfers.iter().filter(|(_, entry)| entry.line == line);
        of.map(|(key, _)| *key).collect()
    }

    fn side(&mut self, key: Key) -> Option<&mut Side> {
        self.transfers.get_mut(&key).map(|entry| &mut entry.side)
    }

    /// What is not over of what the other side of a line offers under this number.
    fn incoming(&mut self, line: Line, id: u32) -> Option<(Key, &mut Incoming)> {
        let mut all = self.transfers.iter_mut().filter(|(_, entry)| entry.line == line);
        all.find_map(|(key, entry)| match &mut entry.side {
            Side::In(file) if file.id() == id && !file.state().is_over() => Some((*key, file)),
            Side::In(_) | Side::Out(_) => None,
        })
    }

    /// What is not over of what this side offers under this number.
    fn outgoing(&mut self, line: Line, id: u32) -> Option<(Key, &mut Outgoing)> {
        let mut all = self.transfers.iter_mut().filter(|(_, entry)| entry.line == line);
        all.find_map(|(key, entry)| match &mut entry.side {
            Side::Out(file) if file.id() == id && !file.state().is_over() => Some((*key, file)),
            Side::In(_) | Side::Out(_) => None,
        })
    }
}
