//! The tree beside each page: databases, and the way to what is shown.

use std::fmt::Write as _;

use super::{
    html::{address, escape},
    read,
};
use crate::{
    error::Result,
    path::{DatabaseName, ParentName},
    proto::structured_query::{FieldReference, Projection},
    rpc::Service,
};

/// Collections and documents that one level shows.
const LEVEL: usize = 30;

/// An entry: its id, and what hangs from it if it is on the way.
struct Entry {
    id: String,
    below: Option<Vec<Entry>>,
    /// Whether more follow than are shown.
    more: bool,
}

/// Shows the databases, and of the one at hand what leads to `path`.
pub(super) async fn show(service: &Service, database: &DatabaseName, path: &[String]) -> Result<String> {
    let mut databases = read::databases(service)?;
    if !databases.contains(database) {
        databases.push(database.clone());
        databases.sort();
    }
    let mut out = String::from("<nav aria-label=\"Data\"><ul class=\"tree\">");
    for name in databases {
        let way = [name.project.clone(), name.database.clone()];
        let label = format!(
            "{} <small>{}</small>",
            escape(&name.project),
            escape(&name.database)
        );
        let is_here = &name == database;
        let entries = if is_here {
            open(service, database, path).await?
        } else {
            Vec::new()
        };
        link(&mut out, &way, &label, (is_here && path.is_empty(), "database"));
        if is_here {
            list(&mut out, &way, &entries, path);
        }
        out.push_str("</li>");
    }
    out.push_str("</ul></nav>");
    Ok(out)
}

/// Reads the levels on the way, from the deepest up.
async fn open(service: &Service, database: &DatabaseName, path: &[String]) -> Result<Vec<Entry>> {
    let mut below: Option<Vec<Entry>> = None;
    for depth in (0..=path.len()).rev() {
        let (ids, more) = level(service, database, &path[..depth]).await?;
        let mut entries: Vec<Entry> = ids
            .into_iter()
            .map(|id| Entry {
                id,
                below: None,
                more: false,
            })
            .collect();
        if let Some(next) = path.get(depth) {
            let at = entries
                .iter()
                .position(|entry| &entry.id == next)
                .unwrap_or_else(|| {
                    // What is shown is in the tree, even far down a long list or below a document that is not there.
                    entries.push(Entry {
                        id: next.clone(),
                        below: None,
                        more: false,
                    });
                    entries.len() - 1
                });
            entries[at].below = below.take();
        }
        if let Some(last) = entries.last_mut() {
            last.more = more;
        }
        below = Some(entries);
    }
    Ok(below.unwrap_or_default())
}

async fn level(service: &Service, database: &DatabaseName, path: &[String]) -> Result<(Vec<String>, bool)> {
    let parent = |segments: &[String]| ParentName {
        database: database.clone(),
        segments: segments.to_vec(),
    };
    let limit = i32::try_from(LEVEL).unwrap_or(i32::MAX);
    if path.len().is_multiple_of(2) {
        return read::collections(service, &parent(path), limit).await;
    }
    let (id, above) = path
        .split_last()
        .map_or(("", &[][..]), |(id, above)| (id.as_str(), above));
    let mut query = read::from(id);
    query.limit = Some(limit + 1);
    query.select = Some(Projection {
        fields: vec![FieldReference {
            field_path: "__name__".to_owned(),
        }],
    });
    let found = read::query(service, &parent(above), query).await?;
    let more = found.len() > LEVEL;
    let ids = found.iter().take(LEVEL).map(|document| {
        let id = document.name.rsplit('/').next().unwrap_or_default();
        id.to_owned()
    });
    Ok((ids.collect(), more))
}

fn list(out: &mut String, way: &[String], entries: &[Entry], path: &[String]) {
    if entries.is_empty() {
        return;
    }
    let kind = if way.len().is_multiple_of(2) {
        "collection"
    } else {
        "document"
    };
    out.push_str("<ul>");
    for entry in entries {
        let way: Vec<String> = way.iter().chain([&entry.id]).cloned().collect();
        let is_here = path.len() + 2 == way.len() && path.last() == Some(&entry.id) && entry.below.is_some();
        link(out, &way, &escape(&entry.id), (is_here, kind));
        if let Some(below) = &entry.below {
            list(out, &way, below, path);
        }
        out.push_str("</li>");
    }
    if entries.last().is_some_and(|last| last.more) {
        let all = address(way.iter().map(String::as_str));
        let _ = write!(
            out,
            "<li data-key=\"more\"><a class=\"more\" href=\"{all}\">More…</a></li>"
        );
    }
    out.push_str("</ul>");
}

fn link(out: &mut String, way: &[String], label: &str, (is_here, kind): (bool, &str)) {
    let address = address(way.iter().map(String::as_str));
    let current = if is_here { " aria-current=\"page\"" } else { "" };
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<li data-key=\"{address}\"><a class=\"{kind}\" href=\"{address}\"{current}>{label}</a>"
    );
}
