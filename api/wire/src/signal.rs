//! The messages of the signaling socket: JSON text frames, told apart by `type`.
//!
//! The names of the handshake's messages are the ancestor's: `join`, `accept`, `offer`, `answer`, `candidate`.

use crate::{
    AccessToken, Action, CallReport, ChatMessage, ChatText, DisplayName, HandshakeId, HistoryPolicy,
    HostToken, IceCandidate, IceServer, MediaState, Member, MemberId, Missing, Nonce, Passcode, Reaction,
    ResumeToken, RoomId, RoomInfo, Sdp, Want, tagged::tagged,
};
use serde::{Deserialize, Serialize};

/// What a client may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClientMessage {
    /// Asks who is in a room, without going in; the answer is [`ServerMessage::Peek`].
    Peek {
        /// Which room.
        room: RoomId,
    },
    /// Step 1: goes into a room, or comes back to it with a token.
    Join {
        /// Which room.
        room: RoomId,
        /// The name to go by.
        name: DisplayName,
        /// What will be sent.
        media: MediaState,
        /// The token of an earlier [`ServerMessage::Joined`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<ResumeToken>,
        /// With `resume`: `true` when the client still holds its connections and wants to be the member it was;
        /// `false` when the page was loaded anew, so that the member it was leaves and a new one comes.
        #[serde(default)]
        keep: bool,
        /// What the person was told to get in with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passcode: Option<Passcode>,
        /// The token of an earlier [`ServerMessage::Host`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<HostToken>,
        /// What shows that the person may make the room, if there is none yet and not everybody may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        access: Option<AccessToken>,
        /// The number of the last [`ServerMessage::Order`] that was followed; 0 before the first.
        #[serde(default, skip_serializing_if = "is_zero")]
        order: u32,
    },
    /// Step 2-2: tells a member that its offer is awaited under this handshake.
    Accept {
        /// Whose offer is awaited.
        to: MemberId,
        /// The attempt that the offer is to belong to.
        handshake: HandshakeId,
        /// The sender holds a stable connection under this handshake, and keeps it if the other does too.
        #[serde(default)]
        keep: bool,
        /// The sender holds a connection under this earlier handshake, which carries nothing any more. If the other holds
        /// it too, the offer is to restart its ICE ([RFC 8445 §9](https://www.rfc-editor.org/rfc/rfc8445#section-9)).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        restart: Option<HandshakeId>,
    },
    /// Step 3-6: sends an SDP offer.
    Offer {
        /// To whom.
        to: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
        /// It restarts the ICE of the connection that the accept named.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restart: bool,
    },
    /// Step 4-7: sends an SDP answer.
    Answer {
        /// To whom.
        to: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
    },
    /// Step 6: sends an ICE candidate.
    Candidate {
        /// To whom.
        to: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// Tells a member what of it does not come here, so that both people know; nothing, when all comes again.
    Missing {
        /// Whose media.
        to: MemberId,
        /// What of them.
        missing: Missing,
    },
    /// Tells a member which of its pictures are seen here, and how large. What nobody sees need not be sent.
    Want {
        /// Whose pictures.
        to: MemberId,
        /// How large.
        want: Want,
    },
    /// Tells everyone what is sent from now on.
    Media {
        /// What is sent.
        media: MediaState,
        /// The number of the last [`ServerMessage::Order`] that was followed; 0 before the first. What was said before
        /// an order is not to undo it.
        #[serde(default, skip_serializing_if = "is_zero")]
        order: u32,
    },
    /// Raises a hand, or takes it down.
    Hand {
        /// It is up.
        raised: bool,
    },
    /// Shows everyone a sign for a moment.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// Says something to everyone, now and later.
    Chat {
        /// What.
        text: ChatText,
        /// Comes back with the stored message; saying it again under the same nonce stores nothing new.
        nonce: Nonce,
    },
    /// Does something that only a host may.
    Moderate {
        /// What.
        action: Action,
        /// To whom, where the action concerns somebody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberId>,
        /// For [`Action::Passcode`]: the new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passcode: Option<Passcode>,
    },
    /// Tells how the call has gone since the report before, to a server whose [`ServerMessage::Hello`] asks for it. It is for
    /// the server's figures alone: nobody else hears of it, and it is kept with no name.
    Report(CallReport),
    /// Leaves the room, or ceases to wait for it; the socket stays.
    Leave,
    /// Asks for a [`ServerMessage::Pong`], to learn whether the link still carries.
    Ping,
}

/// What the server says. `from` and `member` are stamped by it and can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerMessage {
    /// The first message on every socket: what a client wants to know before it joins. Where there are relays it comes once
    /// more before [`ServerMessage::Joined`], with those: only members may use them.
    Hello {
        /// STUN and TURN servers for its peer connections.
        ice_servers: Vec<IceServer>,
        /// The server's version, for a person to read.
        version: String,
        /// The server takes a [`ClientMessage::Report`] from whose person wants to give one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reports: bool,
    },
    /// Who is in a room.
    Peek(RoomInfo),
    /// The client is in. The others hear [`ServerMessage::Join`] and answer with `accept`.
    Joined {
        /// Which room.
        room: RoomId,
        /// Who the client is here.
        member: MemberId,
        /// The key to come back with.
        resume: ResumeToken,
        /// The server knew this member without a break: whoever is not in `members` has left.
        /// `false` for a first join, and after a server that has lost its memory: others may still be on their way.
        resumed: bool,
        /// Everybody else, in the order in which they came.
        members: Vec<Member>,
    },
    /// What was said before, oldest first; follows [`ServerMessage::Joined`] once the room is stored.
    History {
        /// The newest messages, at most [`crate::limits::HISTORY_MESSAGES`].
        messages: Vec<ChatMessage>,
        /// There are earlier ones.
        more: bool,
    },
    /// Steps 1 and 2: a member came in, or came back with a new socket.
    Join {
        /// Who.
        member: Member,
    },
    /// Step 3: a member awaits this client's offer.
    Accept {
        /// Who.
        from: MemberId,
        /// The attempt that the offer is to belong to.
        handshake: HandshakeId,
        /// The sender holds a stable connection under this handshake.
        #[serde(default)]
        keep: bool,
        /// The sender holds a connection under this earlier handshake, whose ICE the offer is to restart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        restart: Option<HandshakeId>,
    },
    /// Step 4-1: an SDP offer.
    Offer {
        /// Whose.
        from: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
        /// It restarts the ICE of the connection that the accept named.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restart: bool,
    },
    /// Step 5-1: an SDP answer.
    Answer {
        /// Whose.
        from: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The session description.
        sdp: Sdp,
    },
    /// Step 6-1: an ICE candidate.
    Candidate {
        /// Whose.
        from: MemberId,
        /// The attempt it belongs to.
        handshake: HandshakeId,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// What of this client's media does not come to a member.
    Missing {
        /// To whom.
        from: MemberId,
        /// What.
        missing: Missing,
    },
    /// Which of this client's pictures a member sees, and how large. One that has said nothing wants everything.
    Want {
        /// Who sees them.
        from: MemberId,
        /// How large.
        want: Want,
    },
    /// A member sends something else from now on.
    Media {
        /// Who.
        member: MemberId,
        /// What it sends.
        media: MediaState,
    },
    /// The hands that are up from now on; also follows [`ServerMessage::Joined`] where any is.
    Hands {
        /// Whose, the first one raised first.
        raised: Vec<MemberId>,
    },
    /// A member shows everyone a sign, the member itself included.
    React {
        /// Who.
        from: MemberId,
        /// Which.
        reaction: Reaction,
    },
    /// A member's socket is lost; its media may go on, and it may come back.
    Away {
        /// Who.
        member: MemberId,
    },
    /// A member is gone for good.
    Leave {
        /// Who.
        member: MemberId,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody said something, and it is stored.
    Chat {
        /// What is stored.
        message: ChatMessage,
        /// For the author only: the nonce it was said under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// Something the client said is refused. The socket stays, unless a close frame follows.
    Error {
        /// What is wrong, for a program.
        code: ErrorCode,
        /// What is wrong and what would be right, for a person, in English.
        message: String,
        /// The nonce of the chat message that is refused, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// The client must wait until the host lets it in; [`ServerMessage::Joined`] or an error follows.
    Waiting {
        /// For which room.
        room: RoomId,
    },
    /// The room's rules and its hosts: when one comes in, and whenever they change.
    Rules {
        /// Nobody new comes in.
        locked: bool,
        /// Whoever is new waits until the host lets it in.
        waiting: bool,
        /// Whoever is new must know a passcode.
        passcode: bool,
        /// What one is given of the chat of before.
        history: HistoryPolicy,
        /// Who is host; several are one person in several tabs.
        hosts: Vec<MemberId>,
    },
    /// For hosts only: everybody who waits, in the order in which they came.
    Knocks {
        /// The members that they will be.
        people: Vec<Member>,
    },
    /// For one member only: the host has muted it or ended its share. It may undo that later, but not by what it said
    /// before: its messages carry the number.
    Order {
        /// Which order it is, from 1 upwards.
        order: u32,
        /// What the others are told now. What is `false` is to be off.
        media: MediaState,
    },
    /// The client is host. This proves it the next time.
    Host {
        /// The secret.
        token: HostToken,
    },
    /// The link carries.
    Pong,
}

tagged!(ClientMessage);
tagged!(ServerMessage);

/// Why a member is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaveReason {
    /// It said so.
    Left,
    /// Its socket was lost and it did not come back in time.
    Lost,
    /// It came back as a new member (the page was loaded anew).
    Replaced,
    /// The host put it out.
    Removed,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What is wrong with something a client said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// Not JSON, an unknown type, or a field that is missing, wrong or out of bounds.
    BadMessage,
    /// The message wants a room, and the client is in none.
    NotInRoom,
    /// The client is in a room already.
    AlreadyInRoom,
    /// Nobody of that id is in the room.
    UnknownMember,
    /// The room holds as many members as it may.
    RoomFull,
    /// Too many messages in too short a time.
    TooFast,
    /// The message could not be stored; it may be said again.
    NotStored,
    /// The member came back on another socket; this one is closed.
    Superseded,
    /// The server is shutting down; another try soon will do.
    GoingAway,
    /// The room asks for a passcode.
    PasscodeWanted,
    /// That is not the room's passcode.
    PasscodeWrong,
    /// Too many wrong passcodes, or too many vain attempts; another try in a while may do.
    TooManyTries,
    /// Too many joins from one network; another try in a while will do.
    TooManyJoins,
    /// Too many people of one network wait before this room.
    TooManyWaiting,
    /// The room is locked.
    Locked,
    /// The host does not let the client in.
    Denied,
    /// The host has put the client out.
    Removed,
    /// The host has ended the call.
    Ended,
    /// There is no such room yet, and not everybody may make one: an access token has to be shown.
    AccessWanted,
    /// The access token that was shown is not, or no longer, a good one.
    AccessDenied,
    /// What is known of the room is out of reach, so nobody can be let in; another try soon will do.
    Unavailable,
    /// Only a host may do that.
    NotHost,
    /// It cannot be done as things are, or not be stored.
    NotDone,
    /// The server takes no reports of calls.
    NotWanted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_look_as_the_design_says() {
        let said: ClientMessage = serde_json::from_value(json!({
            "type": "candidate", "to": "b", "handshake": {"by": "a", "attempt": 1},
            "candidate": {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
        }))
        .unwrap();
        let ClientMessage::Candidate {
            to,
            handshake,
            candidate,
        } = said
        else {
            panic!("not a candidate")
        };
        assert_eq!(
            (to.as_str(), handshake.attempt, candidate.sdp_m_line_index),
            ("b", 1, Some(0))
        );
        assert_eq!(
            serde_json::to_value(ClientMessage::Leave).unwrap(),
            json!({"type": "leave"})
        );
        assert_eq!(
            serde_json::to_value(ServerMessage::Hello {
                ice_servers: vec![],
                version: "1".into(),
                reports: false,
            })
            .unwrap(),
            json!({"type": "hello", "iceServers": [], "version": "1"})
        );
    }

    #[test]
    fn a_client_cannot_say_who_it_is() {
        let forged =
            json!({"type": "media", "member": "b", "from": "b", "media": {"audio": true, "video": true}});
        let ClientMessage::Media { media, .. } = serde_json::from_value(forged).unwrap() else {
            panic!("not media")
        };
        assert_eq!(
            media,
            MediaState {
                audio: true,
                video: true,
                screen: false,
                recording: false,
            }
        );
    }
}
