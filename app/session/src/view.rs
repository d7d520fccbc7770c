//! What there is to show, as one value. A view that has not changed is not published again.

use crate::{
    load::{Rung, Strain},
    platform::{AudioProcessing, VideoConstraints},
    quality::{Cause, Quality, Rating},
};
pub use call::files::{Failure as FileFailure, Key as FileKey, State as FileState};
use std::{collections::BTreeMap, rc::Rc};
use wire::{DisplayName, MediaState, Member, MemberId, Missing, Reaction, RoomId, RoomInfo, RoomRules};

/// The state of a session as a person should see it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct View {
    /// The link to the server.
    pub link: Link,
    /// Where the person is.
    pub phase: Phase,
    /// The person's own media.
    pub local: Local,
    /// Cameras, microphones and speakers.
    pub devices: Rc<Devices>,
    /// Who is in the room that was asked for with [`crate::Command::Peek`].
    pub peek: Option<Rc<RoomInfo>>,
    /// The others, in the order in which they came.
    pub people: Rc<Vec<Person>>,
    /// Who of them speaks, or spoke last.
    pub active_speaker: Option<MemberId>,
    /// The connections in figures, by whom they lead to.
    pub qualities: Rc<BTreeMap<MemberId, Quality>>,
    /// Whose hands are up, the person's own among them, the first one raised first.
    pub hands: Rc<Vec<MemberId>>,
    /// The signs of the moment, the eldest first, the person's own among them.
    pub signs: Rc<Vec<Sign>>,
    /// The chat, oldest first.
    pub chat: Rc<Chat>,
    /// Files that go from person to person, oldest first.
    pub files: Rc<Vec<FileTransfer>>,
    /// The room's rules, and who sees to them.
    pub house: Rc<House>,
    /// What the call costs, and how far that is lowered.
    pub load: Load,
    /// The person lets the program tell the server how calls go; `None` where the server does not ask for it.
    pub reports: Option<bool>,
}

/// What the call costs, and how far that is lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// What is near its end, or was and is not yet for long enough.
    pub warning: Option<Strain>,
    /// What is lowered for that.
    pub rung: Rung,
    /// The person saves data.
    pub saver: bool,
}

/// The link to the server. A lost link is not a lost call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// The first attempt is on its way.
    #[default]
    Connecting,
    /// Messages flow.
    Open,
    /// Lost; another attempt follows by itself.
    Lost,
}

/// Where the person is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Phase {
    /// Before a room, or after it.
    #[default]
    Lobby,
    /// `join` was sent, or will be when the link opens.
    Joining {
        /// Which room.
        room: RoomId,
    },
    /// Before the room, until its host lets the person in.
    Waiting {
        /// Which room.
        room: RoomId,
    },
    /// In the room.
    Inside {
        /// Which room.
        room: RoomId,
        /// Who the person is there.
        me: MemberId,
        /// The name it goes by.
        name: DisplayName,
    },
    /// The room did not let the person in, or put it out.
    Refused {
        /// Which room.
        room: RoomId,
        /// Why.
        why: Refusal,
    },
}

/// Why a person is not in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The room is full.
    Full,
    /// The same member came in from elsewhere (another tab with this page's token).
    Superseded,
    /// The room asks for a passcode.
    Passcode {
        /// One was shown, and it was wrong.
        wrong: bool,
    },
    /// There is no such room yet, and only who has access makes one.
    Access {
        /// A token was shown, and it is not, or no longer, a good one.
        wrong: bool,
    },
    /// Too many wrong passcodes, or vain knocks.
    TooManyTries,
    /// The room is locked.
    Locked,
    /// The host does not let the person in.
    Denied,
    /// The host has put the person out.
    Removed,
    /// The host has ended the call.
    Ended,
    /// The server cannot tell whether the person may come in.
    Unavailable,
    /// Anything else, in the server's words.
    Other(String),
}

/// The room's rules, and who sees to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct House {
    /// The rules.
    pub rules: RoomRules,
    /// Who is host. Several are one person in several tabs.
    pub hosts: Vec<MemberId>,
    /// The person is.
    pub mine: bool,
    /// Who waits to be let in; known to hosts only.
    pub knocks: Vec<Member>,
    /// What the host has switched off, until the person takes note of it or switches it on again.
    pub ordered: Option<Ordered>,
    /// What the person wanted as a host and the server did not do, in its words.
    pub trouble: Option<String>,
}

/// What a host has switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordered {
    /// The microphone.
    Muted,
    /// What was shared.
    Unshared,
}

/// The person's own media.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Local {
    /// The microphone.
    pub microphone: Source,
    /// The camera.
    pub camera: Source,
    /// The camera's picture, to be shown mirrored and without sound. `None` while there is none.
    pub preview: Option<StreamId>,
    /// What the person shares.
    pub screen: Source,
    /// The shared picture, to be shown small and without sound. `None` while there is none.
    pub screen_preview: Option<StreamId>,
    /// The sound of what is shared. It must not play: it is heard already.
    pub screen_sound: Option<StreamId>,
    /// The person's voice, silent while muted. It must not play. `None` while no microphone is open.
    pub voice: Option<StreamId>,
    /// Devices that were in use and are gone, or are back and not in use.
    pub lost: Vec<Lost>,
    /// The person speaks while it is muted.
    pub unheard: bool,
    /// The person's hand is up.
    pub hand: bool,
}

/// A sign that somebody shows for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Names the sign for as long as it is shown.
    pub key: u64,
    /// Who shows it.
    pub from: MemberId,
    /// Which.
    pub reaction: Reaction,
}

/// A device that was in use when it was unplugged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The device.
    pub device: Device,
    /// It can be used again, with [`crate::Command::Choose`].
    pub back: bool,
    /// What is used in its place; `None` while there is nothing.
    pub instead: Option<Device>,
}

/// A camera, microphone or shared screen of the person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// Switched off or muted by the person.
    #[default]
    Off,
    /// Asked for; a permission prompt may be open.
    Starting,
    /// Sends.
    On,
    /// Cannot be used.
    Trouble(Trouble),
}

/// Why a device cannot be used. Each wants its own words and its own way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The person or the browser refused permission (`NotAllowedError`).
    Refused,
    /// There is no such device (`NotFoundError`, `OverconstrainedError`).
    Missing,
    /// Another program uses it (`NotReadableError`).
    Busy,
    /// The page is not served securely, or the browser has no such interface.
    Unsupported,
}

/// The devices there are. Names are empty until permission is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    /// All of them, in the platform's order.
    pub all: Vec<Device>,
    /// The camera in use or to be used, if one was chosen.
    pub camera: Option<String>,
    /// The microphone in use or to be used, if one was chosen.
    pub microphone: Option<String>,
    /// The speaker in use, if one was chosen.
    pub speaker: Option<String>,
    /// How the voice is treated.
    pub processing: AudioProcessing,
    /// What the camera is asked for.
    pub shape: VideoConstraints,
}

/// `MediaDeviceInfo`, [Media Capture §9.2](https://www.w3.org/TR/mediacapture-streams/#device-info).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What it is.
    pub kind: DeviceKind,
    /// Names the device for this origin.
    pub id: String,
    /// Its name for people.
    pub label: String,
}

/// `MediaDeviceKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceKind {
    /// `videoinput`
    Camera,
    /// `audioinput`
    Microphone,
    /// `audiooutput`
    Speaker,
}

/// Names something that a video surface can show; the platform knows what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub Rc<str>);

/// Somebody else in the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub id: MemberId,
    /// The name it goes by.
    pub name: DisplayName,
    /// What it says that it sends.
    pub media: MediaState,
    /// Picture and sound, once tracks have come. Sound plays even while the picture is hidden.
    pub stream: Option<StreamId>,
    /// What it shares, with its sound; to be shown while [`MediaState::screen`] says that it shares.
    pub screen: Option<StreamId>,
    /// How the connection to it is.
    pub connection: Connection,
    /// Its link to the server is lost; media may go on.
    pub away: bool,
    /// It can be heard at the moment.
    pub speaking: bool,
    /// How the connection is, beyond being there.
    pub checkup: Checkup,
}

/// How the connection to a person is, in short. [`View::qualities`] has the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checkup {
    /// How good it is.
    pub rating: Rating,
    /// Why it is not better.
    pub cause: Option<Cause>,
    /// What of the other does not come here.
    pub missing: Missing,
    /// What of the person's own does not come there.
    pub missed: Missing,
    /// Something was missing, and was mended a moment ago.
    pub mended: bool,
}

/// How the connection to a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// The handshake is on its way.
    #[default]
    Connecting,
    /// Media can flow.
    Connected,
    /// Media stopped for the moment; it may come back by itself.
    Interrupted,
    /// It broke, and another attempt is on its way.
    Failed,
}

/// The chat of the room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chat {
    /// What was said, oldest first; unsent lines are last.
    pub lines: Vec<ChatLine>,
    /// There are earlier ones, to be had with [`crate::Command::Earlier`].
    pub more: bool,
    /// The history has come (an empty chat is really empty).
    pub loaded: bool,
}

/// One line of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatLine {
    /// Names the line for as long as it is shown, through its way from pending to stored.
    pub key: String,
    /// Who said it.
    pub name: DisplayName,
    /// The person said it.
    pub mine: bool,
    /// It was said before the person came in, so it does not count as unread.
    pub history: bool,
    /// Messages before it are missing. They are on their way, or to be had with [`crate::Command::Missing`].
    pub gap: bool,
    /// What was said.
    pub text: wire::ChatText,
    /// Where it is.
    pub state: Delivery,
}

/// A file on its way from one person to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTransfer {
    /// Names it.
    pub key: FileKey,
    /// What the file is called, without anything that could mislead.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// The person gives it.
    pub mine: bool,
    /// From or to whom; the name stays when its bearer has left.
    pub with: DisplayName,
    /// How far it is.
    pub state: FileState,
}

/// How far a chat line has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// On its way; it is repeated after a lost link.
    Pending,
    /// Stored and sent to everyone, at this time (milliseconds since 1970 UTC).
    Stored(u64),
    /// Refused, with the server's reason. It can be said again.
    Refused(String),
}
