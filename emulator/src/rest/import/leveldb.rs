//! The log format of LevelDB, in which Google's exports hold their records.
//!
//! Source: <https://github.com/google/leveldb/blob/main/doc/log_format.md>. Blocks of 32 KiB hold fragments: a masked CRC-32C,
//! a length, a type, and the data. No fragment crosses a block; a record may have several.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::PathBuf,
};

use crate::error::{Error, Result};

const BLOCK: usize = 32 * 1024;
const HEADER: usize = 7;
/// Bytes that a record may have: far more than a document.
const MAX_RECORD: usize = 16 * 1024 * 1024;

/// Returns the records of a file.
pub(super) fn records(file: PathBuf) -> impl Iterator<Item = Result<Vec<u8>>> + Send {
    let mut opened = None;
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let next = next(&mut opened, &file)
            .map_err(|why| Error::invalid(format!("{} is damaged: {why}", file.display())));
        let next = next.transpose();
        ended = !matches!(next, Some(Ok(_)));
        next
    })
}

fn next(opened: &mut Option<Log>, file: &PathBuf) -> std::result::Result<Option<Vec<u8>>, String> {
    let log = match opened {
        Some(log) => log,
        None => opened.insert(Log {
            reader: BufReader::new(File::open(file).map_err(|error| error.to_string())?),
            block: Vec::new(),
            at: 0,
        }),
    };
    let mut record = Vec::new();
    loop {
        let Some((kind, data)) = log.fragment()? else {
            return if record.is_empty() {
                Ok(None)
            } else {
                Err("it was cut short".to_owned())
            };
        };
        record.extend_from_slice(data);
        if record.len() > MAX_RECORD {
            return Err("a record is too long".to_owned());
        }
        match kind {
            // A whole record, and the last fragment of one.
            1 | 4 => return Ok(Some(record)),
            2 | 3 => {}
            _ => return Err(format!("a fragment has type {kind}")),
        }
    }
}

struct Log {
    reader: BufReader<File>,
    block: Vec<u8>,
    at: usize,
}

impl Log {
    /// Reads the type and the data of the next fragment, if there is one.
    fn fragment(&mut self) -> std::result::Result<Option<(u8, &[u8])>, String> {
        loop {
            let rest = &self.block[self.at..];
            // What is left at the end of a block and cannot hold a header is padding, and so is a header of zeros.
            if rest.len() < HEADER || rest[..HEADER].iter().all(|&byte| byte == 0) {
                self.block.clear();
                self.at = 0;
                let mut limited = Read::take(&mut self.reader, BLOCK as u64);
                limited
                    .read_to_end(&mut self.block)
                    .map_err(|error| error.to_string())?;
                if self.block.is_empty() {
                    return Ok(None);
                }
                if self.block.len() < HEADER {
                    return Err("it was cut short".to_owned());
                }
                continue;
            }
            let crc = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]);
            let length = usize::from(u16::from_le_bytes([rest[4], rest[5]]));
            let end = self.at + HEADER + length;
            if end > self.block.len() {
                return Err("it was cut short".to_owned());
            }
            let checked = &self.block[self.at + 6..end];
            if mask(crc32c(checked)) != crc {
                return Err("a checksum is wrong".to_owned());
            }
            self.at = end;
            return Ok(Some((checked[0], &checked[1..])));
        }
    }
}

/// Masks a checksum, as LevelDB stores it.
fn mask(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// CRC-32C (Castagnoli), bit by bit: an export is read rarely.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(kind: u8, data: &[u8]) -> Vec<u8> {
        let mut checked = vec![kind];
        checked.extend_from_slice(data);
        let mut out = mask(crc32c(&checked)).to_le_bytes().to_vec();
        out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_le_bytes());
        out.extend(checked);
        out
    }

    fn read(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("output-0");
        std::fs::write(&file, bytes).unwrap();
        records(file).collect()
    }

    #[test]
    fn the_checksum_is_the_standard_s() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn records_come_back_whole_also_across_blocks() {
        let long = vec![7; BLOCK - 2 * HEADER - 3 - 4];
        let mut file = [fragment(1, b"abc"), fragment(2, &long)].concat();
        // Four bytes are left in the block, too few for a header.
        file.extend([0; 4]);
        file.extend(fragment(4, b"end"));
        let records = read(&file).unwrap();
        assert_eq!(records[0], b"abc");
        assert_eq!(records[1], [long, b"end".to_vec()].concat());
        assert!(read(&file[..file.len() - 1]).is_err());
        file[9] ^= 1;
        assert!(read(&file).is_err());
        assert!(read(&fragment(2, b"begun")).is_err());
        assert_eq!(read(b"").unwrap(), Vec::<Vec<u8>>::new());
    }
}
