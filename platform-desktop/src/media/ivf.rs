//! A film of VP8 in an IVF file (`.ivf`), played over and over in place of a camera. It is what
//! `ffmpeg -i ANYTHING -c:v libvpx -an x.ivf` writes.

use super::{camera::Camera, file::Unplayable, picture::Picture, vpx::Decoder};
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

/// The head of a file.
const HEAD: usize = 32;
/// No frame is larger: what claims to be is no film.
const LARGEST: u32 = 4 * 1024 * 1024;

/// A film that plays.
#[derive(Debug)]
pub struct Film {
    file: BufReader<File>,
    first: u64,
    frame_rate: u32,
    decoder: Decoder,
    picture: Option<Picture>,
}

impl Film {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Unplayable`]
    pub fn open(path: &Path) -> Result<Self, Unplayable> {
        let mut file = BufReader::new(File::open(path)?);
        let mut head = [0; HEAD];
        file.read_exact(&mut head)?;
        if &head[..4] != b"DKIF" || &head[8..12] != b"VP80" {
            return Err(Unplayable::Kind("a film must be VP8 in a file of IVF (.ivf)"));
        }
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (rate, scale) = (number(16), number(20));
        let length = u64::from(u16::from_le_bytes([head[6], head[7]]));
        Ok(Self {
            first: file.seek(SeekFrom::Start(length.max(HEAD as u64)))?,
            file,
            frame_rate: rate.checked_div(scale).unwrap_or(30).clamp(1, 60),
            decoder: Decoder::new().map_err(|error| Unplayable::Io(io::Error::other(error)))?,
            picture: None,
        })
    }

    /// Reads and decodes the next frame; a frame of which nothing is shown leaves the picture as it is.
    fn read(&mut self) -> io::Result<()> {
        let mut head = [0; 12];
        self.file.read_exact(&mut head)?;
        let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        if size > LARGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut frame = vec![0; size as usize];
        self.file.read_exact(&mut frame)?;
        let decoded = self.decoder.decode(&frame).map_err(io::Error::other)?;
        self.picture = decoded.or(self.picture.take());
        Ok(())
    }
}

impl Camera for Film {
    fn frame_rate(&self) -> u32 {
        self.frame_rate
    }

    fn capture(&mut self) -> Option<&Picture> {
        if self.read().is_err() {
            // It is over, or broken here: from the beginning again. A file without a single picture ends the track.
            self.file.seek(SeekFrom::Start(self.first)).ok()?;
            self.read().ok()?;
        }
        self.picture.as_ref()
    }

    fn skip(&mut self) -> bool {
        self.capture().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{pattern::Pattern, vpx::Encoder};
    use std::{fs, time::Duration};

    fn film(frames: u32) -> Vec<u8> {
        let mut content = [&b"DKIF\0\0\x20\0VP80"[..], &[64, 0, 64, 0]].concat();
        for number in [15_u32, 1, frames, 0] {
            content.extend(number.to_le_bytes());
        }
        let mut encoder = Encoder::new((64, 64), 300_000).unwrap();
        let step = Duration::from_millis(66);
        let mut pattern = Pattern::new("64x64@15".parse().unwrap());
        for number in 0..frames {
            let picture = pattern.capture().unwrap();
            let (data, _) = encoder
                .encode(picture, step * number, step, false)
                .unwrap()
                .unwrap();
            content.extend((data.len() as u32).to_le_bytes());
            content.extend(u64::from(number).to_le_bytes());
            content.extend(data);
        }
        content
    }

    #[test]
    fn a_film_is_played_over_and_over() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), film(3)).unwrap();
        let mut film = Film::open(file.path()).unwrap();
        assert_eq!(film.frame_rate(), 15);
        let seen: Vec<_> = (0..6).map(|_| film.capture().unwrap().fingerprint()).collect();
        assert_eq!(seen[..3], seen[3..]);
        assert_ne!(seen[0], seen[1]);
    }

    #[test]
    fn what_is_no_film_is_refused_and_what_is_broken_ends() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let opened = |content: &[u8]| {
            fs::write(file.path(), content).unwrap();
            Film::open(file.path())
        };
        assert!(opened(b"").is_err());
        assert!(opened(&[b'x'; 64]).is_err());
        assert!(opened(&film(0)).unwrap().capture().is_none());
        let mut broken = film(1);
        broken[HEAD..HEAD + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(opened(&broken).unwrap().capture().is_none());
    }
}
