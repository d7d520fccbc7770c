//! `RTCRtpEncodingParameters`, [WebRTC §5.2.6](https://www.w3.org/TR/webrtc/#rtcrtpencodingparameters).

/// How a sender compresses what it sends. There is one encoding for each sender: nothing is sent twice in two sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RtpEncodingParameters {
    /// `active`: whether anything is sent.
    pub active: bool,
    /// `scaleResolutionDownBy`: how many times smaller a picture is sent than it is, at least 1.
    pub scale_resolution_down_by: f64,
    /// `maxBitrate`, in bits a second; `None` is what the network carries.
    pub max_bitrate: Option<u32>,
}

impl Default for RtpEncodingParameters {
    fn default() -> Self {
        Self {
            active: true,
            scale_resolution_down_by: 1.0,
            max_bitrate: None,
        }
    }
}
