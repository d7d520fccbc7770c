//! The test pattern: a moon that crosses a night sky, above the time and the frame's number in bars.

use super::{camera::Camera, picture::Picture};
use session::platform::VideoConstraints;
use std::time::{SystemTime, UNIX_EPOCH};

/// How many bits of a number are shown.
const BITS: usize = 16;
const MOON: u8 = 226;
const DARK: u8 = 30;

/// Draws the pattern.
#[derive(Debug)]
pub struct Pattern {
    sky: Picture,
    frame: Picture,
    frame_rate: u32,
    number: usize,
}

impl Pattern {
    /// Makes one of this shape.
    pub fn new(shape: VideoConstraints) -> Self {
        let size = |side: u32| side.clamp(64, 1920) as usize;
        let sky = sky(size(shape.width), size(shape.height));
        Self {
            frame: sky.clone(),
            sky,
            frame_rate: shape.frame_rate.clamp(1, 60),
            number: 0,
        }
    }
}

impl Camera for Pattern {
    fn frame_rate(&self) -> u32 {
        self.frame_rate
    }

    fn capture(&mut self) -> Option<&Picture> {
        self.frame.clone_from(&self.sky);
        draw_moon(&mut self.frame, self.number);
        draw_bars(&mut self.frame, [now(), self.number]);
        self.number += 1;
        Some(&self.frame)
    }

    fn skip(&mut self) -> bool {
        self.number += 1;
        true
    }
}

fn sky(width: usize, height: usize) -> Picture {
    let mut sky = Picture::black(width, height);
    let (width, height) = (sky.width(), sky.height());
    let [y, u, v] = sky.planes_mut();
    for (row, pixels) in y.chunks_exact_mut(width).enumerate() {
        pixels.fill((24 + row * 40 / height) as u8);
    }
    // Stars, in places that look like none in particular.
    for star in 0..width / 8 {
        let place = star.wrapping_mul(7919).wrapping_mul(width + 1) % (width * height / 2);
        y[place] = 150 + (star % 80) as u8;
    }
    u.fill(150);
    v.fill(118);
    sky
}

/// The moon rises on the left and sets on the right, in some five seconds.
fn draw_moon(frame: &mut Picture, number: usize) {
    let (width, height) = (frame.width(), frame.height());
    let radius = height / 8;
    let way = width - 2 * radius;
    let (x, across) = (radius + number * width / 150 % way, number * width / 150 % way);
    // A parabola: high in the middle.
    let bow = 4 * across * (way - across) * (height / 4) / (way * way);
    let y = height / 2 - bow;
    let [light, ..] = frame.planes_mut();
    for row in y - radius..y + radius {
        let up = row.abs_diff(y);
        let half = (radius * radius - up * up).isqrt();
        light[row * width + x - half..row * width + x + half].fill(MOON);
    }
}

/// Numbers in binary, one above the other, each an eighth of the picture high: the time in milliseconds, so that one can read off
/// a screen how old a picture is, and the frame's number. Of both only the lowest bits.
fn draw_bars(frame: &mut Picture, numbers: [usize; 2]) {
    let (width, height) = (frame.width(), frame.height());
    let (bar, rows, top) = (width / BITS, height / 8, height * 6 / 8);
    let [light, ..] = frame.planes_mut();
    for (row, pixels) in light.chunks_exact_mut(width).skip(top).enumerate() {
        let number = numbers[(row / rows).min(1)];
        for (bit, pixels) in pixels.chunks_exact_mut(bar).take(BITS).enumerate() {
            let on = number >> (BITS - 1 - bit) & 1 == 1;
            pixels.fill(if on { MOON } else { DARK });
        }
    }
}

/// Milliseconds since 1970 UTC, as far as they fit.
fn now() -> usize {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_millis() & 0xffff) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_and_counts_in_every_size() {
        for (width, height) in [(1, 1), (320, 240), (641, 361), (1280, 720), (9000, 9000)] {
            let mut pattern = Pattern::new(VideoConstraints {
                width,
                height,
                frame_rate: 30,
            });
            let prints: Vec<_> = (0..400)
                .map(|_| pattern.capture().unwrap().fingerprint())
                .take(if width > 2000 { 3 } else { 400 })
                .collect();
            assert!(
                prints.windows(2).all(|pair| pair[0] != pair[1]),
                "{width}x{height}"
            );
        }
    }

    #[test]
    fn the_number_and_the_time_can_be_read_off() {
        let mut pattern = Pattern::new(VideoConstraints::default());
        (0..5).for_each(|_| assert!(pattern.skip()));
        let before = now();
        let picture = pattern.capture().unwrap();
        let (width, height) = (picture.width(), picture.height());
        let [light, ..] = picture.planes();
        let read = |row: usize| {
            let bits = (0..BITS).map(|bit| usize::from(light[row * width + bit * width / BITS + 8] == MOON));
            bits.fold(0, |number, bit| number * 2 + bit)
        };
        assert_eq!(read(height - 1), 5);
        let age = read(height * 13 / 16).wrapping_sub(before) & 0xffff;
        assert!(age < 5_000, "{age} ms");
    }
}
