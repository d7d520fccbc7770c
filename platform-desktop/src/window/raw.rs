//! Whole pictures, for a page that cannot decode: RGBA, no larger than such a page can paint.

use crate::media::{hub::Chunk, picture::Picture, vpx::Decoder};
use bytes::{BufMut, Bytes, BytesMut};
use std::thread;
use tokio::sync::mpsc;

/// Wider pictures are halved.
const WIDEST: usize = 480;

/// Decodes in a thread of its own, until either end is dropped.
pub fn pictures(mut chunks: mpsc::Receiver<Chunk>) -> mpsc::Receiver<Bytes> {
    let (sender, pictures) = mpsc::channel(1);
    let mut work = move || {
        let mut decoder = Decoder::new()?;
        while let Some(chunk) = chunks.blocking_recv() {
            let Some(mut picture) = decoder.decode(&chunk.data)? else {
                continue;
            };
            while picture.width() > WIDEST {
                picture = picture.halved();
            }
            if sender.blocking_send(painted(&picture)).is_err() {
                break;
            }
        }
        anyhow::Ok(())
    };
    let thread = thread::Builder::new().name("painter".to_owned());
    let started = thread.spawn(move || {
        if let Err(error) = work() {
            // The page asks again.
            tracing::debug!(%error, "pictures cannot be painted");
        }
    });
    if let Err(error) = started {
        tracing::error!(%error, "pictures cannot be painted");
    }
    pictures
}

/// Width and height (32 bits each, little-endian), and then every pixel.
fn painted(picture: &Picture) -> Bytes {
    let (width, height) = (picture.width(), picture.height());
    let [y, u, v] = picture.planes();
    let mut message = BytesMut::with_capacity(8 + width * height * 4);
    message.put_u32_le(width as u32);
    message.put_u32_le(height as u32);
    for row in 0..height {
        let light = &y[row * width..][..width];
        let colours = row / 2 * (width / 2);
        for (column, light) in light.iter().enumerate() {
            let place = colours + column / 2;
            message.put_slice(&colour(*light, u[place], v[place]));
        }
    }
    message.freeze()
}

/// BT.601 in whole numbers, as every codec of calls has it.
fn colour(y: u8, u: u8, v: u8) -> [u8; 4] {
    let (y, u, v) = (i32::from(y) - 16, i32::from(u) - 128, i32::from(v) - 128);
    let level = |sum: i32| (sum >> 8).clamp(0, 255) as u8;
    [
        level(298 * y + 409 * v + 128),
        level(298 * y - 100 * u - 208 * v + 128),
        level(298 * y + 516 * u + 128),
        255,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_standard() {
        assert_eq!(colour(16, 128, 128), [0, 0, 0, 255]);
        assert_eq!(colour(235, 128, 128), [255, 255, 255, 255]);
        assert_eq!(colour(81, 90, 240), [255, 0, 0, 255]);
    }

    #[test]
    fn a_picture_has_its_size_before_it() {
        let message = painted(&Picture::black(4, 2));
        assert_eq!(message[..8], [4, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(message.len(), 8 + 4 * 2 * 4);
    }
}
