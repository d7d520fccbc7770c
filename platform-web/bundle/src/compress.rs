//! Compression, done once here so that no server does it for every visitor.

use std::{collections::BTreeMap, io::Write, thread};

use anyhow::{Result, anyhow};
use brotli::CompressorWriter;
use flate2::{Compression, write::GzEncoder};

/// How much time to spend on a smaller site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Whatever is quickest.
    Fast,
    /// Brotli 11 and gzip 9: about two seconds for a megabyte.
    Best,
}

/// A file with the encodings that make it smaller.
#[derive(Debug)]
pub struct Compressed {
    /// Where it goes, relative to the site.
    pub path: String,
    /// The file itself.
    pub plain: Vec<u8>,
    /// Brotli, where that is smaller.
    pub brotli: Option<Vec<u8>>,
    /// Gzip, where that is smaller.
    pub gzip: Option<Vec<u8>>,
}

impl Compressed {
    /// The encodings there are, by the extension their files take.
    pub fn encodings(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        [("br", self.brotli.as_deref()), ("gz", self.gzip.as_deref())]
            .into_iter()
            .filter_map(|(extension, bytes)| bytes.map(|bytes| (extension, bytes)))
    }

    /// What a browser of today downloads, in bytes.
    pub fn transferred(&self) -> usize {
        self.brotli.as_ref().map_or(self.plain.len(), Vec::len)
    }
}

/// Compresses every file, each on a thread of its own: the module outweighs all others together.
///
/// # Errors
/// When an encoder fails.
pub fn all(files: BTreeMap<String, Vec<u8>>, quality: Quality) -> Result<Vec<Compressed>> {
    thread::scope(|scope| {
        let jobs: Vec<_> = files
            .into_iter()
            .map(|(path, plain)| scope.spawn(move || one(path, plain, quality)))
            .collect();
        jobs.into_iter()
            .map(|job| job.join().map_err(|_| anyhow!("an encoder panicked"))?)
            .collect()
    })
}

fn one(path: String, plain: Vec<u8>, quality: Quality) -> Result<Compressed> {
    let smaller = |bytes: Vec<u8>| (bytes.len() < plain.len()).then_some(bytes);
    let brotli = smaller(brotli(&plain, quality)?);
    let gzip = smaller(gzip(&plain, quality)?);
    Ok(Compressed {
        path,
        plain,
        brotli,
        gzip,
    })
}

fn brotli(plain: &[u8], quality: Quality) -> Result<Vec<u8>> {
    // 2^22: the largest window that browsers accept.
    const WINDOW_BITS: u32 = 22;
    let level = if quality == Quality::Best { 11 } else { 1 };
    let mut bytes = Vec::new();
    CompressorWriter::new(&mut bytes, 64 * 1024, level, WINDOW_BITS).write_all(plain)?;
    Ok(bytes)
}

fn gzip(plain: &[u8], quality: Quality) -> Result<Vec<u8>> {
    let level = if quality == Quality::Best {
        Compression::best()
    } else {
        Compression::fast()
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn compressed(text: &str) -> Compressed {
        one("a.txt".into(), text.as_bytes().to_vec(), Quality::Best).unwrap()
    }

    #[test]
    fn both_encodings_give_the_file_back() {
        let text = "moonlight ".repeat(200);
        let file = compressed(&text);

        let mut from_brotli = String::new();
        brotli::Decompressor::new(file.brotli.as_deref().unwrap(), 4096)
            .read_to_string(&mut from_brotli)
            .unwrap();
        assert_eq!(from_brotli, text);

        let mut from_gzip = String::new();
        flate2::read::GzDecoder::new(file.gzip.as_deref().unwrap())
            .read_to_string(&mut from_gzip)
            .unwrap();
        assert_eq!(from_gzip, text);
        assert!(file.transferred() < text.len());
    }

    #[test]
    fn what_does_not_shrink_stays_as_it_is() {
        let file = compressed("x");
        assert_eq!(file.encodings().count(), 0);
        assert_eq!(file.transferred(), 1);
    }
}
