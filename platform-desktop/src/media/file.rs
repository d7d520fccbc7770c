//! Media files in place of a camera and a microphone, played over and over: pictures in YUV4MPEG2 (`.y4m`), sound in WAV
//! (`.wav`). Both are what `ffmpeg -i ANYTHING -pix_fmt yuv420p x.y4m -ac 1 -ar 48000 x.wav` writes.

use super::{
    camera::Camera,
    microphone::{FRAME, Microphone, RATE},
    picture::Picture,
};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

/// No line of a header is longer.
const LINE: u64 = 1024;
/// No picture is wider or higher.
const LARGEST: usize = 4096;
/// Sound that is longer than this is cut off: ten minutes.
const LONGEST: usize = RATE as usize * 600;

/// A file that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum Unplayable {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is of another kind.
    #[error("{0}")]
    Kind(&'static str),
}

/// Pictures of a file.
#[derive(Debug)]
pub struct Pictures {
    file: BufReader<File>,
    first: u64,
    frame_rate: u32,
    picture: Picture,
}

impl Pictures {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Unplayable`]
    pub fn open(path: &Path) -> Result<Self, Unplayable> {
        let mut file = BufReader::new(File::open(path)?);
        let header = line(&mut file)?;
        let mut words = header.split(' ');
        if words.next() != Some("YUV4MPEG2") {
            return Err(Unplayable::Kind("pictures must be in a file of YUV4MPEG2 (.y4m)"));
        }
        let (mut width, mut height, mut frame_rate) = (0, 0, 30);
        for word in words {
            let (key, value) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            match key {
                "W" => width = value.parse().unwrap_or_default(),
                "H" => height = value.parse().unwrap_or_default(),
                "F" => frame_rate = rate(value).unwrap_or(frame_rate),
                "C" if !value.starts_with("420") => {
                    return Err(Unplayable::Kind("pictures must be in 4:2:0 (yuv420p)"));
                }
                _ => {}
            }
        }
        let sizes = [width, height];
        if sizes
            .iter()
            .any(|size: &usize| *size < 16 || *size > LARGEST || !size.is_multiple_of(2))
        {
            return Err(Unplayable::Kind(
                "pictures must have an even size from 16 to 4096",
            ));
        }
        let first = file.stream_position()?;
        Ok(Self {
            file,
            first,
            frame_rate,
            picture: Picture::black(width, height),
        })
    }

    fn read(&mut self) -> io::Result<()> {
        let header = line(&mut self.file)?;
        if !header.starts_with("FRAME") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for plane in self.picture.planes_mut() {
            self.file.read_exact(plane)?;
        }
        Ok(())
    }
}

impl Camera for Pictures {
    fn frame_rate(&self) -> u32 {
        self.frame_rate
    }

    fn capture(&mut self) -> Option<&Picture> {
        if self.read().is_err() {
            // It is over: from the beginning again. A file without a single picture ends the track.
            self.file.seek(SeekFrom::Start(self.first)).ok()?;
            self.read().ok()?;
        }
        Some(&self.picture)
    }

    fn skip(&mut self) -> bool {
        self.capture().is_some()
    }
}

/// Sound of a file.
#[derive(Debug)]
pub struct Sound {
    samples: Vec<f32>,
    place: usize,
}

impl Sound {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Unplayable`]
    pub fn open(path: &Path) -> Result<Self, Unplayable> {
        let mut file = BufReader::new(File::open(path)?);
        let mut riff = [0; 12];
        file.read_exact(&mut riff)?;
        if &riff[..4] != b"RIFF" || &riff[8..] != b"WAVE" {
            return Err(Unplayable::Kind("sound must be in a file of WAVE (.wav)"));
        }
        let mut channels = 0;
        loop {
            let mut head = [0; 8];
            file.read_exact(&mut head)?;
            let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            match &head[..4] {
                b"fmt " => channels = format(&mut file, size)?,
                b"data" if channels > 0 => {
                    let samples = samples(&mut file, size, channels)?;
                    return Ok(Self { samples, place: 0 });
                }
                _ => file.seek_relative(i64::from(size) + i64::from(size % 2))?,
            }
        }
    }
}

impl Microphone for Sound {
    fn capture(&mut self, frame: &mut [f32; FRAME]) -> bool {
        for sample in frame {
            *sample = self.samples[self.place];
            self.place = (self.place + 1) % self.samples.len();
        }
        true
    }
}

/// Reads how the samples are written, and returns the number of channels.
fn format(file: &mut impl Read, size: u32) -> Result<usize, Unplayable> {
    let mut format = vec![0; size.clamp(16, 64) as usize];
    file.read_exact(&mut format)?;
    let word = |place: usize| u16::from_le_bytes([format[place], format[place + 1]]);
    let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
    // 1 is PCM; 65,534 is the same with more words about it.
    if ![1, 65_534].contains(&word(0)) || word(14) != 16 || rate != RATE || ![1, 2].contains(&word(2)) {
        return Err(Unplayable::Kind("sound must be in 16 bits at 48 kHz (pcm_s16le)"));
    }
    Ok(usize::from(word(2)))
}

fn samples(file: &mut impl Read, size: u32, channels: usize) -> Result<Vec<f32>, Unplayable> {
    let mut bytes = Vec::new();
    let most = (LONGEST * channels * 2) as u64;
    file.take(u64::from(size).min(most)).read_to_end(&mut bytes)?;
    let frames = bytes.chunks_exact(channels * 2);
    let samples: Vec<_> = frames
        .map(|frame| {
            let all = frame.chunks_exact(2);
            let sum: f32 = all
                .map(|sample| f32::from(i16::from_le_bytes([sample[0], sample[1]])))
                .sum();
            sum / channels as f32 / 32_768.0
        })
        .collect();
    if samples.is_empty() {
        return Err(Unplayable::Kind("there is no sound in it"));
    }
    Ok(samples)
}

/// Reads `30000:1001`.
fn rate(text: &str) -> Option<u32> {
    let (number, per) = text.split_once(':')?;
    let (number, per) = (number.parse::<u32>().ok()?, per.parse::<u32>().ok()?);
    Some(number.checked_add(per / 2)?.checked_div(per)?.clamp(1, 60))
}

fn line(file: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(LINE).read_until(b'\n', &mut bytes)?;
    match bytes.pop() {
        Some(b'\n') => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn written(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn pictures_are_played_over_and_over() {
        let mut content = b"YUV4MPEG2 W16 H16 F15:1 Ip C420jpeg\n".to_vec();
        for light in [50, 60] {
            content.extend(b"FRAME\n");
            content.extend([light; 16 * 16 * 3 / 2]);
        }
        let mut pictures = Pictures::open(written(&content).path()).unwrap();
        assert_eq!(pictures.frame_rate(), 15);
        let seen: Vec<_> = (0..5)
            .map(|_| pictures.capture().unwrap().planes()[0][0])
            .collect();
        assert_eq!(seen, [50, 60, 50, 60, 50]);
    }

    #[test]
    fn sound_of_two_channels_becomes_one() {
        let mut content = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
        content.extend(RATE.to_le_bytes());
        content.extend([0, 0, 0, 0, 4, 0, 16, 0]);
        content.extend(b"LIST\x04\0\0\0abcddata\x08\0\0\0");
        for sample in [16_384_i16, 0, -16_384, -16_384] {
            content.extend(sample.to_le_bytes());
        }
        let mut sound = Sound::open(written(&content).path()).unwrap();
        let mut frame = [0.0; FRAME];
        assert!(sound.capture(&mut frame));
        assert_eq!(frame[..3], [0.25, -0.5, 0.25]);
    }

    #[test]
    fn other_files_are_refused_with_what_would_be_right() {
        for content in [
            &b""[..],
            b"YUV4MPEG2 W16\n",
            b"YUV4MPEG2 W16 H16 C444\n",
            b"YUV4MPEG2 W99999 H2\n",
            b"GIF89a\n",
        ] {
            assert!(Pictures::open(written(content).path()).is_err());
            assert!(Sound::open(written(content).path()).is_err());
        }
        let empty = written(b"YUV4MPEG2 W16 H16 F15:1\n");
        assert!(Pictures::open(empty.path()).unwrap().capture().is_none());
        let error = Pictures::open(written(b"GIF89a\n").path()).unwrap_err();
        assert!(error.to_string().contains(".y4m"));
    }
}
