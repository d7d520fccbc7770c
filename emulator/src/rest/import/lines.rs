//! Our own format: see `rest::export`.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    super::{
        export::{FORMAT, VERSION},
        json::{DOCUMENT, from_json},
    },
    put,
};
use crate::{
    engine::Write,
    error::{Error, Result},
    path::DatabaseName,
    proto::Document,
};

/// Bytes of one line: a document of 1 MiB, of which JSON may make six times as many.
const MAX_LINE: u64 = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct First {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    documents: usize,
}

/// Reads the first line and returns the writes that the others stand for. The last is an error if the file was cut short.
pub(super) fn read(
    file: &Path,
    database: DatabaseName,
) -> Result<impl Iterator<Item = Result<Write>> + Send + use<>> {
    let opened = File::open(file)
        .map_err(|error| Error::FailedPrecondition(format!("Cannot read {}: {error}.", file.display())))?;
    let mut lines = Lines {
        file: file.to_owned(),
        reader: BufReader::new(opened),
        database,
        line: 0,
        ended: false,
    };
    let first: First = lines.parse()?;
    if first.format != FORMAT || first.version != VERSION {
        return Err(lines.wrong(format!("this is not version {VERSION} of {FORMAT}")));
    }
    Ok(lines)
}

struct Lines {
    file: PathBuf,
    reader: BufReader<File>,
    database: DatabaseName,
    line: usize,
    ended: bool,
}

impl Iterator for Lines {
    type Item = Result<Write>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.write().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Lines {
    /// Reads a document, or the last line.
    fn write(&mut self) -> Result<Option<Write>> {
        let json: serde_json::Value = self.parse()?;
        if json.get("name").is_none() {
            let last: Last = serde_json::from_value(json).map_err(|error| self.wrong(error))?;
            // Two lines are no documents.
            if last.documents + 2 != self.line {
                return Err(self.wrong(format!(
                    "there are {} documents instead of {}",
                    self.line - 2,
                    last.documents
                )));
            }
            return Ok(None);
        }
        let document: Document = from_json(&DOCUMENT, &json).map_err(|error| self.wrong(error))?;
        let path = document
            .name
            .splitn(6, '/')
            .nth(5)
            .ok_or_else(|| self.wrong("the name is none of a document"))?;
        put(&self.database, path, document.fields)
            .map(Some)
            .map_err(|error| self.wrong(error))
    }

    fn parse<T: serde::de::DeserializeOwned>(&mut self) -> Result<T> {
        self.line += 1;
        let mut line = Vec::new();
        let mut limited = Read::take(&mut self.reader, MAX_LINE);
        let read: io::Result<usize> = limited.read_until(b'\n', &mut line);
        read.map_err(|error| self.wrong(error))?;
        if line.last() != Some(&b'\n') {
            return Err(self.wrong(if line.len() as u64 == MAX_LINE {
                "the line is too long"
            } else {
                "the file was cut short"
            }));
        }
        serde_json::from_slice(&line).map_err(|error| self.wrong(error))
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Error {
        Error::invalid(format!("{}, line {}: {why}", self.file.display(), self.line))
    }
}
