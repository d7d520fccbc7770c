//! What components hold of a session.

use crate::{Command, Config, Platform, View, driver::Driver, watch::Watch};
use futures::{Stream, channel::mpsc};
use std::{
    fmt,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

/// Makes a session: a handle for the components, and the driver to be spawned on the same thread.
///
/// The driver begins with its first poll, and ends with [`Command::Shutdown`] or when every handle is gone.
pub fn session<P: Platform>(platform: P, config: Config) -> (Handle, impl Future<Output = ()>) {
    let (requests, received) = mpsc::unbounded();
    let handle = Handle {
        requests,
        view: Watch::new(Rc::default()),
        level: Watch::new(0.0),
    };
    let driver = Driver::new(platform, config, handle.view.clone(), handle.level.clone());
    (handle, driver.run(received))
}

/// The components' way to a session. Cheap to clone; clones are the same session.
#[derive(Clone)]
pub struct Handle {
    requests: mpsc::UnboundedSender<Request>,
    view: Watch<Rc<View>>,
    level: Watch<f32>,
}

/// What comes through a handle.
#[derive(Debug)]
pub(crate) enum Request {
    Command(Command),
    /// Somebody begins (`true`) or ceases to follow the microphone's level.
    Listen(bool),
}

impl Handle {
    /// Makes a handle without a session: it shows one view, and nobody hears what it is asked. It is for drawing
    /// components in tests.
    pub fn still(view: View) -> Self {
        let (requests, _) = mpsc::unbounded();
        Self {
            requests,
            view: Watch::new(Rc::new(view)),
            level: Watch::new(0.0),
        }
    }

    /// Asks for something. Never blocks; what comes of it shows in the views.
    pub fn send(&self, command: Command) {
        self.request(Request::Command(command));
    }

    /// Returns the newest view.
    pub fn view(&self) -> Rc<View> {
        self.view.get()
    }

    /// Follows the views: the present one at once, then the newest after every change.
    pub fn views(&self) -> impl Stream<Item = Rc<View>> + Unpin + 'static {
        self.view.changes()
    }

    /// Returns the microphone's level, from 0 to 1; a voice is seldom above 0.2. It is measured while somebody follows [`Handle::levels`].
    pub fn level(&self) -> f32 {
        self.level.get()
    }

    /// Follows the microphone's level, from 0 to 1: some twelve times a second while it changes.
    pub fn levels(&self) -> impl Stream<Item = f32> + Unpin + 'static {
        self.request(Request::Listen(true));
        Levels {
            handle: self.clone(),
            changes: self.level.changes(),
        }
    }

    fn request(&self, request: Request) {
        // Nobody is left to be asked once the driver has shut down; that is what the person wanted.
        let _ = self.requests.unbounded_send(request);
    }
}

/// Two handles are equal when they are of the same session.
impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.requests.same_receiver(&other.requests)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

/// Tells the driver when nobody listens any more.
struct Levels<S> {
    handle: Handle,
    changes: S,
}

impl<S: Stream<Item = f32> + Unpin> Stream for Levels<S> {
    type Item = f32;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<f32>> {
        Pin::new(&mut self.changes).poll_next(context)
    }
}

impl<S> Drop for Levels<S> {
    fn drop(&mut self) {
        self.handle.request(Request::Listen(false));
    }
}
