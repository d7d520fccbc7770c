//! Pictures as cameras give them, made into pictures as codecs want them. It knows no device.

use super::picture::Picture;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// How a camera writes its pictures down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pixels {
    /// Brightness of every pixel, then both colours of every second one in every second row.
    Nv12,
    /// Two pixels in four bytes: each has its brightness, and they share both colours.
    Yuyv,
    /// A JPEG for each picture.
    Mjpeg,
}

/// What a camera gave is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// There is less of it than the size wants.
    #[error("{0} bytes are no picture of this size")]
    Short(usize),
    /// It is no JPEG, or one of another size.
    #[error("no picture: {0}")]
    Jpeg(String),
}

impl Pixels {
    /// All of them, what is least work first.
    pub const ALL: [Self; 3] = [Self::Nv12, Self::Yuyv, Self::Mjpeg];

    /// The name that Video4Linux has for it.
    pub fn code(self) -> &'static [u8; 4] {
        match self {
            Self::Nv12 => b"NV12",
            Self::Yuyv => b"YUYV",
            Self::Mjpeg => b"MJPG",
        }
    }

    /// Draws what a camera gave. The picture has the camera's size.
    ///
    /// # Errors
    /// [`Malformed`]. The picture may be half drawn.
    pub fn draw(self, data: &[u8], picture: &mut Picture) -> Result<(), Malformed> {
        match self {
            Self::Nv12 => draw_nv12(data, picture),
            Self::Yuyv => draw_yuyv(data, picture),
            Self::Mjpeg => draw_jpeg(data, picture),
        }
    }
}

fn draw_nv12(data: &[u8], picture: &mut Picture) -> Result<(), Malformed> {
    let [y, u, v] = picture.planes_mut();
    let short = || Malformed::Short(data.len());
    let (light, colours) = data.split_at_checked(y.len()).ok_or_else(short)?;
    let colours = colours.get(..u.len() * 2).ok_or_else(short)?;
    y.copy_from_slice(light);
    for (pair, (u, v)) in colours.chunks_exact(2).zip(u.iter_mut().zip(v)) {
        (*u, *v) = (pair[0], pair[1]);
    }
    Ok(())
}

fn draw_yuyv(data: &[u8], picture: &mut Picture) -> Result<(), Malformed> {
    let width = picture.width();
    let [y, u, v] = picture.planes_mut();
    let data = data.get(..y.len() * 2).ok_or(Malformed::Short(data.len()))?;
    for (from, to) in data.chunks_exact(2).zip(y) {
        *to = from[0];
    }
    // Two rows share their colours.
    let colours = u.chunks_exact_mut(width / 2).zip(v.chunks_exact_mut(width / 2));
    for (rows, (u, v)) in data.chunks_exact(width * 4).zip(colours) {
        let (upper, lower) = rows.split_at(width * 2);
        let quads = upper.chunks_exact(4).zip(lower.chunks_exact(4));
        for ((above, below), (u, v)) in quads.zip(u.iter_mut().zip(v)) {
            *u = above[1].midpoint(below[1]);
            *v = above[3].midpoint(below[3]);
        }
    }
    Ok(())
}

fn draw_jpeg(data: &[u8], picture: &mut Picture) -> Result<(), Malformed> {
    let failed = |error: &dyn std::fmt::Debug| Malformed::Jpeg(format!("{error:?}"));
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::YCbCr)
        .set_max_width(picture.width())
        .set_max_height(picture.height());
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    let pixels = decoder.decode().map_err(|error| failed(&error))?;
    let width = picture.width();
    if decoder.dimensions() != Some((width, picture.height())) {
        return Err(Malformed::Jpeg("of another size".to_owned()));
    }
    let [y, u, v] = picture.planes_mut();
    if pixels.len() < y.len() * 3 {
        return Err(Malformed::Short(pixels.len()));
    }
    for (pixel, light) in pixels.chunks_exact(3).zip(y) {
        *light = LIGHT[usize::from(pixel[0])];
    }
    let colours = u.chunks_exact_mut(width / 2).zip(v.chunks_exact_mut(width / 2));
    for (rows, (u, v)) in pixels.chunks_exact(width * 6).zip(colours) {
        let (upper, lower) = rows.split_at(width * 3);
        let quads = upper.chunks_exact(6).zip(lower.chunks_exact(6));
        for ((above, below), (u, v)) in quads.zip(u.iter_mut().zip(v)) {
            let mean = |at: usize| {
                let four = [above[at], above[at + 3], below[at], below[at + 3]];
                (four.into_iter().map(usize::from).sum::<usize>() + 2) / 4
            };
            (*u, *v) = (COLOUR[mean(1)], COLOUR[mean(2)]);
        }
    }
    Ok(())
}

/// JPEG uses all of a byte, video the middle of it (ITU-R BT.601): black is 16 and white 235.
const LIGHT: [u8; 256] = scaled(219, 16);
/// Colours are from 16 to 240, and none is 128 in both.
const COLOUR: [u8; 256] = scaled(224, 16);

const fn scaled(range: usize, from: usize) -> [u8; 256] {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        table[value] = (from + (value * range + 127) / 255) as u8;
        value += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nv12_has_its_colours_in_pairs() {
        let mut picture = Picture::black(4, 2);
        let data = [1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 11, 21];
        Pixels::Nv12.draw(&data, &mut picture).unwrap();
        let [y, u, v] = picture.planes();
        assert_eq!((y, u, v), (&data[..8], &[10, 11][..], &[20, 21][..]));
        assert_eq!(
            Pixels::Nv12.draw(&data[..11], &mut picture),
            Err(Malformed::Short(11))
        );
        assert_eq!(Pixels::Nv12.draw(&[], &mut picture), Err(Malformed::Short(0)));
    }

    #[test]
    fn yuyv_has_its_colours_between_and_two_rows_share_them() {
        let mut picture = Picture::black(4, 2);
        let data = [[1, 100, 2, 200, 3, 110, 4, 210], [5, 120, 6, 220, 7, 130, 8, 230]].concat();
        Pixels::Yuyv.draw(&data, &mut picture).unwrap();
        let [y, u, v] = picture.planes();
        assert_eq!(y, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!((u, v), (&[110, 120][..], &[210, 220][..]));
        assert_eq!(
            Pixels::Yuyv.draw(&data[..15], &mut picture),
            Err(Malformed::Short(15))
        );
    }

    /// A grey JPEG of 16 × 16 as a camera would send it, made with `ffmpeg -f lavfi -i color=0x808080:s=16x16 -frames 1`.
    const JPEG: &[u8] = include_bytes!("grey.jpg");

    #[test]
    fn a_jpeg_is_drawn_in_the_range_of_video_and_only_in_its_own_size() {
        let mut picture = Picture::black(16, 16);
        Pixels::Mjpeg.draw(JPEG, &mut picture).unwrap();
        let [y, u, v] = picture.planes();
        assert!(y.iter().all(|light| light.abs_diff(126) <= 1), "{:?}", &y[..4]);
        assert!(u.iter().chain(v).all(|colour| colour.abs_diff(128) <= 1));
        let mut other = Picture::black(32, 16);
        assert!(matches!(
            Pixels::Mjpeg.draw(JPEG, &mut other),
            Err(Malformed::Jpeg(_))
        ));
        let mut small = Picture::black(8, 8);
        assert!(Pixels::Mjpeg.draw(JPEG, &mut small).is_err());
    }

    #[test]
    fn what_a_broken_camera_sends_is_an_error_and_nothing_worse() {
        let mut picture = Picture::black(16, 16);
        for end in 0..JPEG.len().min(300) {
            // Some beginnings are a picture with grey at its end, for all that a decoder knows.
            let _ = Pixels::Mjpeg.draw(&JPEG[..end], &mut picture);
        }
        let mut seed = 7_u32;
        for length in 0..400 {
            let noise: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect();
            assert!(Pixels::Mjpeg.draw(&noise, &mut picture).is_err());
        }
    }

    #[test]
    fn black_and_white_are_those_of_video() {
        assert_eq!((LIGHT[0], LIGHT[255], COLOUR[128]), (16, 235, 128));
    }
}
