//! What a sender is set to, for one person.

use super::Rung;
use crate::platform::{RtpEncodingParameters, Slot};
use wire::Want;

/// The smallest picture that still shows a face, by its height in pixels.
const LEAST: u32 = 90;
/// How many pixels each picture has at most while the own pictures are lowered, by their heights.
const HALF: u32 = 360;
const SMALL: u32 = 180;
/// What a voice takes when even it is lowered, in bits a second. It is understood still, and is not pretty.
const THIN_VOICE: u32 = 16_000;

/// Returns what the sender of a slot is to be set to, for someone who wants this, when the picture is `height` pixels high
/// (`None` where that is not known: then it is not made smaller).
pub fn encoding(
    slot: Slot,
    want: Want,
    rung: Rung,
    saver: bool,
    height: Option<u32>,
) -> RtpEncodingParameters {
    let all = RtpEncodingParameters::default();
    match slot {
        Slot::Camera => camera(want.camera.pixels(), rung, saver, height),
        Slot::Screen => RtpEncodingParameters {
            active: want.screen.pixels() > 0,
            ..all
        },
        Slot::Microphone if rung == Rung::Sound => RtpEncodingParameters {
            max_bitrate: Some(THIN_VOICE),
            ..all
        },
        Slot::Microphone | Slot::ScreenSound => all,
    }
}

fn camera(wanted: u32, rung: Rung, saver: bool, height: Option<u32>) -> RtpEncodingParameters {
    let own = match rung {
        Rung::All | Rung::TheirsHalf | Rung::TheirsSmall => u32::MAX,
        Rung::OwnHalf => HALF,
        Rung::OwnSmall | Rung::Sound => SMALL,
    };
    let saved = if saver { SMALL } else { u32::MAX };
    let goal = wanted.min(own).min(saved).max(LEAST);
    let Some(height) = height.filter(|height| *height > 0) else {
        return RtpEncodingParameters {
            active: wanted > 0,
            ..RtpEncodingParameters::default()
        };
    };
    let small = goal < height;
    RtpEncodingParameters {
        active: wanted > 0,
        scale_resolution_down_by: if small {
            f64::from(height) / f64::from(goal)
        } else {
            1.0
        },
        // A browser shares its estimate out by what each sender may take: a small picture must not claim a large one's share.
        max_bitrate: small.then(|| bitrate(goal)),
    }
}

/// What a picture of this height takes at most, in bits a second: some 0.1 bits for each pixel of thirty pictures.
pub(super) fn bitrate(height: u32) -> u32 {
    let pixels = height.saturating_mul(height).saturating_mul(16) / 9;
    pixels.saturating_mul(3).clamp(60_000, 2_500_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Height;

    fn want(camera: u32, screen: u32) -> Want {
        Want {
            camera: Height::of(camera),
            screen: Height::of(screen),
        }
    }

    #[test]
    fn a_camera_is_sent_as_large_as_it_is_wanted_and_no_larger() {
        for (wanted, rung, saver, height, active, scale) in [
            (4_320, Rung::All, false, Some(720), true, 1.0),
            (720, Rung::All, false, Some(720), true, 1.0),
            (360, Rung::All, false, Some(720), true, 2.0),
            (180, Rung::All, false, Some(720), true, 4.0),
            (20, Rung::All, false, Some(720), true, 8.0),
            (0, Rung::All, false, Some(720), false, 8.0),
            (720, Rung::All, false, Some(240), true, 1.0),
            (180, Rung::All, false, Some(240), true, 240.0 / 180.0),
            (180, Rung::All, false, None, true, 1.0),
            (0, Rung::All, false, None, false, 1.0),
            (180, Rung::All, false, Some(0), true, 1.0),
            (4_320, Rung::All, true, Some(720), true, 4.0),
            (4_320, Rung::TheirsSmall, false, Some(720), true, 1.0),
            (4_320, Rung::OwnHalf, false, Some(720), true, 2.0),
            (180, Rung::OwnHalf, false, Some(720), true, 4.0),
            (4_320, Rung::OwnSmall, false, Some(720), true, 4.0),
            (4_320, Rung::Sound, false, Some(720), true, 4.0),
        ] {
            let got = encoding(Slot::Camera, want(wanted, 0), rung, saver, height);
            let case = format!("{wanted} of {height:?}, {rung:?}, saver {saver}");
            assert_eq!(
                (got.active, got.scale_resolution_down_by),
                (active, scale),
                "{case}"
            );
            assert_eq!(got.max_bitrate.is_some(), scale > 1.0, "{case}");
        }
    }

    #[test]
    fn a_small_picture_takes_little_of_the_line() {
        let rate = |height| bitrate(height);
        assert!(rate(180) < 200_000 && rate(360) < 800_000 && rate(90) >= 60_000);
        assert!(rate(u32::MAX) <= 2_500_000);
    }

    #[test]
    fn a_screen_is_sent_whole_or_not_at_all_and_a_voice_is_lowered_last() {
        let screen = |wanted| encoding(Slot::Screen, want(720, wanted), Rung::Sound, true, Some(1_080));
        assert_eq!(screen(4_320), RtpEncodingParameters::default());
        assert!(!screen(0).active);
        for rung in Rung::ALL {
            let voice = encoding(Slot::Microphone, want(0, 0), rung, true, None);
            assert!(voice.active, "a voice is never switched off");
            assert_eq!(voice.max_bitrate.is_some(), rung == Rung::Sound, "{rung:?}");
        }
    }
}
