//! Writes a database into a file.
//!
//! The format is JSON, one object a line, so that `jq` and `git diff` can work with it. The first line says what the file is:
//! `{"format":"tsukiyo-firestore-export","version":1,"database":"projects/…","exportTime":"…"}`. Then comes a line for each
//! document, as REST v1 writes it (`{"name":"projects/…","fields":{…},"createTime":"…","updateTime":"…"}`), in the order of
//! names. The last line counts them, `{"documents":2}`, by which a file that was cut short is known.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::Path,
};

use prost_types::Timestamp;

use super::json::{DOCUMENT, quote, to_json};
use crate::{
    error::{Error, Result},
    path::{DatabaseName, key},
    storage::{Snapshot, State},
};

/// Name of the file within the directory of an export.
pub(super) const FILE: &str = "documents.jsonl";
/// What the first line says.
pub(super) const FORMAT: &str = "tsukiyo-firestore-export";
/// Version of the format.
pub(super) const VERSION: u32 = 1;

/// Writes all documents of a database and returns how many there are. The file has its name once it is complete and on disk;
/// one of the same name is replaced.
pub(super) fn export(snapshot: &Snapshot, database: &DatabaseName, directory: &Path) -> Result<usize> {
    let failed = |error: io::Error| {
        Error::FailedPrecondition(format!("Cannot export to {}: {error}.", directory.display()))
    };
    fs::create_dir_all(directory).map_err(failed)?;
    let partial = directory.join(format!("{FILE}.partial"));
    let mut out = BufWriter::new(File::create(&partial).map_err(failed)?);
    writeln!(
        out,
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"database\":{},\"exportTime\":\"{}\"}}",
        quote(&database.to_string()),
        Timestamp::from(snapshot.time),
    )
    .map_err(failed)?;
    let from = key::database(database);
    let to = key::after(&from);
    let mut count = 0;
    for row in snapshot.rows(from..to, false)? {
        let (_, row) = row?;
        writeln!(out, "{}", to_json(&DOCUMENT, &row.body(), false)?).map_err(failed)?;
        count += 1;
    }
    writeln!(out, "{{\"documents\":{count}}}").map_err(failed)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    fs::rename(&partial, directory.join(FILE)).map_err(failed)?;
    // The new name must be on disk as well.
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed)?;
    Ok(count)
}
