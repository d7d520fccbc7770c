//! What the person shares: a screen, a window or a tab, with its sound where there is any.

use super::io::{Happening, Io};
use crate::{
    platform::{DisplayConstraints, Exception, MediaKind, MediaStream, MediaStreamTrack, Platform},
    view::{Source, StreamId, Trouble},
};

/// Shared pictures are mostly still, and film that is shared still moves.
const CONSTRAINTS: DisplayConstraints = DisplayConstraints { frame_rate: 30 };

/// What the person shares.
pub(super) struct Screen<P: Platform> {
    io: Io<P>,
    /// Names the sharings, so that what comes of an earlier one is recognised.
    number: u64,
    state: State<P>,
}

enum State<P: Platform> {
    Off,
    /// The person is being asked what to share.
    Asking,
    On {
        picture: P::Track,
        sound: Option<P::Track>,
        preview: Option<P::Stream>,
        audible: Option<P::Stream>,
    },
    Trouble(Trouble),
}

impl<P: Platform> Screen<P> {
    pub fn new(io: Io<P>) -> Self {
        Self {
            io,
            number: 0,
            state: State::Off,
        }
    }

    /// Asks the person what to share.
    ///
    /// Like what comes of it, it begins a chunk of the web build (`dc.sh`), so it must stay a function.
    #[inline(never)]
    pub fn start(&mut self) {
        if matches!(self.state, State::Asking | State::On { .. }) {
            return;
        }
        self.number += 1;
        self.state = State::Asking;
        let (io, number) = (self.io.clone(), self.number);
        self.io.spawn(async move {
            let result = io.platform.get_display_media(CONSTRAINTS).await;
            io.report(Happening::Picked(number, result));
        });
    }

    /// Ceases to share.
    pub fn stop(&mut self) {
        if let State::On { picture, sound, .. } = std::mem::replace(&mut self.state, State::Off) {
            picture.stop();
            sound.into_iter().for_each(|sound| sound.stop());
        }
    }

    /// Takes in what the person picked.
    #[inline(never)]
    pub fn picked(&mut self, number: u64, result: Result<Vec<P::Track>, Exception>) {
        if number != self.number || !matches!(self.state, State::Asking) {
            result.into_iter().flatten().for_each(|track| track.stop());
            return;
        }
        self.state = match result {
            Ok(tracks) => self.begin(number, tracks),
            // It was the person who thought better of it, which is no trouble. The platform says so by the same name.
            Err(exception)
                if exception.name == "NotAllowedError" && !exception.message.contains("system") =>
            {
                State::Off
            }
            Err(exception) => {
                tracing::warn!(%exception, "nothing can be shared");
                State::Trouble(exception.trouble())
            }
        };
    }

    /// A track ended by itself: by the browser's own button, or because the window is gone.
    pub fn ended(&mut self, number: u64) {
        if number == self.number {
            tracing::info!("what was shared is gone");
            self.stop();
        }
    }

    pub fn is_on(&self) -> bool {
        matches!(self.state, State::On { .. })
    }

    /// What the others are sent: the picture, and the sound.
    pub fn tracks(&self) -> [Option<(u64, P::Track)>; 2] {
        let State::On { picture, sound, .. } = &self.state else {
            return [None, None];
        };
        [Some(picture), sound.as_ref()].map(|track| track.map(|track| (self.number, track.clone())))
    }

    pub fn view(&self) -> Source {
        match self.state {
            State::Off => Source::Off,
            State::Asking => Source::Starting,
            State::On { .. } => Source::On,
            State::Trouble(trouble) => Source::Trouble(trouble),
        }
    }

    /// The picture, for the person to see what it shows.
    pub fn preview(&self) -> Option<StreamId> {
        match &self.state {
            State::On { preview, .. } => preview.as_ref().map(MediaStream::id),
            State::Off | State::Asking | State::Trouble(_) => None,
        }
    }

    /// The sound, for a recording.
    pub fn sound(&self) -> Option<StreamId> {
        match &self.state {
            State::On { audible, .. } => audible.as_ref().map(MediaStream::id),
            State::Off | State::Asking | State::Trouble(_) => None,
        }
    }

    fn begin(&self, number: u64, tracks: Vec<P::Track>) -> State<P> {
        let (mut pictures, mut sounds): (Vec<_>, Vec<_>) = tracks
            .into_iter()
            .partition(|track| track.kind() == MediaKind::Video);
        let (Some(picture), sound) = (pictures.pop(), sounds.pop()) else {
            return State::Trouble(Trouble::Unsupported);
        };
        let io = self.io.clone();
        // Its sound may end alone, when a window is picked anew; the picture is what counts.
        picture.on_ended(move || io.report(Happening::ScreenEnded(number)));
        tracing::info!(sound = sound.is_some(), "sharing");
        State::On {
            preview: self.io.platform.media_stream(&picture),
            audible: sound
                .as_ref()
                .and_then(|sound| self.io.platform.media_stream(sound)),
            picture,
            sound,
        }
    }
}
