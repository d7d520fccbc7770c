//! `RTCStatsReport`, [WebRTC Statistics](https://www.w3.org/TR/webrtc-stats/): of its many members those that a person can use.
//!
//! Counters count from the beginning of the connection. A member that a platform does not know is `None`.

use super::Slot;

/// What `getStats()` tells of a connection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatsReport {
    /// The pair of candidates that is in use.
    pub pair: Option<CandidatePairStats>,
    /// What comes.
    pub inbound: Vec<InboundRtpStats>,
    /// What goes.
    pub outbound: Vec<OutboundRtpStats>,
}

/// `RTCIceCandidatePairStats`, §8.14, with its two candidates.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CandidatePairStats {
    /// `currentRoundTripTime`, in seconds.
    pub round_trip_time: Option<f64>,
    /// `availableOutgoingBitrate`, in bits a second.
    pub available_outgoing_bitrate: Option<f64>,
    /// This side's candidate.
    pub local: CandidateStats,
    /// The other side's.
    pub remote: CandidateStats,
}

/// `RTCIceCandidateStats`, §8.13.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CandidateStats {
    /// `candidateType`: `host`, `srflx`, `prflx` or `relay`.
    pub candidate_type: String,
    /// `protocol`, or `relayProtocol` of a relay: `udp`, `tcp` or `tls`.
    pub protocol: String,
}

/// `RTCInboundRtpStreamStats`, §8.5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboundRtpStats {
    /// By its `mid`. A screen's sound and a voice are two.
    pub slot: Option<Slot>,
    /// `bytesReceived`
    pub bytes: f64,
    /// `packetsReceived`
    pub packets: f64,
    /// `packetsLost`; it falls when a packet comes late.
    pub lost: f64,
    /// `framesDecoded`
    pub frames: f64,
    /// `freezeCount`
    pub freezes: f64,
    /// `totalFreezesDuration`, in seconds
    pub freezes_duration: f64,
    /// `frameWidth` and `frameHeight` of the last one.
    pub size: Option<(u32, u32)>,
    /// The `mimeType` of its codec, without the kind: `VP8`.
    pub codec: Option<String>,
}

/// `RTCOutboundRtpStreamStats`, §8.7, with what the other side reports of it (§8.6).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutboundRtpStats {
    /// By its `mid`.
    pub slot: Option<Slot>,
    /// `bytesSent`
    pub bytes: f64,
    /// `framesEncoded`
    pub frames: f64,
    /// `frameWidth` and `frameHeight` of the last one.
    pub size: Option<(u32, u32)>,
    /// The `mimeType` of its codec, without the kind.
    pub codec: Option<String>,
    /// `qualityLimitationReason`: `none`, `cpu`, `bandwidth` or `other`.
    pub limited_by: Option<String>,
    /// `fractionLost` that the other side has seen last, from 0 to 1.
    pub fraction_lost: Option<f64>,
}
