//! What a platform hands to the components: everything they may ask of the world outside.

use crate::{
    chunk::Chunk,
    fetch::{Request, Response},
    recorder::Recorder,
    surface::SurfaceProps,
};
use dioxus::prelude::*;
use futures::future::LocalBoxFuture;
use std::{cell::RefCell, fmt, rc::Rc, time::Duration};

/// The way out of the component tree. A platform provides one as `Rc<Door>` in the root context of [`crate::Root`].
///
/// ```ignore
/// let dom = VirtualDom::new(app::Root).with_root_context(Rc::new(door));
/// ```
pub struct Door {
    /// The session: commands go in, views come out.
    pub handle: session::Handle,
    /// The session's driver. [`crate::Root`] takes it and runs it for as long as the tree lives.
    pub driver: RefCell<Option<LocalBoxFuture<'static, ()>>>,
    /// Draws a stream. See [`SurfaceProps`].
    pub surface: fn(SurfaceProps) -> Element,
    /// Whether this platform can hold calls.
    pub calls: Calls,
    /// Scheme, host and port of the server, without a slash at the end: the base of REST and of invite links.
    pub origin: String,
    /// The platform's small services.
    pub host: Rc<dyn Host>,
}

/// Whether a platform can hold calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// It can.
    Here,
    /// It cannot yet: the lobby says so and names the link to open in a browser.
    Later,
}

/// How long something is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// On this device, until the person clears it.
    Always,
    /// Until this tab or window is closed; a reload does not end it.
    Tab,
}

/// A platform's small services. Nothing here may fail loudly: a platform that lacks one does nothing, or says no.
pub trait Host {
    /// The languages that the person prefers, best first, as BCP 47 tags (`navigator.languages`).
    fn languages(&self) -> Vec<String>;

    /// What was remembered under `key`.
    fn remembered(&self, keep: Keep, key: &str) -> Option<String>;

    /// Remembers `value` under `key`, or forgets it.
    fn remember(&self, keep: Keep, key: &str, value: Option<&str>);

    /// Puts text on the clipboard and tells whether that worked.
    fn copy(&self, text: String) -> LocalBoxFuture<'static, bool>;

    /// Performs a request; `None` when no answer came.
    fn fetch(&self, request: Request) -> LocalBoxFuture<'static, Option<Response>>;

    /// Sets the document's language (`<html lang>`).
    fn set_language(&self, tag: &str);

    /// Sets the document's theme (`<html data-theme>`): `light`, `dark`, or `None` to follow the system.
    fn set_theme(&self, theme: Option<&str>);

    /// Sets the title of the document or window.
    fn set_title(&self, title: &str);

    /// Whether a screen, a window or a tab can be shared (`getDisplayMedia`).
    fn can_share(&self) -> bool;

    /// Plays a short sound from this speaker, or from the system's own.
    fn test_sound(&self, speaker: Option<&str>);

    /// Plays these notes (hertz, and the second at which each begins), softly, from this speaker or from the system's own.
    fn play(&self, notes: &'static [(f32, f64)], speaker: Option<&str>) {
        let _ = (notes, speaker);
    }

    /// Whether the session's platform has a picker of files and data channels to send them over.
    fn can_give_files(&self) -> bool {
        false
    }

    /// Whether the page can be left to sign in elsewhere, and comes back from there.
    fn can_sign_in(&self) -> bool {
        false
    }

    /// Fills the screen with the page, or gives it back (`requestFullscreen`, `exitFullscreen`).
    fn toggle_full_screen(&self);

    /// Whether there is a [`Host::recorder`].
    fn can_record(&self) -> bool {
        false
    }

    /// Whether a small window can be opened above everything else (`documentPictureInPicture`, `requestPictureInPicture`).
    fn can_show_apart(&self) -> bool {
        false
    }

    /// What records. It is in [`Chunk::Recording`], which must be here.
    fn recorder(&self) -> Option<Rc<dyn Recorder>> {
        None
    }

    /// Keeps the screen from going dark, or no longer does (`navigator.wakeLock`).
    fn keep_awake(&self, on: bool) {
        let _ = on;
    }

    /// Returns bytes that nobody can guess (`crypto.getRandomValues`).
    fn random(&self) -> [u8; 16];

    /// The present, in milliseconds since 1970 UTC.
    fn now(&self) -> u64;

    /// How far local time is ahead of UTC at an instant (milliseconds since 1970 UTC), in minutes.
    fn utc_offset(&self, at: u64) -> i32;

    /// Completes after a while.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;

    /// Completes when what was drawn is on the screen.
    fn painted(&self) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Loads a part of the program and tells whether it came; `None` when it is here, as the whole program mostly is. It
    /// begins at once, whether anybody waits or not.
    fn load(&self, chunk: Chunk) -> Option<LocalBoxFuture<'static, bool>> {
        let _ = chunk;
        None
    }

    /// Loads a part of the program as soon as somebody is there who may want it, and tells whether it came by that; `None`
    /// where the whole program is here.
    fn anticipate(&self, chunk: Chunk) -> Option<LocalBoxFuture<'static, bool>> {
        let _ = chunk;
        None
    }

    /// Loads the page anew. Only a platform of which a part can be missing has to.
    fn reload(&self) {}
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door")
            .field("calls", &self.calls)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
