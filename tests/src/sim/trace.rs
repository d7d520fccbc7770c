//! Lines of a trace: short, and with the steps' names.

use super::platform::kind;
use call::{Input, Operation};
use wire::{ClientMessage, ServerMessage};

/// What a page says.
pub fn said(message: &ClientMessage) -> String {
    match message {
        ClientMessage::Join { resume, keep, .. } => format!("join resume={} keep={keep}", resume.is_some()),
        ClientMessage::Accept {
            to,
            handshake,
            keep,
            restart,
        } => format!("accept {handshake} keep={keep} restart={restart:?} to {to}"),
        ClientMessage::Offer { to, handshake, .. } => format!("offer {handshake} to {to}"),
        ClientMessage::Answer { to, handshake, .. } => format!("answer {handshake} to {to}"),
        ClientMessage::Candidate { to, handshake, .. } => format!("candidate {handshake} to {to}"),
        ClientMessage::Peek { .. }
        | ClientMessage::Media { .. }
        | ClientMessage::Missing { .. }
        | ClientMessage::Want { .. }
        | ClientMessage::Hand { .. }
        | ClientMessage::React { .. }
        | ClientMessage::Chat { .. }
        | ClientMessage::Moderate { .. }
        | ClientMessage::Report(_)
        | ClientMessage::Leave
        | ClientMessage::Ping => format!("{message:?}"),
    }
}

/// What a page hears.
pub fn heard(message: &ServerMessage) -> String {
    match message {
        ServerMessage::Joined {
            member,
            resumed,
            members,
            ..
        } => {
            let others: Vec<_> = members.iter().map(|other| (&other.id, other.away)).collect();
            format!("joined as {member} resumed={resumed} (others, away): {others:?}")
        }
        ServerMessage::Join { member } => format!("join {}", member.id),
        ServerMessage::Accept {
            from,
            handshake,
            keep,
            restart,
        } => format!("accept {handshake} keep={keep} restart={restart:?} from {from}"),
        ServerMessage::Offer { from, handshake, .. } => format!("offer {handshake} from {from}"),
        ServerMessage::Answer { from, handshake, .. } => format!("answer {handshake} from {from}"),
        ServerMessage::Candidate { from, handshake, .. } => format!("candidate {handshake} from {from}"),
        ServerMessage::Hello { .. }
        | ServerMessage::Peek(_)
        | ServerMessage::History { .. }
        | ServerMessage::Media { .. }
        | ServerMessage::Missing { .. }
        | ServerMessage::Want { .. }
        | ServerMessage::Hands { .. }
        | ServerMessage::React { .. }
        | ServerMessage::Away { .. }
        | ServerMessage::Leave { .. }
        | ServerMessage::Chat { .. }
        | ServerMessage::Error { .. }
        | ServerMessage::Waiting { .. }
        | ServerMessage::Rules { .. }
        | ServerMessage::Knocks { .. }
        | ServerMessage::Order { .. }
        | ServerMessage::Host { .. }
        | ServerMessage::Pong => format!("{message:?}"),
    }
}

/// What a core takes in.
pub fn input(input: &Input) -> String {
    match input {
        Input::Joined { .. }
        | Input::Join { .. }
        | Input::Accept { .. }
        | Input::Offer { .. }
        | Input::Answer { .. }
        | Input::Candidate { .. }
        | Input::Media { .. }
        | Input::Away { .. }
        | Input::Leave { .. } => "that".to_owned(),
        Input::Doubted { .. } | Input::SocketLost | Input::Hangup => format!("{input:?}"),
        Input::OfferCreated { peer, handshake, .. } => format!("offer created for {peer} under {handshake}"),
        Input::AnswerCreated { peer, handshake, .. } => {
            format!("answer created for {peer} under {handshake}")
        }
        Input::LocalDescriptionSet { peer, handshake } => format!("local set for {peer} under {handshake}"),
        Input::RemoteDescriptionSet { peer, handshake } => format!("remote set for {peer} under {handshake}"),
        Input::LocalCandidate { peer, handshake, .. } => format!("candidate for {peer} under {handshake}"),
        Input::ConnectionStateChanged {
            peer,
            handshake,
            state,
        } => format!("{state:?} to {peer} under {handshake}"),
        Input::OperationFailed { peer, handshake } => format!("failed for {peer} under {handshake}"),
    }
}

/// What a core wants done.
pub fn operation(operation: &Operation) -> String {
    match operation {
        Operation::SetLocalDescription(description) => format!("set local {}", kind(description)),
        Operation::SetRemoteDescription(description) => format!("set remote {}", kind(description)),
        Operation::AddIceCandidate(_) => "add candidate".to_owned(),
        Operation::Restart(handshake, role) => format!("restart as {handshake}, {role:?}"),
        Operation::Create(..) | Operation::CreateOffer | Operation::CreateAnswer | Operation::Close => {
            format!("{operation:?}")
        }
    }
}
