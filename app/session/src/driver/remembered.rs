//! What is remembered of devices, and under which names.

use crate::{
    platform::{AudioProcessing, MediaKind},
    view::DeviceKind,
};

/// Reads how the voice is to be treated.
pub(super) fn processing(kept: &str) -> AudioProcessing {
    let on = |place| kept.as_bytes().get(place) != Some(&b'0');
    AudioProcessing {
        echo_cancellation: on(0),
        noise_suppression: on(1),
        auto_gain_control: on(2),
    }
}

pub(super) const PROCESSING: &str = "tsukiyo.microphone.processing";
pub(super) const SHAPE: &str = "tsukiyo.video";

pub(super) fn device_key(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Camera => "tsukiyo.camera",
        DeviceKind::Microphone => "tsukiyo.microphone",
        DeviceKind::Speaker => "tsukiyo.speaker",
    }
}

pub(super) fn switch_key(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => "tsukiyo.microphone.switch",
        MediaKind::Video => "tsukiyo.camera.switch",
    }
}
