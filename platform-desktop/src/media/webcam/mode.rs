//! What a camera can do, and which of it is wanted.

use crate::media::pixels::Pixels;
use session::platform::VideoConstraints;

/// A size, a way to write pictures down, and how often they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// How pictures are written down.
    pub pixels: Pixels,
    /// The width and the height in pixels, both even.
    pub size: (u32, u32),
    /// How many seconds a picture takes, as a fraction.
    pub interval: (u32, u32),
}

impl Mode {
    /// Pictures in a second.
    pub fn rate(self) -> u32 {
        let (seconds, pictures) = self.interval;
        pictures.checked_div(seconds).unwrap_or_default()
    }
}

/// Chooses what comes next to what is wanted: the size first, then pictures often enough, then what is least work. A picture
/// that is too small cannot be mended, and one that is too large only costs.
pub fn choose(modes: impl IntoIterator<Item = Mode>, wanted: VideoConstraints) -> Option<Mode> {
    let worse = |mode: &Mode| {
        let (width, height) = mode.size;
        let is_small = width < wanted.width || height < wanted.height;
        let apart = u64::from(width.abs_diff(wanted.width)) + u64::from(height.abs_diff(wanted.height));
        let is_slow = mode.rate() < wanted.frame_rate;
        let hurry = mode.rate().abs_diff(wanted.frame_rate);
        let slow = if is_slow { hurry } else { 0 };
        (is_small, apart, slow, mode.pixels, hurry)
    };
    modes.into_iter().min_by_key(worse)
}

/// The size nearest to a wanted one that is from `least` to `most`, in steps, and even.
pub fn fitting(wanted: (u32, u32), least: (u32, u32), most: (u32, u32), step: (u32, u32)) -> (u32, u32) {
    let fit = |wanted: u32, least: u32, most: u32, step: u32| {
        let step = step.max(1);
        let steps = wanted.clamp(least, most.max(least)).saturating_sub(least) / step;
        let size = least + steps * step;
        size - size % 2
    };
    (
        fit(wanted.0, least.0, most.0, step.0),
        fit(wanted.1, least.1, most.1, step.1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: VideoConstraints = VideoConstraints {
        width: 640,
        height: 480,
        frame_rate: 30,
    };

    fn mode(pixels: Pixels, width: u32, height: u32, rate: u32) -> Mode {
        Mode {
            pixels,
            size: (width, height),
            interval: (1, rate),
        }
    }

    #[test]
    fn the_size_counts_most_then_the_rate_then_the_work() {
        let chosen = |modes: &[Mode]| choose(modes.iter().copied(), WANTED);
        let raw = mode(Pixels::Yuyv, 640, 480, 30);
        let jpeg = mode(Pixels::Mjpeg, 640, 480, 30);
        assert_eq!(chosen(&[jpeg, raw, mode(Pixels::Nv12, 1280, 720, 30)]), Some(raw));
        // A camera on a slow bus gives raw pictures now and then, and JPEGs as often as one wants.
        let slow = mode(Pixels::Yuyv, 640, 480, 10);
        assert_eq!(chosen(&[slow, jpeg]), Some(jpeg));
        let large = mode(Pixels::Mjpeg, 1280, 720, 30);
        assert_eq!(chosen(&[mode(Pixels::Nv12, 320, 240, 30), large]), Some(large));
        assert_eq!(chosen(&[raw, mode(Pixels::Yuyv, 640, 480, 60)]), Some(raw));
        assert_eq!(chosen(&[]), None);
        let never = Mode {
            interval: (0, 0),
            ..raw
        };
        assert_eq!(never.rate(), 0);
    }

    #[test]
    fn a_size_is_fitted_between_the_least_and_the_most() {
        let fit = |wanted| fitting(wanted, (48, 32), (1921, 1081), (16, 8));
        assert_eq!(fit((640, 480)), (640, 480));
        assert_eq!(fit((650, 481)), (640, 480));
        assert_eq!(fit((1, 1)), (48, 32));
        assert_eq!(fit((9000, 9000)), (1920, 1080));
        assert_eq!(fitting((640, 480), (0, 0), (0, 0), (0, 0)), (0, 0));
    }
}
