//! Tracks, streams and what is asked of devices: [Media Capture](https://www.w3.org/TR/mediacapture-streams/).

use crate::view::{DeviceKind, StreamId};

/// `MediaStreamTrack`. Clones are the same track.
pub trait MediaStreamTrack: Clone + 'static {
    /// `kind`
    fn kind(&self) -> MediaKind;

    /// `getSettings().deviceId`; `None` where it comes of no device, or of one that has no name.
    fn device(&self) -> Option<String> {
        None
    }

    /// `getSettings().height`; `None` of sound, and where it is not known.
    fn height(&self) -> Option<u32> {
        None
    }

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

/// `MediaStreamConstraints`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaConstraints {
    /// A microphone is wanted; with an id, that one and no other.
    pub audio: Option<Option<String>>,
    /// A camera is wanted; with an id, that one and no other.
    pub video: Option<Option<String>>,
    /// What to ask of the camera.
    pub shape: VideoConstraints,
    /// What to ask of the microphone.
    pub processing: AudioProcessing,
}

impl MediaConstraints {
    /// Asks for one kind only.
    pub(crate) fn only(&self, kind: MediaKind) -> Self {
        let mut only = self.clone();
        match kind {
            MediaKind::Audio => only.video = None,
            MediaKind::Video => only.audio = None,
        }
        only
    }

    /// Asks for the same kinds, of whichever device.
    pub(crate) fn of_any_device(&self) -> Self {
        Self {
            audio: self.audio.as_ref().map(|_| None),
            video: self.video.as_ref().map(|_| None),
            ..*self
        }
    }

    /// Tells whether it has to be a certain device.
    pub(crate) fn names_a_device(&self) -> bool {
        [&self.audio, &self.video]
            .into_iter()
            .any(|device| matches!(device, Some(Some(_))))
    }
}

/// `MediaTrackConstraints` of sound: what is done to a voice before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioProcessing {
    /// `echoCancellation`
    pub echo_cancellation: bool,
    /// `noiseSuppression`
    pub noise_suppression: bool,
    /// `autoGainControl`
    pub auto_gain_control: bool,
}

impl Default for AudioProcessing {
    fn default() -> Self {
        Self {
            echo_cancellation: true,
            noise_suppression: true,
            auto_gain_control: true,
        }
    }
}

/// `DisplayMediaStreamOptions`, [Screen Capture §5.4](https://www.w3.org/TR/screen-capture/#displaymediastreamoptions).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayConstraints {
    /// The most frames per second; a still screen has fewer.
    pub frame_rate: u32,
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

impl std::fmt::Display for VideoConstraints {
    /// Writes `1280x720@30`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}@{}", self.width, self.height, self.frame_rate)
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
