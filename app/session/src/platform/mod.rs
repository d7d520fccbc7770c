//! What a session wants of the platform it runs on, in the operations of the W3C and WHATWG interfaces.
//!
//! Futures are `!Send`: everything of a session lives on one thread. Whatever happens outside is reported through
//! [`Events`], in the order in which it happens.

mod data_channel;
mod encoding;
mod exception;
mod media;
mod peer_connection;
mod slot;
mod socket;
mod stats;

pub use data_channel::{DataChannel, DataChannelEvent, File, WritableFile};
pub use encoding::RtpEncodingParameters;
pub use exception::Exception;
pub use media::{
    AudioProcessing, DisplayConstraints, MediaConstraints, MediaKind, MediaStream, MediaStreamTrack, Meter,
    VideoConstraints,
};
pub use peer_connection::{PeerConnection, PeerConnectionEvent, RtpTransceiver};
pub use slot::{Feed, Slot};
pub use socket::{Socket, SocketEvent};
pub use stats::{CandidatePairStats, CandidateStats, InboundRtpStats, OutboundRtpStats, StatsReport};

use crate::view::Device;
use call::Route;
use futures::future::LocalBoxFuture;
use std::{fmt, rc::Rc, time::Duration};
use wire::IceServer;

/// A platform.
#[allow(
    async_fn_in_trait,
    reason = "a session never leaves its thread, so nobody asks for Send"
)]
pub trait Platform: 'static {
    /// `WebSocket`
    type Socket: Socket;
    /// `RTCPeerConnection`
    type PeerConnection: PeerConnection<Track = Self::Track>;
    /// `MediaStreamTrack`
    type Track: MediaStreamTrack;
    /// `MediaStream`
    type Stream: MediaStream;
    /// Measures how loud a track is.
    type Meter: Meter;

    /// The time since any fixed point. Never runs backwards.
    fn now(&self) -> Duration;

    /// A number that nobody can guess.
    fn random(&self) -> u64;

    /// Completes after a while.
    async fn sleep(&self, duration: Duration);

    /// Reports what happens to the platform as a whole, from now on.
    fn watch(&self, events: Events<PlatformEvent>);

    /// `new WebSocket(url, protocol)`, completed by its `open` event; `error` or `close` before that are a failure.
    async fn connect(
        &self,
        url: &str,
        protocol: &str,
        events: Events<SocketEvent>,
    ) -> Result<Self::Socket, Exception>;

    /// Fetches a JSON document with `GET`; `path` begins with a slash and is of the server's origin. `bearer` goes along
    /// as the credential of RFC 6750.
    async fn get(&self, path: &str, bearer: Option<&str>) -> Result<String, Exception>;

    /// `new RTCPeerConnection({ iceServers, iceTransportPolicy })`. It may begin with whatever can be done before a description is set.
    fn peer_connection(
        &self,
        ice_servers: &[IceServer],
        route: Route,
        events: Events<PeerConnectionEvent>,
    ) -> Result<Self::PeerConnection, Exception>;

    /// `getUserMedia(constraints)`: one track for each kind that was asked for, or a failure as a whole.
    async fn get_user_media(&self, constraints: &MediaConstraints) -> Result<Vec<Self::Track>, Exception>;

    /// `getDisplayMedia(constraints)`: the pictures of what the person picks, and its sound where there is any. Pictures
    /// are marked as text (`contentHint = "detail"`): they are to stay sharp before they are to move smoothly.
    async fn get_display_media(&self, constraints: DisplayConstraints)
    -> Result<Vec<Self::Track>, Exception>;

    /// `showOpenFilePicker({ multiple: true })`: the files that the person picks to give away; none where there is no picker.
    fn show_open_file_picker(&self) -> LocalBoxFuture<'static, Vec<Rc<dyn File>>> {
        Box::pin(async { Vec::new() })
    }

    /// `createWritable()` of a new file in the origin's private file system, or what comes near to it.
    fn create_writable(&self) -> LocalBoxFuture<'static, Result<Rc<dyn WritableFile>, Exception>> {
        Box::pin(async { Err(Exception::new("NotSupportedError", "files cannot be kept here")) })
    }

    /// `enumerateDevices()`; a failure is an empty list.
    async fn enumerate_devices(&self) -> Vec<Device>;

    /// `setSinkId(device)` of whatever makes sound, now and later.
    fn set_sink_id(&self, device: &str);

    /// `new MediaStream([track])`. `None` where it cannot be shown.
    fn media_stream(&self, track: &Self::Track) -> Option<Self::Stream>;

    /// Begins to measure how loud a track is, enabled or not. `None` where that cannot be told.
    fn meter(&self, track: &Self::Track) -> Option<Self::Meter>;

    /// Returns what was remembered under a key.
    fn recall(&self, keep: Keep, key: &str) -> Option<String>;

    /// Remembers a value under a key, or forgets it. Failure is of no consequence.
    fn remember(&self, keep: Keep, key: &str, value: Option<&str>);
}

/// How long something is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// On this device, until the person clears it (`localStorage`).
    Always,
    /// Until this tab or window is closed; a reload does not end it (`sessionStorage`).
    Tab,
}

/// What happens to the platform as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformEvent {
    /// The `devicechange` event: there are other devices.
    DevicesChanged,
    /// The `online` event: a network is back.
    Online,
    /// The `visibilitychange` event: the page can be seen, or not any more.
    Visible(bool),
    /// The `pagehide` event: there is just enough time for a last message.
    Leaving,
}

/// Takes events from a platform. Clones are the same.
pub struct Events<T>(Rc<dyn Fn(T)>);

impl<T> Events<T> {
    /// Makes one that hands every event to `take`.
    pub fn new(take: impl Fn(T) + 'static) -> Self {
        Self(Rc::new(take))
    }

    /// Reports an event. It is handled later: never within this call.
    pub fn send(&self, event: T) {
        (self.0)(event);
    }
}

impl<T> Clone for Events<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
