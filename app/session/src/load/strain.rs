//! What is near its end: the way out of here, or the device.

use super::encoding::bitrate;
use crate::{
    platform::Slot,
    quality::{Flow, Quality},
};

/// The shares of what the line could carry, as estimated, from which on it is nearly full, and below which it is at ease.
const FULL: [f64; 2] = [0.85, 0.6];
/// Below this many kbit/s to one person nothing is full: a voice alone is not a load, and an estimate follows what is sent.
const LITTLE: u32 = 50;

/// What is near its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strain {
    /// The network carries hardly more than what is sent.
    Uplink,
    /// The device cannot compress pictures any faster.
    Cpu,
}

/// What a look at all connections finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// There is room for more.
    Easy,
    /// There is neither room for more nor a reason to worry.
    Even,
    /// Something is near its end.
    Strained(Strain),
}

impl Load {
    /// Judges by the connections of a moment. Of those that have just begun nothing can be said: they begin with little and
    /// find out how much they may send.
    pub fn of<'a>(connections: impl IntoIterator<Item = &'a Quality>) -> Self {
        let mut load = Load::Easy;
        for quality in connections {
            match (one(quality), load) {
                // Pictures that cannot be compressed in time are not helped by a line that could carry them.
                (Load::Strained(Strain::Cpu), _) => return Load::Strained(Strain::Cpu),
                (strained @ Load::Strained(_), _) => load = strained,
                (Load::Even, Load::Easy) => load = Load::Even,
                (Load::Even | Load::Easy, _) => {}
            }
        }
        load
    }
}

fn one(quality: &Quality) -> Load {
    let limited = |by: &str| {
        quality
            .sent
            .iter()
            .any(|flow| flow.limited_by.as_deref() == Some(by))
    };
    if limited("cpu") {
        return Load::Strained(Strain::Cpu);
    }
    let wanted: u32 = quality
        .sent
        .iter()
        .fold(0, |sum, flow| sum.saturating_add(flow.bitrate.max(need(flow))));
    // Some browsers do not say what could be carried, only that it is not enough. To those that do, a picture that was asked
    // to be small is "limited by bandwidth" as well.
    let share = match quality.available {
        Some(available) if wanted >= LITTLE => f64::from(wanted) / f64::from(available.max(1)),
        None if limited("bandwidth") => 1.0,
        Some(_) | None => 0.0,
    };
    let [full, easy] = FULL;
    if share >= full || share > easy && limited("bandwidth") {
        Load::Strained(Strain::Uplink)
    } else if share > easy {
        Load::Even
    } else {
        Load::Easy
    }
}

/// What a flow takes, in kbit/s, to be what it is meant to be. On a narrow line a browser sends far less than the line carries: it
/// keeps room for what it may have to send again. So what is sent says nothing; a face of this size with half of its bits does.
fn need(flow: &Flow) -> u32 {
    match (flow.slot, flow.size) {
        (Slot::Camera, Some((_, height))) => bitrate(height) / 2_000,
        // A screen on which nothing moves takes next to nothing.
        (Slot::Camera | Slot::Screen | Slot::Microphone | Slot::ScreenSound, _) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(sent: u32, available: Option<u32>, limited_by: Option<&str>) -> Quality {
        Quality {
            available,
            sent: vec![Flow {
                slot: Slot::Camera,
                bitrate: sent,
                loss: None,
                size: None,
                frames: None,
                codec: None,
                limited_by: limited_by.map(str::to_owned),
            }],
            ..Quality::default()
        }
    }

    const UPLINK: Load = Load::Strained(Strain::Uplink);
    const CPU: Load = Load::Strained(Strain::Cpu);

    #[test]
    fn a_connection_is_judged_by_what_it_sends_and_could_send() {
        for (sent, available, limited_by, load) in [
            (0, None, None, Load::Easy),
            (1_000, None, None, Load::Easy),
            (500, Some(1_000), None, Load::Easy),
            (700, Some(1_000), None, Load::Even),
            (850, Some(1_000), None, UPLINK),
            (2_000, Some(1_000), None, UPLINK),
            (2_000, Some(0), None, UPLINK),
            (49, Some(50), None, Load::Easy),
            (60, Some(60), None, UPLINK),
            (700, Some(1_000), Some("bandwidth"), UPLINK),
            (100, None, Some("bandwidth"), UPLINK),
            (100, Some(1_000), Some("bandwidth"), Load::Easy),
            (100, Some(1_000), Some("cpu"), CPU),
            (900, Some(1_000), Some("cpu"), CPU),
            (100, Some(1_000), Some("other"), Load::Easy),
        ] {
            let got = Load::of([&quality(sent, available, limited_by)]);
            assert_eq!(got, load, "{sent} of {available:?}, {limited_by:?}");
        }
    }

    #[test]
    fn a_face_that_gets_much_less_than_it_takes_says_that_the_line_is_full() {
        // As a browser tells of itself behind a line of 150 kbit/s, before and after it has made the picture smaller.
        for (sent, available, limited_by, height, load) in [
            (57, 142, None, 270, UPLINK),
            (61, 149, Some("bandwidth"), 203, UPLINK),
            (190, 3_495, None, 270, Load::Easy),
            (190, 965, None, 270, Load::Easy),
            (30, 300, None, 90, Load::Easy),
        ] {
            let mut quality = quality(sent, Some(available), limited_by);
            quality.sent[0].size = Some((height * 16 / 9, height));
            let got = Load::of([&quality]);
            assert_eq!(got, load, "{sent} of {available}, {height} high");
            quality.sent[0].slot = Slot::Screen;
            let got = Load::of([&quality]);
            assert_eq!(got, Load::Easy, "a still screen: {sent} of {available}");
        }
    }

    #[test]
    fn the_worst_connection_counts_and_the_device_before_the_line() {
        let (easy, even) = (quality(1, Some(1_000), None), quality(700, Some(1_000), None));
        let (full, slow) = (quality(900, Some(1_000), None), quality(1, None, Some("cpu")));
        assert_eq!(Load::of([]), Load::Easy);
        assert_eq!(Load::of([&easy, &even, &easy]), Load::Even);
        assert_eq!(Load::of([&even, &full, &even]), UPLINK);
        assert_eq!(Load::of([&full, &slow, &easy]), CPU);
    }
}
