//! Pictures as codecs want them.

/// A picture in I420: a plane of brightness, and two of colour with half its width and height. Sizes are even.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

impl Picture {
    /// Makes a black one. Sizes are rounded up to even ones, and are at least 2.
    pub fn black(width: usize, height: usize) -> Self {
        let even = |size: usize| size.max(2).next_multiple_of(2);
        let (width, height) = (even(width), even(height));
        let mut data = vec![16; width * height];
        data.resize(width * height * 3 / 2, 128);
        Self { width, height, data }
    }

    /// Returns the width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Returns all planes, one after another, without gaps.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Returns the planes Y, U and V.
    pub fn planes(&self) -> [&[u8]; 3] {
        let (y, colour) = self.data.split_at(self.width * self.height);
        let (u, v) = colour.split_at(colour.len() / 2);
        [y, u, v]
    }

    /// Returns the planes Y, U and V to be drawn on.
    pub fn planes_mut(&mut self) -> [&mut [u8]; 3] {
        let (y, colour) = self.data.split_at_mut(self.width * self.height);
        let (u, v) = colour.split_at_mut(colour.len() / 2);
        [y, u, v]
    }

    /// Returns a picture of half the width and height: every pixel is the mean of four.
    pub fn halved(&self) -> Self {
        let mut half = Self::black(self.width / 2, self.height / 2);
        let widths = [self.width, self.width / 2, self.width / 2];
        let small = [half.width, half.width / 2, half.width / 2];
        let planes = self.planes().into_iter().zip(widths);
        for ((from, wide), (to, narrow)) in planes.zip(half.planes_mut().into_iter().zip(small)) {
            shrink(from, wide, to, narrow);
        }
        half
    }

    /// Returns a number that differs, as good as always, between two pictures that differ to the eye.
    pub fn fingerprint(&self) -> u64 {
        // FNV-1a over every 31st pixel: cheap, and no row is left out.
        let pixels = self.planes()[0].iter().step_by(31);
        pixels.fold(0xcbf2_9ce4_8422_2325, |hash, pixel| {
            (hash ^ u64::from(*pixel)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}

fn shrink(from: &[u8], wide: usize, to: &mut [u8], narrow: usize) {
    let rows = from.chunks_exact(wide * 2);
    for (pair, row) in rows.zip(to.chunks_exact_mut(narrow)) {
        let (upper, lower) = pair.split_at(wide);
        let quads = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        for ((above, below), pixel) in quads.zip(row) {
            let sum: u16 = above.iter().chain(below).map(|pixel| u16::from(*pixel)).sum();
            *pixel = (sum / 4) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_even_and_planes_fit() {
        let picture = Picture::black(5, 3);
        assert_eq!((picture.width(), picture.height()), (6, 4));
        assert_eq!(picture.planes().map(<[u8]>::len), [24, 6, 6]);
    }

    #[test]
    fn half_a_picture_has_the_same_look() {
        let mut picture = Picture::black(8, 4);
        picture.planes_mut()[0][..4].fill(200);
        picture.planes_mut()[0][8..12].fill(100);
        let half = picture.halved();
        assert_eq!((half.width(), half.height()), (4, 2));
        assert_eq!(half.planes()[0], [150, 150, 16, 16, 16, 16, 16, 16]);
        assert!(half.planes()[1].iter().all(|colour| *colour == 128));
    }

    #[test]
    fn pictures_that_differ_have_different_fingerprints() {
        let mut picture = Picture::black(64, 64);
        let before = picture.fingerprint();
        picture.planes_mut()[0].fill(17);
        assert_ne!(picture.fingerprint(), before);
    }
}
