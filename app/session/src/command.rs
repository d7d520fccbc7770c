//! What a person asks for.

use crate::platform::{AudioProcessing, Feed, VideoConstraints};
use call::files::Key;
use wire::{AccessToken, Action, ChatText, DisplayName, MemberId, Passcode, Reaction, RoomId};

/// Everything that the components can ask of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Opens camera and microphone for the lobby's preview, as far as their switches are on.
    Prepare,
    /// Keeps [`crate::View::peek`] up to date for this room; `None` stops it.
    Peek(Option<RoomId>),
    /// Step 1: goes into the room.
    Join {
        /// Which room.
        room: RoomId,
        /// The name to go by.
        name: DisplayName,
    },
    /// Shows this passcode to the room that asked for one, and asks to come in again.
    Passcode(Passcode),
    /// Shows this token to the server that did not let the person make a room, and asks to come in again.
    Access(AccessToken),
    /// Does something that only a host may.
    Moderate {
        /// What.
        action: Action,
        /// To whom, where the action concerns somebody.
        member: Option<MemberId>,
        /// For [`Action::Passcode`]: the new one.
        passcode: Option<Passcode>,
    },
    /// Takes note of what the host has ordered; it is shown no longer.
    Understood,
    /// Leaves the room and returns to the lobby. Camera and microphone stay as they are.
    Leave,
    /// Mutes or unmutes; opens the microphone if it is not open.
    Microphone(bool),
    /// Switches the camera; off releases the device, so that its light goes out.
    Camera(bool),
    /// Asks the person what to share, and shares it; or ceases to.
    Share(bool),
    /// Tells the others that the person records, or has ceased to.
    Recording(bool),
    /// Uses this camera or microphone from now on, without a new handshake.
    Choose {
        /// Which kind of device.
        kind: crate::view::DeviceKind,
        /// Its id, from [`crate::view::Device::id`].
        id: String,
    },
    /// Treats the voice like this from now on.
    Process(AudioProcessing),
    /// Asks this of the camera from now on.
    Shape(VideoConstraints),
    /// Looks after the connections from now on, until the room is left: the room is drawn, and can show how they are.
    LookAfter,
    /// A picture of somebody is drawn this high, in pixels. What is not in sight need not be sent.
    Watch {
        /// Whose.
        of: MemberId,
        /// Its face, or what it shares.
        feed: Feed,
        /// How high: 0 where it is not in sight, `None` where it is not drawn any more.
        height: Option<u32>,
    },
    /// The room is shown in a window of its own, which is seen when the page is not; or no longer.
    ShowApart(bool),
    /// Asks for small pictures and sends small ones, from now on and at later visits; or no longer.
    SaveData(bool),
    /// Tells the server how calls go, in figures without names, from now on and at later visits; or no longer.
    Report(bool),
    /// Raises the hand, or takes it down.
    Hand(bool),
    /// Shows everyone a sign for a moment.
    React(Reaction),
    /// Says something to the room.
    Say(ChatText),
    /// Says a refused message once more, by its [`crate::view::ChatLine::key`].
    SayAgain(String),
    /// Loads chat messages from before the first one shown.
    Earlier,
    /// Loads the chat messages that are missing before a line, by its [`crate::view::ChatLine::key`].
    Missing(String),
    /// Does something about files.
    Files(FileCommand),
    /// Tries at once to reach the server instead of waiting for the next attempt.
    Reconnect,
    /// Closes everything: the page is going away.
    Shutdown,
}

/// What can be asked about files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileCommand {
    /// Asks the person which files to give, and offers them to everybody in the room.
    Give,
    /// Takes what is offered, by its [`crate::view::FileTransfer::key`].
    Take(Key),
    /// Declines, withdraws or cancels it.
    Stop(Key),
    /// Removes what is over from the list, and a file that came from this page.
    Forget(Key),
}
