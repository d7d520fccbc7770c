//! How the parts of the driver start something, and how what comes of it comes back.

use super::files::FileHappening;
use crate::{
    platform::{
        DataChannelEvent, Events, Exception, MediaKind, PeerConnectionEvent, Platform, PlatformEvent,
        SocketEvent, StatsReport,
    },
    view::{Device, Trouble},
};
use call::Input;
use futures::{channel::mpsc, future::LocalBoxFuture};
use std::{cell::RefCell, rc::Rc};
use wire::{HandshakeId, RoomId};

/// Everything that comes back. One queue holds it all, so the driver sees it in the order in which it happened.
pub(super) enum Happening<P: Platform> {
    Platform(PlatformEvent),
    /// An attempt to reach the server is over.
    Connected(u64, Result<P::Socket, Exception>),
    Socket(u64, SocketEvent),
    /// What an operation of a connection came to.
    Performed(Input),
    /// Something happened to a connection; candidates belong to the attempt that was under way then.
    Connection(u64, Option<HandshakeId>, PeerConnectionEvent),
    /// Something happened to a connection's data channel.
    Channel(u64, DataChannelEvent),
    /// What came of something that was done with a file.
    File(FileHappening),
    /// Devices were opened, or not.
    Opened(u64, Vec<(MediaKind, Result<P::Track, Trouble>)>),
    /// The track that came of this opening ended by itself.
    Ended(MediaKind, u64),
    /// The person has picked what to share, or not.
    Picked(u64, Result<Vec<P::Track>, Exception>),
    /// What was shared ended by itself.
    ScreenEnded(u64),
    Devices(Vec<Device>),
    /// Chat messages from before a time.
    Earlier(RoomId, u64, Result<String, Exception>),
    /// The microphone's level wants to be read.
    Tick,
    /// The others' voices want to be listened to.
    Listen,
    /// The connections want to be looked at.
    Look,
    /// What they say of themselves, by their numbers.
    Looked(Vec<(u64, StatsReport)>),
    /// The first picture of somebody was looked for, and is there or not.
    Glanced(bool),
}

/// The way to the platform and back. Clones are the same.
pub(super) struct Io<P: Platform> {
    pub platform: Rc<P>,
    inbox: mpsc::UnboundedSender<Happening<P>>,
    started: Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>,
}

impl<P: Platform> Io<P> {
    pub fn new(platform: P) -> (Self, mpsc::UnboundedReceiver<Happening<P>>) {
        let (inbox, receiver) = mpsc::unbounded();
        let io = Self {
            platform: Rc::new(platform),
            inbox,
            started: Rc::default(),
        };
        (io, receiver)
    }

    /// Starts something that runs beside everything else.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.started.borrow_mut().push(Box::pin(task));
    }

    /// Hands over what was started since the last time.
    pub fn started(&self) -> Vec<LocalBoxFuture<'static, ()>> {
        self.started.take()
    }

    pub fn report(&self, happening: Happening<P>) {
        // The driver is gone only when everything is over.
        let _ = self.inbox.unbounded_send(happening);
    }

    /// Makes a sink for a platform, which reports under the name that `name` gives.
    pub fn events<T: 'static>(&self, name: impl Fn(T) -> Happening<P> + 'static) -> Events<T> {
        let io = self.clone();
        Events::new(move |event| io.report(name(event)))
    }
}

impl<P: Platform> Clone for Io<P> {
    fn clone(&self) -> Self {
        Self {
            platform: self.platform.clone(),
            inbox: self.inbox.clone(),
            started: self.started.clone(),
        }
    }
}
