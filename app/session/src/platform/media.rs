//! Tracks, streams and what is asked of devices: [Media Capture](https://www.w3.org/TR/mediacapture-streams/).

use crate::view::{DeviceKind, StreamId};

/// `MediaStreamTrack`. Clones are the same track.
pub trait MediaStreamTrack: Clone + 'static {
    /// `kind`
    fn kind(&self) -> MediaKind;

    /// Sets `enabled`: a track that is not sends silence or black.
    fn set_enabled(&self, enabled: bool);

    /// `stop()`: releases the device.
    fn stop(&self);

    /// Calls `then` at the `ended` event, which [`MediaStreamTrack::stop`] does not cause: the device was unplugged,
    /// or permission was taken back.
    fn on_ended(&self, then: impl FnOnce() + 'static);
}

/// `MediaStream`: something that a surface can show. The surface shows nothing once it is dropped.
pub trait MediaStream: 'static {
    /// Names it for a surface.
    fn id(&self) -> StreamId;
}

/// Measures how loud a track is, until it is dropped.
pub trait Meter: 'static {
    /// How loud it is now, from 0 to 1: the root mean square of the amplitude. A voice is seldom above 0.2.
    fn level(&self) -> f32;
}

/// Sound or pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MediaKind {
    /// `audio`
    Audio,
    /// `video`
    Video,
}

impl MediaKind {
    /// Returns the kind of device that it comes from.
    pub fn device(self) -> DeviceKind {
        match self {
            Self::Audio => DeviceKind::Microphone,
            Self::Video => DeviceKind::Camera,
        }
    }
}

/// `MediaStreamConstraints`. Sound always comes with `echoCancellation`, `noiseSuppression` and `autoGainControl`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaConstraints {
    /// A microphone is wanted; with an id, rather that one.
    pub audio: Option<Option<String>>,
    /// A camera is wanted; with an id, rather that one.
    pub video: Option<Option<String>>,
    /// What to ask of the camera.
    pub shape: VideoConstraints,
}

/// `MediaTrackConstraints` of pictures; all are ideals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoConstraints {
    /// `width`, in pixels.
    pub width: u32,
    /// `height`, in pixels.
    pub height: u32,
    /// `frameRate`, in frames per second.
    pub frame_rate: u32,
}

impl Default for VideoConstraints {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 720,
            frame_rate: 30,
        }
    }
}

impl std::str::FromStr for VideoConstraints {
    type Err = ();

    /// Reads `1280x720@30`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (size, rate) = text.split_once('@').ok_or(())?;
        let (width, height) = size.split_once('x').ok_or(())?;
        let number = |text: &str| text.parse().map_err(|_| ());
        Ok(Self {
            width: number(width)?,
            height: number(height)?,
            frame_rate: number(rate)?,
        })
    }
}
