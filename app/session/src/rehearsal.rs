//! A handshake with nobody, as the one who offers and as the one who answers.
//!
//! A browser compiles a function when it is called for the first time. Whoever tries the handshake out before there is
//! anybody to call does not wait for that when there is.

use call::{Call, ConnectionState, Description, Input, Operation, Output};
use std::time::Duration;
use tracing::subscriber::{NoSubscriber, with_default};
use wire::{HandshakeId, IceCandidate, Member, MemberId, Sdp, ServerMessage};

/// What the server says while the other one, who was there before, connects.
const OFFERING: [&str; 3] = [
    r#"{"type":"accept","from":"other","handshake":{"by":"other","attempt":1}}"#,
    r#"{"type":"answer","from":"other","handshake":{"by":"other","attempt":1},"sdp":"v=0"}"#,
    r#"{"type":"candidate","from":"other","handshake":{"by":"other","attempt":1},"candidate":{"candidate":"","sdpMid":"0","sdpMLineIndex":0}}"#,
];
/// What it says while the other one comes.
const ANSWERING: [&str; 3] = [
    r#"{"type":"join","member":{"id":"other","name":"Tsukiyo","media":{"audio":true,"video":true}}}"#,
    r#"{"type":"offer","from":"other","handshake":{"by":"me","attempt":1},"sdp":"v=0"}"#,
    r#"{"type":"candidate","from":"other","handshake":{"by":"me","attempt":1},"candidate":{"candidate":"","sdpMid":"0","sdpMLineIndex":0}}"#,
];

/// Tries the handshake out. Nothing of it leaves this function, and nothing is logged.
pub fn rehearse() {
    with_default(NoSubscriber::default(), || {
        play(&OFFERING, true);
        play(&ANSWERING, false);
    });
}

/// Plays one part. Returns how many messages would have been sent, and whether the connection stands.
fn play(lines: &[&str], is_there: bool) -> Option<(usize, bool)> {
    let me: MemberId = "me".parse().ok()?;
    let mut stage = Stage {
        call: Call::new(),
        sdp: Sdp::try_from("v=0".to_owned()).ok()?,
        sent: 0,
        stands: false,
    };
    let other = Member {
        id: "other".parse().ok()?,
        name: "Tsukiyo".to_owned().try_into().ok()?,
        media: wire::MediaState::default(),
        away: false,
    };
    stage.input(Input::Joined {
        me,
        resumed: false,
        members: is_there.then_some(other).into_iter().collect(),
    });
    for line in lines {
        if let Ok(Ok(input)) = ServerMessage::from_json(line).map(Input::try_from) {
            stage.input(input);
        }
    }
    Some((stage.sent, stage.stands))
}

struct Stage {
    call: Call,
    sdp: Sdp,
    sent: usize,
    stands: bool,
}

impl Stage {
    fn input(&mut self, input: Input) {
        self.call.handle_input(Duration::ZERO, input);
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Send(message) => self.sent += usize::from(serde_json::to_string(&message).is_ok()),
                Output::Peer {
                    peer,
                    handshake,
                    operation,
                } => self.perform(&peer, &handshake, &operation),
                Output::Event(_) => {}
            }
        }
    }

    /// Every operation succeeds at once.
    fn perform(&mut self, peer: &MemberId, handshake: &HandshakeId, operation: &Operation) {
        let (peer, handshake, sdp) = (peer.clone(), handshake.clone(), self.sdp.clone());
        match operation {
            Operation::CreateOffer => self.input(Input::OfferCreated { peer, handshake, sdp }),
            Operation::CreateAnswer => self.input(Input::AnswerCreated { peer, handshake, sdp }),
            Operation::SetLocalDescription(_) => {
                let candidate = IceCandidate {
                    candidate: String::new(),
                    sdp_mid: None,
                    sdp_m_line_index: Some(0),
                    username_fragment: None,
                };
                self.input(Input::LocalCandidate {
                    peer: peer.clone(),
                    handshake: handshake.clone(),
                    candidate,
                });
                self.input(Input::LocalDescriptionSet { peer, handshake });
            }
            Operation::SetRemoteDescription(Description::Offer(_) | Description::Answer(_)) => {
                self.input(Input::RemoteDescriptionSet { peer, handshake });
            }
            Operation::AddIceCandidate(_) => {
                self.stands = true;
                self.input(Input::ConnectionStateChanged {
                    peer,
                    handshake,
                    state: ConnectionState::Connected,
                });
            }
            Operation::Create(..) | Operation::Restart(..) | Operation::Close => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_are_played_to_the_end() {
        // An offer or an answer, and a candidate; whoever awaits an offer has said so.
        assert_eq!(play(&OFFERING, true), Some((2, true)));
        assert_eq!(play(&ANSWERING, false), Some((3, true)));
    }
}
