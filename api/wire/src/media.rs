//! The parts of WebRTC that travel: candidates, servers and what a member sends.

use crate::limits::{CANDIDATE_CHARS, SDP_BYTES};
use serde::{Deserialize, Serialize};

/// What a member sends at the moment. `false` is muted, switched off or not there: others need not know which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaState {
    /// The microphone can be heard.
    pub audio: bool,
    /// The camera can be seen.
    pub video: bool,
    /// A screen, a window or a tab is shared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub screen: bool,
    /// The member records what it sees and hears. Everybody is to know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recording: bool,
}

/// What of a member's media does not come though it is said to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// No picture comes.
    pub picture: bool,
    /// No sound comes.
    pub sound: bool,
}

impl Missing {
    /// Something does not come.
    pub fn any(self) -> bool {
        self.picture || self.sound
    }
}

/// `RTCIceCandidateInit`, [WebRTC §4.8.1.1](https://www.w3.org/TR/webrtc/#dom-rtcicecandidateinit).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// The candidate-attribute of RFC 8839 §5.1; empty says that there are no more.
    #[serde(deserialize_with = "bounded")]
    pub candidate: String,
    /// The media stream identification tag of the media description it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The index of that media description.
    #[serde(default, rename = "sdpMLineIndex", skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    /// The ICE username fragment, which tells candidates of one generation from another's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

/// A session description (RFC 8866), bounded in size. `Debug` shows its length only: it holds addresses and keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sdp(String);

/// A session description that is too large: more than [`SDP_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a session description must have at most {SDP_BYTES} bytes")]
pub struct SdpTooLarge;

/// `RTCIceServer`, [WebRTC §4.2.4](https://www.w3.org/TR/webrtc/#rtciceserver-dictionary).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    /// STUN or TURN URLs (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// The user name, for TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password, for TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl Sdp {
    /// Returns the description as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl IceServer {
    /// Tells whether it relays: whether it is a TURN server.
    pub fn is_relay(&self) -> bool {
        self.urls
            .iter()
            .any(|url| url.starts_with("turn:") || url.starts_with("turns:"))
    }
}

impl TryFrom<String> for Sdp {
    type Error = SdpTooLarge;

    fn try_from(text: String) -> Result<Self, SdpTooLarge> {
        if text.len() > SDP_BYTES {
            Err(SdpTooLarge)
        } else {
            Ok(Self(text))
        }
    }
}

impl From<Sdp> for String {
    fn from(sdp: Sdp) -> String {
        sdp.0
    }
}

impl std::fmt::Debug for Sdp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sdp({} bytes)", self.0.len())
    }
}

/// Hides addresses, which tell where a person is.
impl std::fmt::Debug for IceCandidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IceCandidate({})", self.sdp_mid.as_deref().unwrap_or("-"))
    }
}

/// Hides the credential.
impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IceServer({:?})", self.urls)
    }
}

fn bounded<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let line = String::deserialize(from)?;
    if line.chars().count() > CANDIDATE_CHARS {
        return Err(serde::de::Error::custom(format_args!(
            "a candidate must have at most {CANDIDATE_CHARS} characters"
        )));
    }
    Ok(line)
}
