//! What each transceiver of a connection is for.

use super::MediaKind;

/// The transceivers of a connection, by their order in `getTransceivers()`, which both sides share.
///
/// All are negotiated with the first handshake, used or not. Whatever a person switches on later is then
/// `replaceTrack` and nothing else: no second handshake, so none that could meet another half way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The microphone's sound.
    Microphone,
    /// The camera's picture.
    Camera,
    /// The shared screen, window or tab.
    Screen,
    /// The sound of what is shared.
    ScreenSound,
}

/// Slots that are seen and heard together are one feed: one `MediaStream`, so that lips and sound stay together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feed {
    /// Microphone and camera.
    Person,
    /// What is shared, with its sound.
    Screen,
}

impl Slot {
    /// All of them, in their order.
    pub const ALL: [Slot; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenSound];

    /// What goes through it.
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Microphone | Self::ScreenSound => MediaKind::Audio,
            Self::Camera | Self::Screen => MediaKind::Video,
        }
    }

    /// What it is a part of.
    pub fn feed(self) -> Feed {
        match self {
            Self::Microphone | Self::Camera => Feed::Person,
            Self::Screen | Self::ScreenSound => Feed::Screen,
        }
    }
}
