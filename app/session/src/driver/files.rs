//! Files from person to person: what the desk wants is done here, over the connections' data channels.
//!
//! Whatever this does begins a chunk of the web build (`dc.sh`), so those functions must stay functions; only whoever is in a
//! room has files.

use super::{
    Driver,
    io::{Happening, Io},
};
use crate::{
    FileCommand, Platform,
    platform::{DataChannelEvent, File, WritableFile},
    view::FileTransfer,
};
use call::files::{Desk, Input, Key, Line, Output};
use futures::future::LocalBoxFuture;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use wire::DisplayName;

/// The files of a stay.
#[derive(Default)]
pub(super) struct Files {
    /// There is a desk as soon as somebody needs one. It is behind a trait, so that the web build has in the chunk what it takes
    /// to let go of it.
    open: Option<Box<dyn Opened>>,
    shown: Rc<Vec<FileTransfer>>,
}

trait Opened {
    fn get(&mut self) -> &mut Open;
}

impl Opened for Open {
    fn get(&mut self) -> &mut Open {
        self
    }
}

#[derive(Default)]
struct Open {
    desk: Desk,
    /// What the person gives.
    given: BTreeMap<Key, Rc<dyn File>>,
    /// Where what comes is kept.
    kept: BTreeMap<Key, Rc<dyn WritableFile>>,
    /// From or to whom.
    with: BTreeMap<Key, DisplayName>,
}

/// What came of something that was done with a file.
pub(super) enum FileHappening {
    Picked(Vec<Rc<dyn File>>),
    Read(Key, Option<Vec<u8>>),
    Created(Key, Option<Rc<dyn WritableFile>>),
    Written(Key, bool),
    Closed(Key, Option<String>),
}

impl Files {
    pub fn view(&self) -> Rc<Vec<FileTransfer>> {
        self.shown.clone()
    }

    /// There is something that a lost connection could end.
    pub fn is_busy(&self) -> bool {
        self.open.is_some()
    }

    /// Lets go of all of it.
    pub fn clear(&mut self) {
        self.open = None;
        self.shown = Rc::default();
    }

    fn open(&mut self) -> &mut Open {
        self.open.get_or_insert_with(|| Box::new(Open::default())).get()
    }
}

impl<P: Platform> Driver<P> {
    #[inline(never)]
    pub(super) fn obey_files(&mut self, command: FileCommand) {
        match command {
            FileCommand::Give if self.stay.is_inside() => {
                let picked = self.io.platform.show_open_file_picker();
                self.then(async { FileHappening::Picked(picked.await) });
            }
            FileCommand::Give => {}
            FileCommand::Take(key) => self.files_input(Input::Take(key)),
            FileCommand::Stop(key) => self.files_input(Input::Stop(key)),
            FileCommand::Forget(key) => self.files_input(Input::Forget(key)),
        }
    }

    #[inline(never)]
    pub(super) fn hear_channel(&mut self, line: Line, event: &DataChannelEvent) {
        // Whoever has left hears nothing any more.
        if !self.stay.is_inside() || self.connections.owner(line).is_none() {
            return;
        }
        match event {
            DataChannelEvent::Message(bytes) => self.files_input(Input::Heard(line, bytes)),
            DataChannelEvent::BufferedAmountLow => self.files_input(Input::Drained(line)),
            DataChannelEvent::Close => self.files_input(Input::Gone(line)),
        }
    }

    #[inline(never)]
    pub(super) fn file_happened(&mut self, happening: FileHappening) {
        if !self.stay.is_inside() {
            return;
        }
        match happening {
            FileHappening::Picked(files) => {
                for file in files {
                    self.offer_to_all(&file);
                }
            }
            FileHappening::Read(key, bytes) => self.files_input(Input::Read(key, bytes.as_deref())),
            FileHappening::Created(key, file) => {
                let created = file.is_some();
                if let Some(file) = file {
                    self.files.open().kept.insert(key, file);
                }
                self.files_input(Input::Created(key, created));
                self.files.open().drop_unwanted();
            }
            FileHappening::Written(key, written) => self.files_input(Input::Written(key, written)),
            FileHappening::Closed(key, url) => self.files_input(Input::Closed(key, url)),
        }
    }

    /// What went over a connection that is not there any more has ended.
    #[inline(never)]
    pub(super) fn look_after_files(&mut self) {
        let lines = self.files.open().desk.lines();
        let there: BTreeSet<_> = self.connections.numbers().into_iter().collect();
        for line in lines.difference(&there) {
            self.files_input(Input::Gone(*line));
        }
    }

    fn offer_to_all(&mut self, file: &Rc<dyn File>) {
        let name = file.name();
        for line in self.connections.numbers() {
            let channel = self.connections.channel(line);
            let input = Input::Give {
                line,
                open: channel.is_some_and(|channel| channel.is_open()),
                name: &name,
                size: file.size(),
            };
            let open = self.files.open();
            let before = open.desk.transfers().last().map(|transfer| transfer.key);
            open.desk.handle_input(input);
            let now = open.desk.transfers().last().map(|transfer| transfer.key);
            if let Some(key) = now.filter(|_| now != before) {
                open.given.insert(key, file.clone());
            }
            self.perform_files();
        }
    }

    fn files_input(&mut self, input: Input<'_>) {
        self.files.open().desk.handle_input(input);
        self.perform_files();
    }

    fn perform_files(&mut self) {
        while let Some(output) = self.files.open().desk.poll_output() {
            match output {
                Output::Send(line, bytes) => self.send_over(line, &bytes),
                Output::Read(key, from, to) => {
                    let read = self.files.open().given.get(&key).map(|file| file.slice(from, to));
                    self.then(async move {
                        let bytes = match read {
                            Some(read) => read.await.ok(),
                            None => None,
                        };
                        FileHappening::Read(key, bytes)
                    });
                }
                Output::Create(key) => {
                    let created = self.io.platform.create_writable();
                    self.then(async move {
                        let file = created.await;
                        FileHappening::Created(key, file.map_err(|exception| told(&exception)).ok())
                    });
                }
                Output::Write(key, bytes) => {
                    let written = self.files.open().kept.get(&key).map(|file| file.write(bytes));
                    self.then(async move { FileHappening::Written(key, done(written).await.is_some()) });
                }
                Output::Close(key) => {
                    let closed = self.files.open().kept.get(&key).map(|file| file.close());
                    self.then(async move { FileHappening::Closed(key, done(closed).await) });
                }
                Output::Drop(key) => {
                    let open = self.files.open();
                    open.given.remove(&key);
                    open.kept.remove(&key);
                }
            }
        }
        self.show_files();
    }

    fn send_over(&mut self, line: Line, bytes: &[u8]) {
        let Some(channel) = self.connections.channel(line) else {
            return;
        };
        let input = match channel.send(bytes) {
            Ok(()) => Input::Buffered(line, channel.buffered_amount()),
            Err(exception) => {
                told(&exception);
                Input::Gone(line)
            }
        };
        self.files.open().desk.handle_input(input);
    }

    fn show_files(&mut self) {
        let (people, connections) = (self.people.view(), &self.connections);
        let name = |line| {
            let (peer, _) = connections.owner(line)?;
            let person = people.iter().find(|person| person.id == peer)?;
            Some(person.name.clone())
        };
        let shown = self.files.open().show(name);
        if *self.files.shown != shown {
            self.files.shown = Rc::new(shown);
        }
    }

    fn then(&self, what: impl Future<Output = FileHappening> + 'static) {
        let io: Io<P> = self.io.clone();
        self.io
            .spawn(async move { io.report(Happening::File(what.await)) });
    }
}

impl Open {
    /// What nobody waits for any more is let go of, though it came late.
    fn drop_unwanted(&mut self) {
        let wanted: BTreeSet<_> = (self.desk.transfers())
            .filter(|transfer| {
                !matches!(
                    transfer.state,
                    call::files::State::Stopped { .. } | call::files::State::Failed(_)
                )
            })
            .map(|transfer| transfer.key)
            .collect();
        self.kept.retain(|key, _| wanted.contains(key));
    }

    /// What there is to show; `name` knows who is at the other end of a line.
    fn show(&mut self, name: impl Fn(Line) -> Option<DisplayName>) -> Vec<FileTransfer> {
        let mut shown = Vec::new();
        for transfer in self.desk.transfers() {
            if !self.with.contains_key(&transfer.key)
                && let Some(name) = name(transfer.line)
            {
                self.with.insert(transfer.key, name);
            }
            // Somebody whom nobody knows has nothing to offer.
            let Some(with) = self.with.get(&transfer.key) else {
                continue;
            };
            shown.push(FileTransfer {
                key: transfer.key,
                name: transfer.name,
                size: transfer.size,
                mine: transfer.mine,
                with: with.clone(),
                state: transfer.state,
            });
        }
        self.with
            .retain(|key, _| shown.iter().any(|transfer| transfer.key == *key));
        shown
    }
}

/// What came of something, if it was begun at all and did not fail.
async fn done<T>(what: Option<LocalBoxFuture<'static, Result<T, crate::platform::Exception>>>) -> Option<T> {
    what?.await.map_err(|exception| told(&exception)).ok()
}

fn told(exception: &crate::platform::Exception) {
    tracing::warn!(%exception, "a file's way ends here");
}
